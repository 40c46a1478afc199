import type { StoredMsg } from "@nats-io/jetstream";
import { filterOf, isShown, type ScannedPartition } from "../scanned-partition.ts";
import type { StoredMessages } from "../stored-messages.ts";
import { searchLimits } from "./search-limits.ts";

/** What of a partition is read. */
export interface BlockQuestion {
  readonly order: "newest" | "oldest";
  /** The sequences that may be looked at, both included. */
  readonly low: number;
  readonly high: number;
  readonly key?: string | undefined;
}

/** Messages that stand together, in the order that was asked for. */
export interface Block {
  readonly messages: readonly StoredMsg[];
  /** The sequence behind it, where the next one begins. */
  readonly next: number;
}

/** Reads a partition in blocks, one ahead of who looks at them. */
export class BlockReader {
  readonly place: ScannedPartition;
  readonly #stored: StoredMessages;
  readonly #question: BlockQuestion;
  /** The sequence that is looked at next. */
  #next: number;
  /** Sequences that are looked at at a time, newest first. */
  #window: number = searchLimits.blockMessagesMax;
  #ahead: Promise<Block> | undefined;

  constructor(
    stored: StoredMessages,
    place: ScannedPartition,
    question: BlockQuestion,
    next?: number,
  ) {
    this.#stored = stored;
    this.place = place;
    this.#question = question;
    const { order, low, high } = question;
    this.#next = order === "oldest" ? Math.max(low, next ?? low) : Math.min(high, next ?? high);
  }

  /** Where it goes on. */
  get next(): number {
    return this.#next;
  }

  /** Sequences that were not looked at; there may be fewer messages. */
  get left(): number {
    const { order, low, high } = this.#question;
    return Math.max(0, order === "oldest" ? high - this.#next + 1 : this.#next - low + 1);
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  /** The next block; the one behind it is on its way then. */
  async read(): Promise<Block> {
    const block = await (this.#ahead ?? this.#fetch(this.#next));
    this.#next = block.next;
    this.#ahead = undefined;
    if (!this.isOver) {
      this.#ahead = this.#fetch(block.next);
      // Whoever reads on is told.
      this.#ahead.catch(() => undefined);
    }
    return block;
  }

  /** Goes on behind a message of the last block, of which the others were not looked at. */
  stopBehind(sequence: number): void {
    this.#next = this.#question.order === "oldest" ? sequence + 1 : sequence - 1;
    this.#ahead = undefined;
  }

  async #fetch(next: number): Promise<Block> {
    const { order, low, high, key } = this.#question;
    const { stream } = this.place.partition;
    const filter = filterOf(this.place, key);
    const { blockMessagesMax } = searchLimits;
    if (order === "oldest") {
      const { messages } = await this.#stored.read(stream, next, blockMessagesMax, filter);
      const last = messages.at(-1)?.seq ?? high;
      return { messages: messages.filter((each) => this.#isIn(each, low, high)), next: last + 1 };
    }
    for (;;) {
      const from = Math.max(low, next - this.#window + 1);
      const count = Math.min(next - from + 1, blockMessagesMax);
      const { messages, isCut } = await this.#stored.read(stream, from, count, filter);
      const isWhole = messages.length < count && !isCut;
      const hasAll = isWhole || (messages.at(-1)?.seq ?? next) >= next || from === next;
      if (!hasAll) {
        this.#window = Math.max(1, Math.floor((next - from + 1) / 2));
        continue;
      }
      if (messages.length * 2 < this.#window) this.#window *= 2;
      const shown = messages.filter((each) => this.#isIn(each, from, next));
      return { messages: shown.reverse(), next: from - 1 };
    }
  }

  #isIn({ seq, subject }: StoredMsg, from: number, to: number): boolean {
    return seq >= from && seq <= to && isShown(subject, this.place);
  }
}
