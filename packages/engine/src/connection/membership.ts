import type { Clock, Timer } from "@oxbow/base";
import { type AccountGate, smallerLimit } from "../auth/account-gate.ts";
import type { Identity } from "../auth/identity.ts";
import type { Security } from "../auth/security.ts";
import type { EngineLimits } from "../engine-options.ts";
import type { Permissions } from "../options/permissions.ts";
import { ClientPermissions } from "./client-permissions.ts";

/** A connection as somebody: its place in an account, its permissions, and the time it has. */
export class Membership {
  #identity: Identity;
  #permissions: ClientPermissions | undefined;
  readonly #security: Security;
  readonly #clock: Clock;
  readonly #gate: AccountGate;
  #timer: Timer | undefined = undefined;
  #hasJoined = false;

  constructor(identity: Identity, security: Security, clock: Clock) {
    this.#identity = identity;
    this.#security = security;
    this.#clock = clock;
    this.#gate = security.accounts.gateOf(identity.account);
    this.#permissions = this.#grant(identity.permissions);
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** `undefined`: it may do everything. */
  get permissions(): ClientPermissions | undefined {
    return this.#permissions;
  }

  /** Gives it other permissions; answers it owes are not permitted any more. */
  setPermissions(permissions: Permissions | undefined): void {
    this.#identity = { ...this.#identity, permissions };
    this.#permissions = this.#grant(permissions);
  }

  /** Takes a place in the account. Returns false if there is none left. */
  join(onExpired: () => void): boolean {
    if (!this.#gate.enter(this.#isPartOfProgram)) return false;
    this.#hasJoined = true;
    const { expiresAtMs } = this.#identity;
    if (expiresAtMs !== undefined) {
      const leftMs = Math.max(0, expiresAtMs - this.#clock.nowMs());
      this.#timer = this.#clock.setTimer(leftMs, onExpired);
    }
    return true;
  }

  /** Gives the place back. No effect the second time. */
  leave(): void {
    this.#timer?.cancel();
    const hasJoined = this.#hasJoined;
    this.#hasJoined = false;
    if (hasJoined) this.#gate.leave(this.#isPartOfProgram);
  }

  /** Largest message it may send: the least of its own limit, its account's and the server's. */
  payloadMax(limits: EngineLimits): number {
    const own = smallerLimit(this.#identity.payloadMax ?? -1, this.#gate.limits.payloadMax);
    return smallerLimit(own, limits.payloadMax);
  }

  /** Subscriptions it may have, in the same way; -1 is no limit. */
  subscriptionsMax(limits: EngineLimits): number {
    const own = smallerLimit(
      this.#identity.subscriptionsMax ?? -1,
      this.#gate.limits.subscriptionsMax,
    );
    return smallerLimit(own, limits.subscriptionsMax === 0 ? -1 : limits.subscriptionsMax);
  }

  get #isPartOfProgram(): boolean {
    return this.#identity.isPartOfProgram === true;
  }

  #grant(permissions: Permissions | undefined): ClientPermissions | undefined {
    if (permissions === undefined) return undefined;
    return new ClientPermissions(this.#security.permissions.rulesOf(permissions), this.#clock);
  }
}
