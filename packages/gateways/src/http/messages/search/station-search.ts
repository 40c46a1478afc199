import { setImmediate } from "node:timers/promises";
import type { Clock } from "@oxbow/base";
import type { ReplayedMessage, Station } from "oxbow/internal";
import type { SearchProgress, SearchReason } from "../../contract/index.ts";
import { type Cursor, cursorText } from "../cursor.ts";
import { partitionsOf, type ScannedPartition } from "../scanned-partition.ts";
import type { StoredMessages } from "../stored-messages.ts";
import { BlockReader } from "./block-reader.ts";
import type { MessageFilter } from "./message-filter.ts";
import { searchLimits } from "./search-limits.ts";

/** Which messages of a station are looked at, and how many are wanted. */
export interface SearchQuestion {
  readonly order: "newest" | "oldest";
  readonly limit: number;
  readonly key?: string | undefined;
  readonly partition?: number | undefined;
  /** Sequences of each partition, both included. */
  readonly fromSequence?: number | undefined;
  readonly toSequence?: number | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Where the search before has stopped. */
  readonly cursor?: Cursor | undefined;
}

/** Looks through a station, block by block, and lets others have the processor in between. */
export class StationSearch {
  readonly #stored: StoredMessages;
  readonly #filter: MessageFilter;
  readonly #question: SearchQuestion;
  readonly #clock: Clock;
  #readers: BlockReader[] = [];
  #scanned = 0;
  #matched = 0;
  #failed = 0;
  #failure: string | null = null;
  #timeMs: number | undefined;
  #sliceEndsMs = 0;

  constructor(
    stored: StoredMessages,
    filter: MessageFilter,
    question: SearchQuestion,
    clock: Clock,
  ) {
    this.#stored = stored;
    this.#filter = filter;
    this.#question = question;
    this.#clock = clock;
  }

  get progress(): SearchProgress {
    return {
      scanned: this.#scanned,
      matched: this.#matched,
      remaining: this.#readers.reduce((sum, { left }) => sum + left, 0),
      time: this.#timeMs === undefined ? null : new Date(this.#timeMs).toISOString(),
      failed: this.#failed,
      failure: this.#failure,
    };
  }

  /** Where another search goes on; `null` if there is nothing left. */
  get cursor(): string | null {
    const left = this.#readers.filter(({ isOver }) => !isOver);
    if (left.length === 0) return null;
    return cursorText(new Map(left.map(({ number, next }) => [number, next])));
  }

  /** Finds where it begins. To be called first. */
  async begin(station: Station): Promise<void> {
    const { partition, cursor } = this.#question;
    const places = partitionsOf(station, partition).filter(
      ({ partition: { number, messages } }) =>
        messages > 0 && (cursor === undefined || cursor.has(number)),
    );
    const readers = await Promise.all(places.map((place) => this.#reader(place, places.length)));
    this.#readers = readers.filter(({ isOver }) => !isOver);
  }

  /**
   * Gives what it finds, block by block.
   *
   * @param isLeft - Whether nobody waits for it any more.
   */
  async *run(isLeft: () => boolean): AsyncGenerator<ReplayedMessage<unknown>, SearchReason> {
    this.#sliceEndsMs = this.#clock.monotonicMs() + searchLimits.sliceMs;
    for (;;) {
      await Promise.all(this.#readers.map((reader) => loaded(reader, isLeft)));
      if (isLeft()) return "all";
      const [reader, untilMs] = this.#nextReader();
      if (reader === undefined) return "all";
      yield* this.#matching(reader, untilMs);
      if (this.#matched >= this.#question.limit) return this.cursor === null ? "all" : "limit";
      if (this.#scanned >= searchLimits.scannedMax) return this.cursor === null ? "all" : "scanned";
      if (this.#clock.monotonicMs() < this.#sliceEndsMs) continue;
      await setImmediate();
      this.#sliceEndsMs = this.#clock.monotonicMs() + searchLimits.sliceMs;
    }
  }

  /** Looks at what is here of a partition, until another one has its turn. */
  *#matching(reader: BlockReader, untilMs: number): Generator<ReplayedMessage<unknown>, void> {
    const { order, limit } = this.#question;
    const isNewest = order === "newest";
    for (let message = reader.head; message !== undefined; message = reader.head) {
      if (isNewest ? reader.headMs < untilMs : reader.headMs > untilMs) return;
      this.#scanned += 1;
      this.#timeMs = reader.headMs;
      reader.drop();
      const judgement = this.#filter.judge(message);
      if (judgement === true) {
        this.#matched += 1;
        yield message;
      } else if (judgement !== false) {
        this.#failed += 1;
        this.#failure ??= judgement;
      }
      const isEnough = this.#matched >= limit || this.#scanned >= searchLimits.scannedMax;
      if (isEnough || this.#clock.monotonicMs() >= this.#sliceEndsMs) return;
    }
  }

  /** The partition whose next message is the first of all, and the time of the next message of the others. */
  #nextReader(): readonly [BlockReader | undefined, number] {
    const isNewest = this.#question.order === "newest";
    let untilMs = isNewest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    let first: BlockReader | undefined;
    for (const reader of this.#readers) {
      if (reader.head === undefined) continue;
      const { headMs } = reader;
      const isBefore =
        first === undefined || (isNewest ? headMs > first.headMs : headMs < first.headMs);
      const behind = isBefore ? first?.headMs : headMs;
      if (isBefore) first = reader;
      if (behind !== undefined) {
        untilMs = isNewest ? Math.max(untilMs, behind) : Math.min(untilMs, behind);
      }
    }
    return [first, untilMs];
  }

  async #reader(place: ScannedPartition, parts: number): Promise<BlockReader> {
    const { order, key, cursor, fromSequence = 0, toSequence, fromMs, toMs } = this.#question;
    const { stream, number, firstSequence, lastSequence } = place.partition;
    let low = Math.max(1, firstSequence, fromSequence);
    let high = Math.min(lastSequence, toSequence ?? lastSequence);
    if (fromMs !== undefined) {
      const first = await this.#stored.firstSince(stream, new Date(fromMs).toISOString());
      low = Math.max(low, first ?? lastSequence + 1);
    }
    if (toMs !== undefined) {
      const behind = await this.#stored.firstSince(stream, new Date(toMs + 1).toISOString());
      if (behind !== undefined) high = Math.min(high, behind - 1);
    }
    const { blockMessagesMax, blockMessagesMin, blocksBytesMax, blockBytesMin } = searchLimits;
    const question = {
      ...{ order, low, high, key },
      blockMessagesMax: Math.max(blockMessagesMin, Math.floor(blockMessagesMax / parts)),
      blockBytesMax: Math.max(blockBytesMin, Math.floor(blocksBytesMax / parts)),
    };
    return new BlockReader(this.#stored, place, question, cursor?.get(number));
  }
}

/** Has it have a message that comes next, if there is one. */
async function loaded(reader: BlockReader, isLeft: () => boolean): Promise<void> {
  while (reader.head === undefined && !reader.isOver && !isLeft()) await reader.load();
}
