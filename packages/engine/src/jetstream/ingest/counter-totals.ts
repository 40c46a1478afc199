import { type Log, RecordView } from "@oxbow/log";
import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import { headerName } from "../stream/publish-headers.ts";
import {
  type CounterState,
  counterAtZero,
  parseCounterBody,
  parseCounterSources,
} from "./counter.ts";

/** Counters whose value is kept at hand; others are read from their last message again. */
const TOTALS_MAX = 16_384;
const SOURCES = Buffer.from(headerName("counterSources"));

/** What is known of a counter; `"broken"` if its last message can't be read as one. */
export type CounterTotal = CounterState | "broken";

/**
 * What the counters of a stream stand at, by the sequence of their last messages, durable or not. Those that were used
 * lately are at hand.
 */
export class CounterTotals {
  readonly #log: Log;
  /** By subject id, least recently used first. The sequence says whether an entry still holds. */
  readonly #known = new Map<number, { readonly sequence: number; readonly total: CounterTotal }>();
  readonly #capacity: number;
  readonly #view = new RecordView();

  /** @param countMin - Counters that one batch may touch, all of which must fit. */
  constructor(log: Log, countMin: number) {
    this.#log = log;
    this.#capacity = Math.max(TOTALS_MAX, countMin);
  }

  /** What the counter with that subject id stands at; `undefined` if its last message has to be {@link load}ed first. */
  find(subjectId: number): CounterTotal | undefined {
    const sequence = this.#log.subjects.last(subjectId);
    if (sequence === 0) return counterAtZero;
    const known = this.#known.get(subjectId);
    if (known !== undefined && known.sequence === sequence) return known.total;
    return this.#read(subjectId, sequence) ? this.#known.get(subjectId)?.total : undefined;
  }

  /** Notes what the counter stands at with the message at `sequence`, its last one. */
  put(subjectId: number, sequence: number, total: CounterTotal): void {
    const known = this.#known;
    known.delete(subjectId);
    known.set(subjectId, { sequence, total });
    if (known.size <= this.#capacity) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      return;
    }
  }

  /** Reads the last messages of counters, and calls `done` when {@link find} knows them all. */
  load(subjectIds: readonly number[], done: () => void): void {
    let left = subjectIds.length;
    for (const subjectId of subjectIds) {
      const sequence = this.#log.subjects.last(subjectId);
      this.#log.load(sequence, (error) => {
        if (error !== null || !this.#read(subjectId, sequence)) {
          this.put(subjectId, sequence, "broken");
        }
        left--;
        if (left === 0) done();
      });
    }
  }

  /** Takes what the message at `sequence` says, if it can be read now. */
  #read(subjectId: number, sequence: number): boolean {
    const view = this.#view;
    const result = this.#log.read(sequence, view);
    if (result === "pending") return false;
    this.put(subjectId, sequence, result === "ready" ? totalOf(view) : "broken");
    return true;
  }
}

function totalOf(view: RecordView): CounterTotal {
  const headersEnd = view.bodyStart + view.headersSize;
  const total = parseCounterBody(view.bytes.toString("utf8", headersEnd, view.bodyEnd));
  if (total === undefined) return "broken";
  const value: HeaderValue = { start: 0, end: 0 };
  if (!findHeader(view.bytes, view.bodyStart, headersEnd, SOURCES, value)) {
    return { total, sources: undefined };
  }
  const sources = parseCounterSources(view.bytes.toString("utf8", value.start, value.end));
  return sources === undefined ? "broken" : { total, sources };
}
