import type { Clock } from "@oxbow/base";
import type { ResponsePermissions } from "../../options/permissions.ts";

/** Requests that may wait for the answers of one connection; beyond, the oldest must not be answered any more. */
export const replyPermitsMax: number = 65_536;

interface Permit {
  readonly grantedAtMs: number;
  count: number;
}

/**
 * The reply subjects that a connection may publish to because it got messages with them (`allow_responses`). All expire
 * after the same time, so the oldest are always the first in the table.
 */
export class ReplyPermits {
  readonly #clock: Clock;
  readonly #countMax: number;
  readonly #expiresMs: number;
  readonly #permits: Map<string, Permit> = new Map();

  constructor(permissions: ResponsePermissions, clock: Clock) {
    this.#clock = clock;
    this.#countMax = permissions.countMax < 0 ? Number.POSITIVE_INFINITY : permissions.countMax;
    this.#expiresMs = permissions.expiresMs < 0 ? Number.POSITIVE_INFINITY : permissions.expiresMs;
  }

  get size(): number {
    return this.#permits.size;
  }

  /** A message came that may be answered at the subject in `[start, end)`. */
  grant(buffer: Buffer, start: number, end: number): void {
    const subject = buffer.toString("latin1", start, end);
    const grantedAtMs = this.#clock.monotonicMs();
    this.#permits.delete(subject);
    this.#permits.set(subject, { grantedAtMs, count: 0 });
    for (const [oldest, permit] of this.#permits) {
      const isOver = grantedAtMs - permit.grantedAtMs > this.#expiresMs;
      if (!isOver && this.#permits.size <= replyPermitsMax) break;
      this.#permits.delete(oldest);
    }
  }

  /** Uses up a permit for the subject in `[start, end)`. Returns whether there was one. */
  use(buffer: Buffer, start: number, end: number): boolean {
    const subject = buffer.toString("latin1", start, end);
    const permit = this.#permits.get(subject);
    if (permit === undefined) return false;
    const isOver = this.#clock.monotonicMs() - permit.grantedAtMs > this.#expiresMs;
    permit.count++;
    if (isOver || permit.count >= this.#countMax) this.#permits.delete(subject);
    return !isOver;
  }
}
