import type { AccountJwt, AccountResolver } from "../../options/authorization.ts";

/** Knows the accounts of the configuration, and those only. */
export class MemoryAccountResolver implements AccountResolver {
  readonly kind = "memory";
  readonly #jwts: Map<string, string> = new Map();

  fetch(accountKey: string): Promise<string | undefined> {
    return Promise.resolve(this.#jwts.get(accountKey));
  }

  preload({ accountKey, jwt }: AccountJwt): Promise<void> {
    this.#jwts.set(accountKey, jwt);
    return Promise.resolve();
  }

  /** Forgets an account that a reload of the configuration has taken out. */
  remove(accountKey: string): Promise<void> {
    this.#jwts.delete(accountKey);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
