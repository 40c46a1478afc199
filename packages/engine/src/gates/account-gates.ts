import type {
  GateFinding,
  GateMessage,
  Logger,
  PublishGate,
  Random,
  SubjectRoom,
} from "@oxbow/base";
import { engineError } from "../errors.ts";
import { MatchCache } from "../subjects/match-cache.ts";
import { isValidSubject } from "../subjects/subject.ts";
import { SubjectTrie } from "../subjects/subject-trie.ts";
import type { TrieItem } from "../subjects/trie-node.ts";

/** A subject that a gate stands before. */
class GatedSubject implements TrieItem {
  readonly subjectBytes: Uint8Array;
  readonly queue = "";
  readonly gate: PublishGate;

  constructor(subject: string, gate: PublishGate) {
    this.subjectBytes = Buffer.from(subject);
    this.gate = gate;
  }
}

/** What the gates of an account have said so far. */
export interface GateCounts {
  /** Messages that were not let in: told to their publishers, or made dead letters in their place. */
  refused: number;
  diverted: number;
  /** Messages that did not fit and were let in all the same; told together, so that it may be fewer. */
  noticed: number;
}

/** The gates of an account by name, found by subject through a cache. */
export class AccountGates {
  readonly counts: GateCounts = { refused: 0, diverted: 0, noticed: 0 };
  readonly #logger: Logger;
  readonly #trie: SubjectTrie<GatedSubject>;
  readonly #cache: MatchCache<GatedSubject>;
  readonly #byName = new Map<string, readonly GatedSubject[]>();
  /** Those that may know what is wrong with a subject. */
  readonly #explaining = new Map<string, PublishGate>();

  constructor(random: Random, logger: Logger) {
    this.#logger = logger;
    this.#trie = new SubjectTrie(random.below(2 ** 32));
    this.#cache = new MatchCache(this.#trie);
  }

  /** How many gates there are. */
  get count(): number {
    return this.#byName.size;
  }

  /**
   * Puts `gate` in the place of the one of that name; `undefined` takes that away. Every message is judged by the one or
   * by the other.
   *
   * @throws `ENGINE_OPTION_INVALID` if its subjects can't be subjects; then nothing has changed.
   */
  set(name: string, gate: PublishGate | undefined): void {
    for (const subject of gate?.subjects ?? []) {
      if (!isValidSubject(subject)) {
        const text = `gate ${name}: ${JSON.stringify(subject)} is no subject`;
        throw engineError("ENGINE_OPTION_INVALID", text);
      }
    }
    const subjects = (gate?.subjects ?? []).map(
      (subject) => new GatedSubject(subject, gate as PublishGate),
    );
    for (const subject of this.#byName.get(name) ?? []) this.#trie.remove(subject);
    for (const subject of subjects) this.#trie.insert(subject);
    if (gate === undefined) this.#byName.delete(name);
    else this.#byName.set(name, subjects);
    if (gate?.explainUnheard === undefined) this.#explaining.delete(name);
    else this.#explaining.set(name, gate);
  }

  /** What is wrong with the subject of a message that nobody takes; `undefined` if no gate knows. */
  explainUnheard(subject: string): string | undefined {
    for (const gate of this.#explaining.values()) {
      try {
        const text = gate.explainUnheard?.(subject);
        if (text !== undefined) return text;
      } catch (error) {
        const { message: text } = error as Error;
        this.#logger.error({ subject, error: text }, "a gate has failed");
      }
    }
    return undefined;
  }

  /** What the gates before the subject in `[start, end)` of `buffer` say of `message`: the first that says anything. */
  judge(
    message: GateMessage,
    buffer: Buffer,
    start: number,
    end: number,
    room: SubjectRoom,
  ): GateFinding | undefined {
    const { plain } = this.#cache.match(buffer, start, end);
    for (let index = 0; index < plain.length; index++) {
      const finding = this.#ask((plain[index] as GatedSubject).gate, message, room);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  #ask(gate: PublishGate, message: GateMessage, room: SubjectRoom): GateFinding | undefined {
    try {
      return gate.judge(message, room);
    } catch (error) {
      const { message: text } = error as Error;
      this.#logger.error({ subject: gate.subjects[0], error: text }, "a gate has failed");
      return { t: "refused", text: "message refused: its check failed", deadLetter: undefined };
    }
  }
}
