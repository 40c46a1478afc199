import { BlockWriter, type Numbers } from "./block.ts";
import type { ConsumerSample, StreamSample } from "./history-source.ts";
import { type OldestSeconds, olderOf, oldestSeconds } from "./oldest.ts";

const nothing: Numbers = {};

/** What has happened to a station since the last point; `null` where nobody counts. */
export interface StationCounts {
  readonly in: number;
  readonly out: number;
  readonly inBytes: number | null;
  readonly outBytes: number | null;
}

/** What has happened to a group since the last point. */
interface GroupCounts {
  delivered: number;
  acknowledged: number;
  /** `null` where nobody counts. */
  deliveredBytes: number | null;
}

/** What is known of one station: its streams as they were last, and what is not written yet. */
export class StationPast {
  readonly writer: BlockWriter = new BlockWriter();
  /** At which of the looks of a block it is written, so that not all are at once. */
  readonly slot: number;
  readonly #streams: Map<string, StreamSample> = new Map();
  /** Of the station; `undefined` where they are not counted. */
  deadLetters: number | undefined = undefined;
  #in = 0;
  #out = 0;
  #inBytes: number | null = 0;
  #outBytes: number | null = 0;
  readonly #groupCounts: Map<string, GroupCounts> = new Map();
  #station: Numbers | undefined = undefined;
  #groups: ReadonlyMap<string, Numbers> = new Map();

  constructor(slot: number) {
    this.slot = slot;
  }

  get isGone(): boolean {
    return this.#streams.size === 0;
  }

  get messages(): number {
    return this.#sum(({ messages }) => messages);
  }

  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  get lag(): number {
    return this.#sum(({ consumers }) => consumers.reduce((sum, each) => sum + lagOf(each), 0));
  }

  get oldest(): OldestSeconds {
    let oldest: OldestSeconds = 0;
    for (const { consumers } of this.#streams.values()) {
      for (const { oldestAtMs } of consumers) oldest = olderOf(oldest, oldestSeconds(oldestAtMs));
    }
    return oldest;
  }

  /**
   * Takes up how a stream is now.
   *
   * @param isCounted - Whether what has happened since it was looked last is counted; not where nobody knows.
   */
  take(sample: StreamSample, isCounted: boolean): void {
    const last = this.#streams.get(sample.stream);
    // Another one of the same name begins at nothing.
    const before = last?.created === sample.created ? last : undefined;
    this.#streams.set(sample.stream, sample);
    if (!isCounted) return;
    this.#in += grown(before?.lastSequence, sample.lastSequence);
    this.#inBytes = plus(this.#inBytes, before?.storedBytes, sample.storedBytes);
    for (const consumer of sample.consumers) {
      const known = before?.consumers.find(({ group }) => group === consumer.group);
      const delivered = grown(known?.delivered, consumer.delivered);
      const counts = this.#groupCounts.get(consumer.group) ?? noCounts();
      const bytes = [known?.deliveredBytes, consumer.deliveredBytes] as const;
      counts.deliveredBytes = plus(counts.deliveredBytes, ...bytes);
      this.#outBytes = plus(this.#outBytes, ...bytes);
      counts.delivered += delivered;
      counts.acknowledged += grown(known?.acknowledged, consumer.acknowledged);
      this.#groupCounts.set(consumer.group, counts);
      this.#out += delivered;
    }
  }

  lose(stream: string): void {
    this.#streams.delete(stream);
  }

  /** Makes a point of what has happened since the last one, and gives its counts. */
  point(atMs: number, overMs: number): StationCounts {
    const counts: StationCounts = {
      in: this.#in,
      out: this.#out,
      inBytes: this.#inBytes,
      outBytes: this.#outBytes,
    };
    const groups = this.#groupGauges();
    const points = new Map(
      [...groups].map(([name, numbers]) => [
        name,
        { ...known(this.#groupCounts.get(name) ?? noCounts()), ...numbers },
      ]),
    );
    const before = { station: this.#station, groups: this.#groups };
    this.writer.add(atMs, overMs, { ...known(counts), ...this.#gauges() }, points, before);
    this.settle();
    return counts;
  }

  /** Has what is so now be what the next point begins from. */
  settle(): void {
    this.#in = 0;
    this.#out = 0;
    this.#inBytes = 0;
    this.#outBytes = 0;
    this.#groupCounts.clear();
    this.#station = this.#gauges();
    this.#groups = this.#groupGauges();
  }

  #gauges(): Numbers {
    const { messages, bytes, lag, oldest, deadLetters } = this;
    const gauges = { messages, bytes, lag, oldest };
    return deadLetters === undefined ? gauges : { ...gauges, deadLetters };
  }

  #groupGauges(): Map<string, Numbers> {
    const groups = new Map<string, Numbers>();
    for (const { consumers } of this.#streams.values()) {
      for (const each of consumers) {
        const found = groups.get(each.group) ?? nothing;
        const { lag = 0, oldest = 0, inFlight = 0, redelivered = 0 } = found;
        groups.set(each.group, {
          lag: lag + lagOf(each),
          oldest: olderOf(oldest, oldestSeconds(each.oldestAtMs)),
          inFlight: inFlight + each.inFlight,
          redelivered: redelivered + each.redelivered,
        });
      }
    }
    return groups;
  }

  #sum(count: (sample: StreamSample) => number): number {
    let sum = 0;
    for (const sample of this.#streams.values()) sum += count(sample);
    return sum;
  }
}

function noCounts(): GroupCounts {
  return { delivered: 0, acknowledged: 0, deliveredBytes: 0 };
}

/** Those that somebody counts. */
function known(counts: StationCounts | GroupCounts): Numbers {
  return Object.fromEntries(
    Object.entries(counts).filter(([, value]) => value !== null),
  ) as Numbers;
}

/** Adds what has come between two looks, where that is counted. */
function plus(
  sum: number | null,
  before: number | null | undefined,
  now: number | null,
): number | null {
  return sum === null || now === null ? null : sum + grown(before ?? 0, now);
}

function lagOf({ waiting, inFlight }: ConsumerSample): number {
  return waiting + inFlight;
}

/** A group that was put back counts from there. */
function grown(before = 0, now = 0): number {
  return Math.max(0, now - before);
}
