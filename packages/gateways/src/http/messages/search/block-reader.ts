import type { ReplayedMessage } from "oxbow/internal";
import { filterOf, isShown, replayed, type ScannedPartition } from "../scanned-partition.ts";
import type { StoredMessages } from "../stored-messages.ts";

/** What of a partition is read. */
interface BlockQuestion {
  readonly order: "newest" | "oldest";
  /** The sequences that may be looked at, both included. */
  readonly low: number;
  readonly high: number;
  readonly key?: string | undefined;
  /** Messages, and bytes of payloads, that are read at a time. */
  readonly blockMessagesMax: number;
  readonly blockBytesMax: number;
}

/** Messages that stand together, in the order that was asked for. */
interface Block {
  readonly messages: readonly ReplayedMessage<unknown>[];
  /** The sequence behind it, where the next one begins. */
  readonly next: number;
}

/** Reads a partition in blocks, one ahead of who looks at them. */
export class BlockReader {
  readonly #place: ScannedPartition;
  readonly #stored: StoredMessages;
  readonly #question: BlockQuestion;
  #block: Block;
  /** Which message of the block comes next. */
  #at = 0;
  #headMs = 0;
  /** Sequences that are looked at at a time, newest first. */
  #window: number;
  #ahead: Promise<Block> | undefined;

  constructor(
    stored: StoredMessages,
    place: ScannedPartition,
    question: BlockQuestion,
    next?: number,
  ) {
    this.#stored = stored;
    this.#place = place;
    this.#question = question;
    this.#window = question.blockMessagesMax;
    const { order, low, high } = question;
    const first = order === "oldest" ? Math.max(low, next ?? low) : Math.min(high, next ?? high);
    this.#block = { messages: [], next: first };
  }

  /** Of the partition. */
  get number(): number {
    return this.#place.partition.number;
  }

  /** The message that comes next, of those that are here. */
  get head(): ReplayedMessage<unknown> | undefined {
    return this.#block.messages[this.#at];
  }

  /** When it was stored. */
  get headMs(): number {
    return this.#headMs;
  }

  /** The sequence that is looked at next. */
  get next(): number {
    return this.head?.sequence ?? this.#block.next;
  }

  /** Sequences that were not looked at; there may be fewer messages. */
  get left(): number {
    const { order, low, high } = this.#question;
    return Math.max(0, order === "oldest" ? high - this.next + 1 : this.next - low + 1);
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  /** Goes on behind the head. */
  drop(): void {
    this.#at += 1;
    this.#timeHead();
  }

  /** Has the next block here; the one behind it is on its way then. To be asked for where there is no head. */
  async load(): Promise<void> {
    this.#block = await (this.#ahead ?? this.#fetch(this.#block.next));
    this.#at = 0;
    this.#ahead = undefined;
    this.#timeHead();
    const { order, low, high } = this.#question;
    const { next } = this.#block;
    if (order === "oldest" ? next > high : next < low) return;
    this.#ahead = this.#fetch(next);
    // Whoever reads on is told.
    this.#ahead.catch(() => undefined);
  }

  #timeHead(): void {
    this.#headMs = this.head?.time.getTime() ?? 0;
  }

  async #fetch(next: number): Promise<Block> {
    return this.#question.order === "oldest" ? this.#forward(next) : this.#back(next);
  }

  async #forward(next: number): Promise<Block> {
    const { low, high, blockMessagesMax } = this.#question;
    const { messages } = await this.#read(next, blockMessagesMax);
    const last = messages.at(-1)?.sequence ?? high;
    return { messages: messages.filter((each) => this.#isIn(each, low, high)), next: last + 1 };
  }

  async #back(next: number): Promise<Block> {
    const { low, blockMessagesMax } = this.#question;
    for (;;) {
      const from = Math.max(low, next - this.#window + 1);
      const count = Math.min(next - from + 1, blockMessagesMax);
      const { messages, isCut } = await this.#read(from, count);
      const isWhole = messages.length < count && !isCut;
      const hasAll = isWhole || (messages.at(-1)?.sequence ?? next) >= next || from === next;
      if (!hasAll) {
        this.#window = Math.max(1, Math.floor((next - from + 1) / 2));
        continue;
      }
      if (messages.length * 2 < this.#window) this.#window *= 2;
      const shown = messages.filter((each) => this.#isIn(each, from, next));
      return { messages: shown.reverse(), next: from - 1 };
    }
  }

  async #read(
    sequence: number,
    count: number,
  ): Promise<{ readonly messages: readonly ReplayedMessage<unknown>[]; readonly isCut: boolean }> {
    const { key, blockBytesMax } = this.#question;
    const { stream } = this.#place.partition;
    const filter = filterOf(this.#place, key);
    const read = await this.#stored.read(stream, sequence, count, filter, blockBytesMax);
    return {
      messages: read.messages.map((each) => replayed(each, this.#place)),
      isCut: read.isCut,
    };
  }

  #isIn({ sequence, subject }: ReplayedMessage<unknown>, from: number, to: number): boolean {
    return sequence >= from && sequence <= to && isShown(subject, this.#place);
  }
}
