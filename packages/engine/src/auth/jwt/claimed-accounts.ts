import type { Clock, Logger, Timer } from "@oxbow/base";
import { isNkey } from "../nkey.ts";
import { type AccountClaims, accountClaims } from "./account-claims.ts";
import type { AccountHost } from "./account-host.ts";
import { Activations } from "./activations.ts";
import { applyToClients } from "./apply-to-clients.ts";
import { ClaimedAccount, removedAccountOptions, unlimitedAccount } from "./claimed-account.ts";
import { decodeJwt } from "./decode.ts";
import type { OperatorTrust } from "./operator-trust.ts";
import { validateAccount } from "./validate-account.ts";

/** What {@link ClaimedAccounts} use of their engine. */
export interface ClaimedAccountsServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: AccountHost;
}

/** Looks up the JWT of an account; `undefined` if there is none. May reject. */
export type FetchJwt = (accountKey: string) => Promise<string | undefined>;

/** An account, or why there is none. */
export type FoundAccount =
  | { readonly ok: true; readonly account: ClaimedAccount }
  | { readonly ok: false; readonly problem: string };

/** An expired account is looked up again, but not sooner than this after the last time. */
const refreshAfterMs = 1_000;
const expiredText = "account expired";
/** The text for connections in an account whose time is over. */
const expiredError = "Account Authentication Expired";

/** An account that is known, and what goes with it. */
interface Entry {
  account: ClaimedAccount;
  isExpired: boolean;
  isRemoved: boolean;
  expiry: Timer | undefined;
  /** Runs until the next of the tokens it imports with ends. */
  activationExpiry: Timer | undefined;
  /** Accounts it imports from that were not known when it was made. */
  missing: ReadonlySet<string>;
}

/**
 * The accounts of trusted operators: found when they are first asked for, and kept up to date.
 *
 * An account that imports is made after those it imports from. Where one of them can't be found the import does not
 * work until it comes.
 */
export class ClaimedAccounts {
  readonly activations: Activations;
  readonly #trust: OperatorTrust;
  readonly #fetch: FetchJwt;
  readonly #services: ClaimedAccountsServices;
  readonly #entries: Map<string, Entry> = new Map();
  /** Accounts that are being looked up. */
  readonly #pending: Map<string, Promise<FoundAccount>> = new Map();
  #isClosed = false;

  constructor(trust: OperatorTrust, fetch: FetchJwt, services: ClaimedAccountsServices) {
    this.#trust = trust;
    this.#fetch = fetch;
    this.#services = services;
    this.activations = new Activations(this, () => services.clock.nowMs());
  }

  /** The account of that key if it is known, expired or not. */
  get(key: string): ClaimedAccount | undefined {
    return this.#entries.get(key)?.account;
  }

  /** Whether the time of a known account is over, or it was removed; and whether all it imports from is known. */
  stateOf(key: string): { readonly isExpired: boolean; readonly isComplete: boolean } | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    return { isExpired: entry.isExpired, isComplete: entry.missing.size === 0 };
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The account of that key, looked up if need be. Never rejects. */
  find(key: string): FoundAccount | Promise<FoundAccount> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#load(key);
    if (!entry.isExpired) return { ok: true, account: entry.account };
    const { updatedAtMs } = entry.account;
    const isFresh = this.#services.clock.nowMs() - updatedAtMs < refreshAfterMs;
    return isFresh ? { ok: false, problem: expiredText } : this.#load(key);
  }

  /**
   * Takes a new JWT of an account that is known. It holds at once, for live connections too.
   *
   * @returns Why it was not taken; `undefined` if it was.
   */
  update(key: string, jwt: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return "missing account";
    const isComplete = entry.missing.size === 0 && !entry.isRemoved;
    if (entry.account.jwt === jwt && isComplete) return undefined;
    const verified = this.#verify(key, jwt);
    if (!verified.ok) return verified.problem;
    this.#apply(verified.claims, jwt);
    void this.#loadImports(verified.claims, new Set([key]));
    return undefined;
  }

  /** Lets nobody into an account any more, and ends the connections that are in it. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { logger, host } = this.#services;
    logger.debug({ account: key }, "account disabled due to remove");
    stopTimers(entry);
    entry.isExpired = true;
    entry.isRemoved = true;
    // Before there is no place for them any more, which is another reason to go.
    this.#endClients(key);
    host.configure(removedAccountOptions(key));
  }

  /** After the resolver was replaced: takes up what it says of the accounts that are known, and forgets the others. */
  async refresh(): Promise<void> {
    for (const key of [...this.#entries.keys()]) {
      const jwt = await this.#fetch(key);
      if (jwt !== undefined && this.update(key, jwt) === undefined) continue;
      this.#services.logger.info({ account: key }, "Reloaded: deleting account");
      this.remove(key);
      this.#entries.delete(key);
    }
  }

  /** Puts an account without limits where there is none yet: so that somebody can come and push its JWT. */
  standIn(key: string, issuer: string): void {
    if (!this.#entries.has(key)) this.#apply(unlimitedAccount(key, issuer), "");
  }

  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) stopTimers(entry);
  }

  #load(key: string, chain: ReadonlySet<string> = new Set()): Promise<FoundAccount> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const promise = this.#find(key, chain).finally(() => this.#pending.delete(key));
    this.#pending.set(key, promise);
    return promise;
  }

  async #find(key: string, chain: ReadonlySet<string>): Promise<FoundAccount> {
    if (!isNkey("account", key)) {
      return { ok: false, problem: "will only fetch valid account keys" };
    }
    let jwt: string | undefined;
    try {
      jwt = await this.#fetch(key);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#services.logger.warn({ account: key, problem }, "account fetch failed");
      return { ok: false, problem };
    }
    if (jwt === undefined) return { ok: false, problem: "account missing" };
    const verified = this.#verify(key, jwt);
    if (!verified.ok) {
      const wasExpired = this.#entries.get(key)?.isExpired ?? false;
      return { ok: false, problem: wasExpired ? expiredText : verified.problem };
    }
    await this.#loadImports(verified.claims, new Set([...chain, key]));
    if (this.#isClosed) return { ok: false, problem: "server closed" };
    const account = this.#apply(verified.claims, jwt);
    return account.isExpiredAt(this.#services.clock.nowMs())
      ? { ok: false, problem: expiredText }
      : { ok: true, account };
  }

  /**
   * Has the accounts looked up that an account imports from. `chain` are the accounts on the way here, which wait for
   * this one: accounts may import from each other. Never rejects.
   */
  async #loadImports(claims: AccountClaims, chain: ReadonlySet<string>): Promise<void> {
    for (const exporter of exportersOf(claims)) {
      // A look-up that is under way may wait for this one in turn, so that it is not waited for.
      const isKnown = this.#entries.has(exporter) || this.#pending.has(exporter);
      if (isKnown || chain.has(exporter)) continue;
      const found = await this.#load(exporter, chain);
      if (found.ok) continue;
      const fields = { account: claims.sub, exporter, problem: found.problem };
      this.#services.logger.error(fields, "can't locate account for import");
    }
  }

  #verify(
    key: string,
    jwt: string,
  ):
    | { readonly ok: true; readonly claims: AccountClaims }
    | { readonly ok: false; readonly problem: string } {
    const decoded = decodeJwt(jwt, accountClaims);
    if (!decoded.ok) return decoded;
    const { claims } = decoded;
    const isGood =
      this.#trust.trusts(claims.iss) &&
      claims.sub === key &&
      validateAccount(claims, this.#services.clock.nowMs()).blocking === undefined;
    return isGood ? { ok: true, claims } : { ok: false, problem: "account validation failed" };
  }

  #apply(claims: AccountClaims, jwt: string): ClaimedAccount {
    const { clock, host, logger } = this.#services;
    const { sub: key } = claims;
    const nowMs = clock.nowMs();
    const account = new ClaimedAccount(jwt, claims, this.#trust.isStrict(claims.iss), nowMs);
    const old = this.#entries.get(key);
    if (old !== undefined) stopTimers(old);
    const entry: Entry = {
      account,
      isExpired: account.isExpiredAt(nowMs),
      isRemoved: false,
      expiry: undefined,
      activationExpiry: undefined,
      missing: new Set([...exportersOf(claims)].filter((exporter) => !this.#entries.has(exporter))),
    };
    this.#entries.set(key, entry);
    if (claims.exp !== 0 && !entry.isExpired) {
      const leftMs = (claims.exp - Math.floor(nowMs / 1000)) * 1000;
      entry.expiry = clock.setTimer(leftMs, () => this.#expire(key));
    }
    logger.debug({ account: key, name: claims.name }, "account claims taken");
    this.#configure(entry);
    if (old !== undefined) applyToClients(old.account, account, host.clientsOf(key));
    this.#completeImportersOf(key);
    return account;
  }

  /** Accounts that import from `key` and did not find it get another chance. */
  #completeImportersOf(key: string): void {
    for (const entry of this.#entries.values()) {
      if (!entry.missing.has(key)) continue;
      entry.missing = new Set([...entry.missing].filter((other) => other !== key));
      this.#configure(entry);
    }
  }

  /** Has the options of an account hold, again each time one of its tokens ends. */
  #configure(entry: Entry): void {
    const { clock, host } = this.#services;
    const { options } = entry.account;
    entry.activationExpiry?.cancel();
    host.configure(options);
    const endMs = this.activations.nextExpiryMs(options.imports ?? []);
    if (endMs === undefined) return;
    const leftMs = endMs - clock.nowMs();
    entry.activationExpiry = clock.setTimer(leftMs, () => this.#configure(entry));
  }

  #expire(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.expiry = undefined;
    entry.isExpired = true;
    this.#endClients(key);
  }

  #endClients(key: string): void {
    for (const client of this.#services.host.clientsOf(key)) client.close(expiredError);
  }
}

function stopTimers(entry: Entry): void {
  entry.expiry?.cancel();
  entry.activationExpiry?.cancel();
}

function exportersOf(claims: AccountClaims): ReadonlySet<string> {
  return new Set(claims.nats.imports.map(({ account }) => account));
}
