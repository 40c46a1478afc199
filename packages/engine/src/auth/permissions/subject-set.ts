import { literalMatches } from "../../subjects/literal-match.ts";
import { MatchCache } from "../../subjects/match-cache.ts";
import { hasWildcard, subjectIsSubset, subjectsOverlap } from "../../subjects/subject.ts";
import { SubjectTrie } from "../../subjects/subject-trie.ts";
import type { TrieItem } from "../../subjects/trie-node.ts";
import { splitQueue } from "./split-queue.ts";

/** An entry of a list of permissions. */
interface Entry extends TrieItem {
  readonly subject: string;
  /** Whether its last token is `*`. */
  readonly endsInStar: boolean;
}

/** Up to this many entries are looked at one by one, which takes no memory; each of thousands of users may have some. */
const listedMax = 8;

const star = 0x2a;
const full = 0x3e;
const dot = 0x2e;

/** A list of permissions: subjects with wildcards, each for everybody or for queue groups of a name. */
export class SubjectSet {
  readonly #entries: readonly Entry[];
  /** Finds what literal subjects match where there are many entries; its cache is bounded and looked up by bytes. */
  readonly #index: MatchCache<Entry> | undefined;

  /**
   * @param entries - Well formed, as `checkPermissions` demands; what is not is left out.
   * @param seed - See `SubjectTrie`.
   */
  constructor(entries: readonly string[], seed: number) {
    this.#entries = entries.flatMap((text) => {
      const split = splitQueue(text);
      return split === undefined ? [] : [makeEntry(split.subject, split.queue)];
    });
    this.#index = this.#entries.length > listedMax ? makeIndex(this.#entries, seed) : undefined;
  }

  /** Whether the literal subject in `[start, end)` is one of an entry without queue group. Makes nothing. */
  has(buffer: Uint8Array, start: number, end: number): boolean {
    if (this.#index !== undefined) return this.#index.match(buffer, start, end).plain.length > 0;
    const entries = this.#entries;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as Entry;
      if (entry.queue === "" && literalMatches(entry.subjectBytes, buffer, start, end)) return true;
    }
    return false;
  }

  /** Whether an entry has the subject in `[start, end)`, its tokens taken as literal ones, for everybody or `queue`. */
  hasInQueue(buffer: Uint8Array, start: number, end: number, queue: string): boolean {
    if (this.has(buffer, start, end)) return true;
    if (queue === "") return false;
    return this.#entries.some(
      (entry) =>
        entry.queue !== "" &&
        literalMatches(entry.subjectBytes, buffer, start, end) &&
        isQueueOf(queue, entry.queue),
    );
  }

  /**
   * Whether a subscription to `subject`, with all that it matches, lies within this list. Once entries have the subject
   * for queue groups, only those groups may subscribe to it in one; without a group, an entry without one is needed.
   */
  covers(subject: Uint8Array, queue: string): boolean {
    const reachesDeep = lastTokenIs(subject, full);
    let isCovered = false;
    let hasGroups = false;
    for (const entry of this.#entries) {
      if (!literalMatches(entry.subjectBytes, subject, 0, subject.length)) continue;
      // The wildcards of the subject were taken as literals, so that `a.>` has matched `a.*`, which it goes beyond.
      if (reachesDeep && entry.endsInStar) continue;
      if (entry.queue === "") {
        isCovered = true;
      } else if (queue !== "") {
        if (isQueueOf(queue, entry.queue)) return true;
        hasGroups = true;
      }
    }
    return isCovered && !hasGroups;
  }

  /** Whether there are subjects that both `subject`, which may have wildcards, and an entry match. */
  overlaps(subject: string, queue: string): boolean {
    return this.#entries.some(
      (entry) =>
        (entry.queue === "" || (queue !== "" && isQueueOf(queue, entry.queue))) &&
        subjectsOverlap(entry.subject, subject),
    );
  }
}

function makeEntry(subject: string, queue: string): Entry {
  const subjectBytes = Buffer.from(subject, "utf8");
  return { subject, queue, subjectBytes, endsInStar: lastTokenIs(subjectBytes, star) };
}

function makeIndex(entries: readonly Entry[], seed: number): MatchCache<Entry> {
  const trie = new SubjectTrie<Entry>(seed);
  for (const entry of entries) trie.insert(entry);
  return new MatchCache(trie);
}

function lastTokenIs(subject: Uint8Array, byte: number): boolean {
  const last = subject.length - 1;
  return subject[last] === byte && (last === 0 || subject[last - 1] === dot);
}

/** Whether a queue group is meant by the group of an entry, which may have wildcards. */
function isQueueOf(queue: string, pattern: string): boolean {
  return queue === pattern || (hasWildcard(pattern) && subjectIsSubset(queue, pattern));
}
