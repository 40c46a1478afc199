import type { Clock } from "@oxbow/base";
import { httpError } from "../errors.ts";

/** An answer that is given again. */
interface KeptAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface Entry {
  /** Of the request: the same key with another is refused. */
  readonly fingerprint: string;
  readonly endsMs: number;
  /** `undefined` while the first request is under way. */
  answer: KeptAnswer | undefined;
}

/** How many answers are kept, for how long, and how much of them. */
export interface AnswerLimits {
  readonly answersMax: number;
  /** Characters of all answers together. */
  readonly answersSizeMax: number;
  readonly answerMs: number;
  /** After which a request that has not been answered is no longer taken to be under way. */
  readonly underWayMs: number;
}

/**
 * What was answered to requests that carry a key, so that a program which asks again, since it got no answer, has nothing
 * done twice. In memory: an answer may hold a secret that is told once, such as an access key, and what is on a disk is
 * found there later.
 */
export class Answers {
  readonly #clock: Clock;
  readonly #limits: AnswerLimits;
  /** By who asks and the key; oldest first. */
  readonly #entries: Map<string, Entry> = new Map();
  #size = 0;

  constructor(clock: Clock, limits: AnswerLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Requests that are remembered. */
  get count(): number {
    return this.#entries.size;
  }

  /**
   * Begins a request.
   *
   * @returns What was answered to it before; `undefined` for the first of a key, which is under way from here on.
   * @throws OxbowError `IDEMPOTENCY_KEY_BUSY`, `IDEMPOTENCY_KEY_REUSED`
   */
  begin(key: string, fingerprint: string): KeptAnswer | undefined {
    const nowMs = this.#clock.monotonicMs();
    this.#sweep(nowMs);
    const found = this.#entries.get(key);
    if (found === undefined || found.endsMs <= nowMs) {
      this.#drop(key);
      const endsMs = nowMs + this.#limits.underWayMs;
      this.#entries.set(key, { fingerprint, endsMs, answer: undefined });
      return undefined;
    }
    if (found.fingerprint !== fingerprint) {
      const message =
        "this Idempotency-Key was sent with another request: give each request a key of its own, such as a UUID";
      throw httpError("IDEMPOTENCY_KEY_REUSED", message);
    }
    if (found.answer !== undefined) return found.answer;
    const message = "a request with this Idempotency-Key is under way: ask again in a moment";
    throw httpError("IDEMPOTENCY_KEY_BUSY", message);
  }

  /** Keeps what was answered. */
  keep(key: string, fingerprint: string, answer: KeptAnswer): void {
    this.#drop(key);
    const endsMs = this.#clock.monotonicMs() + this.#limits.answerMs;
    this.#entries.set(key, { fingerprint, endsMs, answer });
    this.#size += answer.body.length;
    for (const oldest of this.#entries.keys()) {
      const { answersMax, answersSizeMax } = this.#limits;
      if (this.#entries.size <= answersMax && this.#size <= answersSizeMax) break;
      this.#drop(oldest);
    }
  }

  /** Forgets a request that has changed nothing: the next one of its key is the first. */
  forget(key: string): void {
    this.#drop(key);
  }

  #sweep(nowMs: number): void {
    for (const [key, { endsMs }] of this.#entries) {
      if (endsMs > nowMs && this.#entries.size <= this.#limits.answersMax) break;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#size -= this.#entries.get(key)?.answer?.body.length ?? 0;
    this.#entries.delete(key);
  }
}
