import { BlockWriter, type Numbers } from "./block.ts";
import type { ConsumerSample, StreamSample } from "./history-source.ts";

const nothing: Numbers = {};

/** What is known of one station: its streams as they were last, and what is not written yet. */
export class StationPast {
  readonly writer: BlockWriter = new BlockWriter();
  /** At which of the looks of a block it is written, so that not all are at once. */
  readonly slot: number;
  readonly #streams: Map<string, StreamSample> = new Map();
  #in = 0;
  #out = 0;
  readonly #groupCounts: Map<string, { delivered: number; acknowledged: number }> = new Map();
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
    for (const consumer of sample.consumers) {
      const known = before?.consumers.find(({ group }) => group === consumer.group);
      const delivered = grown(known?.delivered, consumer.delivered);
      const counts = this.#groupCounts.get(consumer.group) ?? { delivered: 0, acknowledged: 0 };
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
  point(atMs: number, overMs: number): { readonly in: number; readonly out: number } {
    const counts = { in: this.#in, out: this.#out };
    const gauges = { messages: this.messages, bytes: this.bytes, lag: this.lag };
    const groups = this.#groupGauges();
    const points = new Map(
      [...groups].map(([name, numbers]) => [
        name,
        { ...(this.#groupCounts.get(name) ?? { delivered: 0, acknowledged: 0 }), ...numbers },
      ]),
    );
    const before = { station: this.#station, groups: this.#groups };
    this.writer.add(atMs, overMs, { ...counts, ...gauges }, points, before);
    this.settle();
    return counts;
  }

  /** Has what is so now be what the next point begins from. */
  settle(): void {
    this.#in = 0;
    this.#out = 0;
    this.#groupCounts.clear();
    this.#station = { messages: this.messages, bytes: this.bytes, lag: this.lag };
    this.#groups = this.#groupGauges();
  }

  #groupGauges(): Map<string, Numbers> {
    const groups = new Map<string, Numbers>();
    for (const { consumers } of this.#streams.values()) {
      for (const each of consumers) {
        const { lag = 0, inFlight = 0, redelivered = 0 } = groups.get(each.group) ?? nothing;
        groups.set(each.group, {
          lag: lag + lagOf(each),
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

function lagOf({ waiting, inFlight }: ConsumerSample): number {
  return waiting + inFlight;
}

/** A group that was put back counts from there. */
function grown(before = 0, now = 0): number {
  return Math.max(0, now - before);
}
