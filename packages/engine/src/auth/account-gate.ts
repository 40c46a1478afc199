import type { AccountLimits } from "../options/accounts.ts";

/** No limit at all. */
export const noAccountLimits: AccountLimits = {
  connectionsMax: -1,
  subscriptionsMax: -1,
  payloadMax: -1,
  leafnodesMax: -1,
};

/** How many clients of an account are connected, and what they may use. */
export class AccountGate {
  /** Change it with {@link AccountGates.setLimits}. */
  limits: AccountLimits = noAccountLimits;
  /** What people call the account, where its name is a key. */
  nameTag = "";
  /** Clients that are in the account now. */
  connectionCount = 0;
  /** Those of them that are parts of the program itself, which no limit is about. */
  partCount = 0;
  /** Called when the last client has left. */
  onEmpty: (() => void) | undefined = undefined;

  /** A client comes in. @returns Whether there was room. */
  enter(isPartOfProgram: boolean): boolean {
    if (isPartOfProgram) this.partCount++;
    else if (this.isFull) return false;
    this.connectionCount++;
    return true;
  }

  /** A client has left. */
  leave(isPartOfProgram: boolean): void {
    if (isPartOfProgram) this.partCount--;
    this.connectionCount--;
    if (this.connectionCount === 0) this.onEmpty?.();
  }

  /** Whether no further client may come in. */
  get isFull(): boolean {
    const { connectionsMax } = this.limits;
    return connectionsMax >= 0 && this.connectionCount - this.partCount >= connectionsMax;
  }
}

/** The gates of all accounts, by name. There is one for every name that was asked for. */
export class AccountGates {
  readonly #gates: Map<string, AccountGate> = new Map();

  gateOf(name: string): AccountGate {
    let gate = this.#gates.get(name);
    if (gate === undefined) {
      gate = new AccountGate();
      this.#gates.set(name, gate);
    }
    return gate;
  }

  /** Lets go of that of an account that is no more. */
  forget(name: string): void {
    this.#gates.delete(name);
  }

  /** What clients of the account may use from now on; who is connected has to be told (`ClientConnection.applyLimits`). */
  setLimits(name: string, limits: Partial<AccountLimits> | undefined): void {
    this.gateOf(name).limits = { ...noAccountLimits, ...limits };
  }
}

/** The smaller of two limits, where a negative one is none. */
export function smallerLimit(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}
