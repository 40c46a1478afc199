import { assert } from "@oxbow/base";
import type { ReplayedMessage } from "oxbow/internal";
import { messageLimits } from "./limits.ts";
import { filterOf, isShown, replayed, type ScannedPartition } from "./scanned-partition.ts";
import type { StoredMessages } from "./stored-messages.ts";

/** What is looked for in each partition. */
export interface ScanQuestion {
  readonly order: "newest" | "oldest";
  /** Messages that are wanted. */
  readonly limit: number;
  /** Only messages whose key matches, with `*` and `>`. */
  readonly key?: string | undefined;
  /** The first message that is looked at. */
  readonly sequence?: number | undefined;
  /** Oldest first: messages stored at this time or later; newest first: before. RFC 3339. */
  readonly time?: string | undefined;
}

interface ReplayedBlock {
  readonly messages: readonly ReplayedMessage<unknown>[];
  readonly isCut: boolean;
}

/** Messages of a partition in one direction, as many as are wanted, and where it would go on. */
export class PartitionScan {
  readonly #stored: StoredMessages;
  readonly #place: ScannedPartition;
  readonly #question: ScanQuestion;
  readonly #found: ReplayedMessage<unknown>[] = [];
  /** The sequence that is looked at next; `undefined` before the first look. */
  #next: number | undefined;
  #scanned = 0;

  /** @param next - Where it goes on; by default it begins. */
  constructor(
    stored: StoredMessages,
    place: ScannedPartition,
    question: ScanQuestion,
    next: number | undefined,
  ) {
    this.#stored = stored;
    this.#place = place;
    this.#question = question;
    this.#next = next;
  }

  /** Of the partition. */
  get number(): number {
    return this.#place.partition.number;
  }

  /** The message that comes next, of those that were found. */
  get head(): ReplayedMessage<unknown> | undefined {
    return this.#found[0];
  }

  /** When it was stored. */
  get headMs(): number {
    return this.head?.time.getTime() ?? 0;
  }

  /** The sequence that the next page begins with. */
  get next(): number {
    return this.head?.sequence ?? this.#next ?? 0;
  }

  /** Whether nothing is left. */
  get isOver(): boolean {
    const { firstSequence, lastSequence, messages } = this.#place.partition;
    if (this.head !== undefined) return false;
    return messages === 0 || this.next > lastSequence || this.next < Math.max(1, firstSequence);
  }

  take(): ReplayedMessage<unknown> {
    const message = this.#found.shift();
    assert(message !== undefined, "something was found");
    return message;
  }

  /** Looks until it has found enough, or has looked at as many as it may. */
  async fill(): Promise<void> {
    this.#next ??= await this.#start();
    let window = this.#question.limit;
    while (!this.#isDone()) {
      if (this.#question.order === "oldest") await this.#forward();
      else window = Math.min(await this.#back(window), messageLimits.pageMessagesMax * 4);
    }
  }

  #isDone(): boolean {
    const { limit } = this.#question;
    if (this.#found.length >= limit || this.#scanned >= messageLimits.scannedMax) return true;
    const { firstSequence, lastSequence, messages } = this.#place.partition;
    const next = this.#next ?? 0;
    return messages === 0 || next > lastSequence || next < Math.max(1, firstSequence);
  }

  async #start(): Promise<number> {
    const { order, sequence, time } = this.#question;
    const { firstSequence, lastSequence, stream } = this.#place.partition;
    if (time !== undefined) {
      const first = await this.#stored.firstSince(stream, time);
      if (order === "oldest") return first ?? lastSequence + 1;
      return first === undefined ? lastSequence : first - 1;
    }
    if (order === "oldest") return Math.max(firstSequence, sequence ?? 0);
    return Math.min(lastSequence, sequence ?? lastSequence);
  }

  async #forward(): Promise<void> {
    const { limit } = this.#question;
    const { lastSequence } = this.#place.partition;
    const { messages } = await this.#read(this.#next ?? 1, limit - this.#found.length);
    this.#found.push(...messages.filter((each) => this.#isShown(each)));
    this.#scanned += messages.length;
    this.#next = (messages.at(-1)?.sequence ?? lastSequence) + 1;
  }

  /** Returns how much it is to look at the next time. */
  async #back(window: number): Promise<number> {
    const { limit } = this.#question;
    const high = this.#next ?? 0;
    const low = Math.max(1, this.#place.partition.firstSequence, high - window + 1);
    const read = await this.#read(low, high - low + 1);
    const messages = read.messages.filter(({ sequence }) => sequence <= high);
    const isCut = read.isCut && (messages.at(-1)?.sequence ?? high) < high;
    if (isCut && window > 1) return Math.max(1, Math.floor(window / 2));
    const shown = messages.filter((each) => this.#isShown(each)).reverse();
    const taken = shown.slice(0, limit - this.#found.length);
    this.#found.push(...taken);
    this.#scanned += high - low + 1;
    this.#next = (taken.length < shown.length ? (taken.at(-1)?.sequence ?? low) : low) - 1;
    return window * 2;
  }

  async #read(sequence: number, count: number): Promise<ReplayedBlock> {
    const { partition } = this.#place;
    const filter = filterOf(this.#place, this.#question.key);
    const { messages, isCut } = await this.#stored.read(partition.stream, sequence, count, filter);
    return { messages: messages.map((each) => replayed(each, this.#place)), isCut };
  }

  #isShown({ subject }: ReplayedMessage<unknown>): boolean {
    return isShown(subject, this.#place);
  }
}
