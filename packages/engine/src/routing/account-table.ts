import type { Logger, PublishGate, Random } from "@oxbow/base";
import { AccountGates, type GateCounts } from "../gates/account-gates.ts";
import { Account } from "./account.ts";

/** The accounts of an engine by name, and the gates before their subjects, which are kept whether there is an account or not. */
export class AccountTable {
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #accounts: Map<string, Account> = new Map();
  readonly #gates: Map<string, AccountGates> = new Map();
  readonly #onMade: (account: Account) => void;

  /** @param onMade - Is told of each account once it can be found. */
  constructor(random: Random, logger: Logger, onMade: (account: Account) => void) {
    this.#random = random;
    this.#logger = logger;
    this.#onMade = onMade;
  }

  /** Those there are. */
  get all(): ReadonlyMap<string, Account> {
    return this.#accounts;
  }

  /** The account of that name, made if there is none. */
  get(name: string): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      account = new Account(name, this.#random);
      account.gates = this.#gates.get(name);
      this.#accounts.set(name, account);
      this.#onMade(account);
    }
    return account;
  }

  delete(name: string): void {
    this.#accounts.delete(name);
  }

  /** Subscriptions of all accounts. */
  get subscriptionCount(): number {
    let count = 0;
    for (const account of this.#accounts.values()) count += account.subscriptionCount;
    return count;
  }

  /** As {@link Engine.setGate}. */
  setGate(account: string, name: string, gate: PublishGate | undefined): void {
    const gates = this.#gates.get(account) ?? new AccountGates(this.#random, this.#logger);
    gates.set(name, gate);
    if (gates.count === 0) this.#gates.delete(account);
    else this.#gates.set(account, gates);
    const known = this.#accounts.get(account);
    if (known !== undefined) known.gates = this.#gates.get(account);
  }

  /** As {@link Engine.gateCounts}. */
  gateCounts(): ReadonlyMap<string, GateCounts> {
    return new Map([...this.#gates].map(([account, gates]) => [account, { ...gates.counts }]));
  }
}
