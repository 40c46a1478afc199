import { Expiries } from "./expiries.ts";
import type { LogIndex } from "./log-index.ts";
import type { LogLimits } from "./log-limits.ts";
import { TTL_NEVER } from "./record.ts";

/** Which message of a log expires next: by the age limit, or at the end of a lifetime of its own. */
export class LogExpiry {
  readonly #index: LogIndex;
  #ageMsMax: number = Number.POSITIVE_INFINITY;
  #expiries: Expiries | undefined;
  /** Whatever is below was spared by the age limit: it was appended never to expire. */
  #agedUpTo = 0;

  constructor(index: LogIndex) {
    this.#index = index;
  }

  /** Entries held to know when messages end. */
  get size(): number {
    return this.#expiries?.size ?? 0;
  }

  /** When the next message expires, in wall-clock milliseconds; `undefined` if none ever will. */
  get nextAtMs(): number | undefined {
    const aged = this.#oldestAging();
    const agedMs =
      aged === 0 ? Number.POSITIVE_INFINITY : this.#index.timeOf(aged) + this.#ageMsMax;
    const nextMs = Math.min(agedMs, this.#expiries?.nextAtMs ?? Number.POSITIVE_INFINITY);
    return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
  }

  setLimits(limits: LogLimits): void {
    this.#ageMsMax = limits.ageMsMax;
    this.#agedUpTo = 0;
    if (!limits.honoursTtls) this.#expiries = undefined;
    else this.#expiries ??= new Expiries(this.#index);
  }

  /** Takes in the message of `count` sequences, which has a lifetime of its own. */
  onAppended(sequence: number, count: number, ttlSeconds: number): void {
    if (this.#expiries === undefined || ttlSeconds === TTL_NEVER) return;
    const atMs = this.#index.timeOf(sequence) + ttlSeconds * 1000;
    for (let i = 0; i < count; i++) this.#expiries.add(sequence + i, atMs);
  }

  /** A message that has expired and is still there; 0 if there is none. */
  next(nowMs: number): number {
    const aged = this.#oldestAging();
    if (aged !== 0 && this.#index.timeOf(aged) + this.#ageMsMax <= nowMs) return aged;
    const expiries = this.#expiries;
    return expiries !== undefined && expiries.nextAtMs <= nowMs ? expiries.nextSequence : 0;
  }

  /** The oldest message that the age limit is going to end; 0 if there is none. */
  #oldestAging(): number {
    const index = this.#index;
    if (this.#ageMsMax === Infinity || index.count === 0) return 0;
    let sequence = index.nextSequence(this.#agedUpTo);
    while (index.ttlOf(sequence) === TTL_NEVER) sequence = index.nextSequence(sequence + 1);
    this.#agedUpTo = sequence;
    return sequence > index.lastSequence ? 0 : sequence;
  }
}
