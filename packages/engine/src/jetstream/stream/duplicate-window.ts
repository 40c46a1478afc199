import type { Clock, Timer } from "@oxbow/base";

/** A window from here on is for as long as messages are there. */
const yearsMs = 10 * 365 * 24 * 60 * 60 * 1000;
const sweepMin = 4096;

/** A message id that was seen, and where its message is. */
interface Entry {
  readonly id: string;
  readonly sequence: number;
  readonly atMs: number;
}

/**
 * The message ids of the last `windowMs`, with the sequences of their messages: what makes a publish that is repeated
 * with the same `Nats-Msg-Id` one stored message. Ids go when their time is over, whether or not somebody publishes.
 *
 * With a window of years ids would only ever become more. Those of messages that are gone then go, too, as they do when the
 * server starts again.
 */
export class DuplicateWindow {
  readonly #clock: Clock;
  readonly #sequences = new Map<string, number>();
  #order: Entry[] = [];
  #head = 0;
  #windowMs: number;
  #timer: Timer | undefined;
  readonly #firstSequence: () => number;
  /** With so many entries those of messages that are gone are looked for. */
  #sweepAt = sweepMin;

  /** @param firstSequence - Of the messages that there are. */
  constructor(clock: Clock, windowMs: number, firstSequence: () => number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#firstSequence = firstSequence;
  }

  get size(): number {
    return this.#sequences.size;
  }

  set windowMs(windowMs: number) {
    this.#windowMs = windowMs;
    this.#onTimer();
  }

  /** The sequence of the message with that id, 0 if there was none within the window. */
  find(id: string, nowMs: number): number {
    this.#expire(nowMs);
    return this.#sequences.get(id) ?? 0;
  }

  add(id: string, sequence: number, atMs: number): void {
    this.#sequences.set(id, sequence);
    this.#order.push({ id, sequence, atMs });
    if (this.#order.length >= this.#sweepAt && this.#windowMs >= yearsMs) this.#sweep();
    this.#timer ??= this.#clock.setTimer(this.#windowMs, this.#onTimer);
  }

  /** Ends its timer. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    this.close();
    const nowMs = this.#clock.nowMs();
    this.#expire(nowMs);
    const oldest = this.#order[this.#head];
    if (oldest === undefined) return;
    const leftMs = Math.min(oldest.atMs + this.#windowMs - nowMs, this.#windowMs);
    this.#timer = this.#clock.setTimer(Math.max(1, leftMs), this.#onTimer);
  };

  #sweep(): void {
    const first = this.#firstSequence();
    const kept: Entry[] = [];
    for (let index = this.#head; index < this.#order.length; index++) {
      const entry = this.#order[index] as Entry;
      if (entry.sequence >= first) kept.push(entry);
      else if (this.#sequences.get(entry.id) === entry.sequence) this.#sequences.delete(entry.id);
    }
    this.#order = kept;
    this.#head = 0;
    this.#sweepAt = Math.max(sweepMin, kept.length * 2);
  }

  #expire(nowMs: number): void {
    const oldestMs = nowMs - this.#windowMs;
    let entry = this.#order[this.#head];
    while (entry !== undefined && entry.atMs <= oldestMs) {
      // The id may have been used again since, after this entry had expired for a look-up.
      if (this.#sequences.get(entry.id) === entry.sequence) this.#sequences.delete(entry.id);
      entry = this.#order[++this.#head];
    }
    if (this.#head > 1024 && this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
    if (this.#head > 0 && this.#head === this.#order.length) {
      this.#order = [];
      this.#head = 0;
    }
  }
}
