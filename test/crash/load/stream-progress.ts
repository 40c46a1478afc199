import type { StreamPlan } from "../workload.ts";

/** What the load knows of one stream over all restarts: how far it goes, and what every consumer is done with. */
export class StreamProgress {
  readonly plan: StreamPlan;
  #ackedMax = 0;
  #removedMax = 0;
  /** The consumers that have a confirmed ack for a sequence; sequences that all have are dropped. */
  readonly #confirmedBy = new Map<number, Set<string>>();

  constructor(plan: StreamPlan) {
    this.plan = plan;
  }

  /** The highest sequence that a publisher was told. */
  get ackedMax(): number {
    return this.#ackedMax;
  }

  /** The end of the last purge, inclusive. */
  get removedMax(): number {
    return this.#removedMax;
  }

  acked(sequence: number): void {
    this.#ackedMax = Math.max(this.#ackedMax, sequence);
  }

  purging(lastSequence: number): void {
    this.#removedMax = Math.max(this.#removedMax, lastSequence);
    for (const sequence of this.#confirmedBy.keys()) {
      if (sequence <= lastSequence) this.#confirmedBy.delete(sequence);
    }
  }

  /** The consumer's ack is confirmed. True if that was the last consumer: none will be given the sequence again. */
  confirmed(sequence: number, consumer: string): boolean {
    const consumers = this.#confirmedBy.get(sequence) ?? new Set();
    consumers.add(consumer);
    const isDone = consumers.size === this.plan.consumers.length;
    if (isDone) this.#confirmedBy.delete(sequence);
    else this.#confirmedBy.set(sequence, consumers);
    return isDone;
  }
}
