import type { Clock } from "@oxbow/base";
import { httpError } from "../errors.ts";
import type { HttpLimits } from "../limits.ts";

const addressesMax = 10_000;

interface Failures {
  count: number;
  /** No login is tried before. */
  pausedUntilMs: number;
}

/**
 * Slows down those who guess passwords, by address: after some failures in a row it waits a while for each further one. It
 * knows nothing of users, so that nobody can lock somebody else out, and an owner gets in from any other address.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #limits: HttpLimits;
  readonly #what: string;
  /** Least recently failed first. */
  readonly #failures: Map<string, Failures> = new Map();

  /** @param what - What has failed then, for people. */
  constructor(clock: Clock, limits: HttpLimits, what = "logins have") {
    this.#what = what;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @throws OxbowError `LOGIN_PAUSED` */
  check(address: string): void {
    const waitMs = (this.#failures.get(place(address))?.pausedUntilMs ?? 0) - this.#now();
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    const message = `too many ${this.#what} failed at this address: wait ${seconds} s`;
    throw httpError("LOGIN_PAUSED", message);
  }

  failed(address: string): void {
    const key = place(address);
    const found = this.#failures.get(key) ?? { count: 0, pausedUntilMs: 0 };
    found.count += 1;
    const { loginsFailedMax, loginPauseMs } = this.#limits;
    if (found.count >= loginsFailedMax) found.pausedUntilMs = this.#now() + loginPauseMs;
    this.#failures.delete(key);
    this.#failures.set(key, found);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= addressesMax) break;
      this.#failures.delete(oldest);
    }
  }

  succeeded(address: string): void {
    this.#failures.delete(place(address));
  }

  #now(): number {
    return this.#clock.monotonicMs();
  }
}

/** Of IPv6, the half that a network gives to one of its customers. */
function place(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = ""] = address.split("::", 1);
  return head.split(":").slice(0, 4).join(":");
}
