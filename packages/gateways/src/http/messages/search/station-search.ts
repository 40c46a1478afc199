import { setImmediate } from "node:timers/promises";
import type { Clock } from "@oxbow/base";
import type { ReplayedMessage, Station } from "oxbow/internal";
import { type Cursor, cursorText } from "../cursor.ts";
import { partitionsOf, replayed, type ScannedPartition } from "../scanned-partition.ts";
import type { StoredMessages } from "../stored-messages.ts";
import { type Block, BlockReader } from "./block-reader.ts";
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

/** How far a search is. */
export interface SearchProgress {
  /** Messages that were looked at. */
  readonly scanned: number;
  readonly matched: number;
  /** Sequences that are left: messages there may be fewer. */
  readonly remaining: number;
  /** When the last message that was looked at was stored. */
  readonly time: string | null;
  /** Messages that the expression could not be tried on, and why the first of them. */
  readonly failed: number;
  readonly failure: string | null;
}

/** Why a search has stopped: all was looked at, enough was found, or enough was looked at. */
export type SearchEnd = "all" | "limit" | "scanned";

/** Looks through a station, block by block, and lets others have the processor in between. */
export class StationSearch {
  readonly #stored: StoredMessages;
  readonly #filter: MessageFilter;
  readonly #question: SearchQuestion;
  readonly #clock: Clock;
  #readers: BlockReader[] = [];
  /** When the last message of each reader was stored: the next block is of the one that is least far. */
  readonly #reached = new Map<BlockReader, number>();
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
    return cursorText(new Map(left.map(({ place, next }) => [place.partition.number, next])));
  }

  /** Finds where it begins. To be called first. */
  async begin(station: Station): Promise<void> {
    const { partition, cursor } = this.#question;
    const places = partitionsOf(station, partition).filter(
      ({ partition: { number, messages } }) =>
        messages > 0 && (cursor === undefined || cursor.has(number)),
    );
    const readers = await Promise.all(places.map((place) => this.#reader(place)));
    this.#readers = readers.filter(({ isOver }) => !isOver);
  }

  /**
   * Gives what it finds, block by block.
   *
   * @param isLeft - Whether nobody waits for it any more.
   */
  async *run(isLeft: () => boolean): AsyncGenerator<ReplayedMessage<unknown>, SearchEnd> {
    this.#sliceEndsMs = this.#clock.monotonicMs() + searchLimits.sliceMs;
    while (!isLeft()) {
      if (this.#scanned >= searchLimits.scannedMax) return this.cursor === null ? "all" : "scanned";
      const reader = this.#nextReader();
      if (reader === undefined) return "all";
      const block = await reader.read();
      yield* this.#matching(block, reader, isLeft);
      if (this.#matched >= this.#question.limit) return this.cursor === null ? "all" : "limit";
    }
    return "all";
  }

  async *#matching(
    { messages }: Block,
    reader: BlockReader,
    isLeft: () => boolean,
  ): AsyncGenerator<ReplayedMessage<unknown>, void> {
    for (const stored of messages) {
      const message = replayed(stored, reader.place);
      this.#scanned += 1;
      this.#timeMs = message.time.getTime();
      const judgement = this.#filter.judge(message);
      if (judgement === true) {
        this.#matched += 1;
        yield message;
      } else if (judgement !== false) {
        this.#failed += 1;
        this.#failure ??= judgement;
      }
      if (this.#matched >= this.#question.limit) {
        reader.stopBehind(message.sequence);
        break;
      }
      if (this.#clock.monotonicMs() < this.#sliceEndsMs) continue;
      await setImmediate();
      if (isLeft()) break;
      this.#sliceEndsMs = this.#clock.monotonicMs() + searchLimits.sliceMs;
    }
    if (this.#timeMs !== undefined) this.#reached.set(reader, this.#timeMs);
  }

  /** So messages of several partitions come about in the order of their times. */
  #nextReader(): BlockReader | undefined {
    const isNewest = this.#question.order === "newest";
    const start = isNewest ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const reachedMs = (reader: BlockReader): number => this.#reached.get(reader) ?? start;
    const [first] = this.#readers
      .filter(({ isOver }) => !isOver)
      .sort((a, b) => (isNewest ? reachedMs(b) - reachedMs(a) : reachedMs(a) - reachedMs(b)) || 0);
    return first;
  }

  async #reader(place: ScannedPartition): Promise<BlockReader> {
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
    const question = { order, low, high, key };
    return new BlockReader(this.#stored, place, question, cursor?.get(number));
  }
}
