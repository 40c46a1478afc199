import type { Clock, Logger, Timer } from "@oxbow/base";
import { type AccountJwt, type AccountResolver, decodeGenericJwt } from "@oxbow/engine";
import { JwtFiles } from "./jwt-files.ts";
import { JwtIndex } from "./jwt-index.ts";

/** How a directory of JWTs is kept. */
export interface DirectoryResolverOptions {
  /** `full` refuses JWTs that are too many; `cache` lets go of those that were not used for the longest time. */
  readonly kind: "full" | "cache";
  readonly directory: string;
  /** Default: no limit for `full`, 1,000 for `cache`. */
  readonly accountsMax?: number | undefined;
  /** How long other servers are waited for that are asked for an account. Default 1.9 seconds. */
  readonly timeoutMs?: number | undefined;
  /** `cache`: how long a JWT is kept that is not used. Default: until it ends by itself. */
  readonly ttlMs?: number | undefined;
  /** `full`: how often the whole is compared with that of other servers. Default 1 minute. */
  readonly intervalMs?: number | undefined;
  /** What becomes of the file of an account that is to be deleted. Default `refuse`; `remove` for `cache`. */
  readonly onDelete?: "refuse" | "rename" | "remove" | undefined;
}

/** What a resolver uses of its server. */
export interface ResolverServices {
  readonly clock: Clock;
  readonly logger: Logger;
}

const cacheSize = 1_000;
const checkEveryMs = 60_000;
const syncEveryMs = 60_000;
const lookUpTimeoutMs = 1_900;

type Listener = (accountKey: string, jwt: string | undefined) => void;

/** Keeps the JWTs of accounts in a directory, as nats-server's resolvers of types full and cache do. */
export class DirectoryResolver implements AccountResolver {
  readonly kind: "full" | "cache";
  readonly lookUpTimeoutMs: number;
  readonly syncIntervalMs: number | undefined;
  /** Absent where nothing may be deleted. */
  readonly remove?: (accountKey: string) => Promise<void>;
  readonly #options: DirectoryResolverOptions;
  readonly #services: ResolverServices;
  readonly #files: JwtFiles;
  readonly #index: JwtIndex = new JwtIndex();
  readonly #accountsMax: number;
  #listener: Listener = () => {};
  #check: Timer | undefined = undefined;
  #isClosed = false;
  /** What is under way: one thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    options: DirectoryResolverOptions,
    services: ResolverServices,
    files: JwtFiles,
  ) {
    const { kind, accountsMax = 0, timeoutMs, intervalMs = 0 } = options;
    this.kind = kind;
    this.lookUpTimeoutMs = timeoutMs ?? lookUpTimeoutMs;
    this.syncIntervalMs = kind === "full" ? intervalMs || syncEveryMs : undefined;
    this.#options = options;
    this.#services = services;
    this.#files = files;
    this.#accountsMax = accountsMax > 0 ? accountsMax : kind === "cache" ? cacheSize : Infinity;
    const onDelete = options.onDelete ?? (kind === "cache" ? "remove" : "refuse");
    if (onDelete !== "refuse") this.remove = (key) => this.#remove(key, onDelete === "rename");
  }

  /** Opens a directory, makes it if there is none, and reads what is in it. */
  static async open(
    options: DirectoryResolverOptions,
    services: ResolverServices,
  ): Promise<DirectoryResolver> {
    const resolver = new DirectoryResolver(
      options,
      services,
      await JwtFiles.open(options.directory),
    );
    await resolver.#readAll();
    resolver.#checkLater();
    return resolver;
  }

  fetch(accountKey: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const jwt = await this.#files.read(accountKey);
      if (jwt !== undefined) this.#touch(accountKey);
      return jwt;
    });
  }

  /** Keeps a JWT unless there is a newer one. */
  preload(account: AccountJwt): Promise<void> {
    return this.#inTurn(async () => {
      const existing = await this.#files.read(account.accountKey);
      if (existing === undefined || isNewer(account, existing)) await this.#write(account);
    });
  }

  store(account: AccountJwt): Promise<void> {
    return this.#inTurn(() => this.#write(account));
  }

  list(): Promise<readonly AccountJwt[]> {
    return this.#inTurn(async () => {
      const accounts: AccountJwt[] = [];
      for (const accountKey of await this.#files.keys()) {
        if (!this.#index.has(accountKey)) continue;
        const jwt = await this.#files.read(accountKey);
        if (jwt === undefined || jwt === "" || this.#isOver(jwt)) continue;
        accounts.push({ accountKey, jwt });
      }
      return accounts;
    });
  }

  digest(): Promise<Buffer> {
    return this.#inTurn(async () => this.#index.digest);
  }

  watch(listener: Listener): void {
    this.#listener = listener;
  }

  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const changed: AccountJwt[] = [];
      const isCache = this.kind === "cache";
      for (const accountKey of await this.#files.keys()) {
        const jwt = (await this.#files.read(accountKey)) ?? "";
        const isKnown = this.#index.has(accountKey);
        // What a cache does not know it may have let go of, while the account is still in use.
        if (isKnown ? !this.#index.isSame(accountKey, jwt) : isCache) {
          changed.push({ accountKey, jwt });
        }
      }
      this.#index.clear();
      await this.#readAll();
      for (const { accountKey, jwt } of changed) this.#listener(accountKey, jwt);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#check?.cancel();
    await this.#last;
  }

  async #readAll(): Promise<void> {
    for (const key of await this.#files.keys()) {
      const jwt = await this.#files.read(key);
      if (jwt !== undefined) this.#index.set(key, jwt, this.#expiryOf(jwt));
    }
  }

  async #write(account: AccountJwt): Promise<void> {
    const { accountKey, jwt } = account;
    if (jwt === "") throw new Error("invalid JWT");
    if (this.#index.has(accountKey)) {
      this.#touch(accountKey);
      if (this.#index.isSame(accountKey, jwt)) return;
    } else if (this.#index.size >= this.#accountsMax) {
      const { oldest } = this.#index;
      if (this.kind === "full" || oldest === undefined) throw new Error("jwt store is full");
      await this.#files.remove(oldest, false);
      this.#index.delete(oldest);
    }
    await this.#files.write(accountKey, jwt);
    this.#index.set(accountKey, jwt, this.#expiryOf(jwt));
    this.#listener(accountKey, jwt);
  }

  #remove(accountKey: string, keepsCopy: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.#files.remove(accountKey, keepsCopy))) return;
      this.#index.delete(accountKey);
      this.#listener(accountKey, undefined);
    });
  }

  /** It was used: a cache keeps it for longer. */
  #touch(accountKey: string): void {
    if (this.kind === "cache") this.#index.touch(accountKey, this.#ttlEndMs());
  }

  #ttlEndMs(): number | undefined {
    const { ttlMs = 0 } = this.#options;
    return ttlMs > 0 ? this.#services.clock.nowMs() + ttlMs : undefined;
  }

  #expiryOf(jwt: string): number {
    const decoded = decodeGenericJwt(jwt);
    const exp = decoded.ok ? decoded.claims.exp : 0;
    return this.#ttlEndMs() ?? (exp === 0 ? Infinity : exp * 1000);
  }

  #isOver(jwt: string): boolean {
    const decoded = decodeGenericJwt(jwt);
    if (!decoded.ok || decoded.claims.exp <= 0) return false;
    return decoded.claims.exp < Math.floor(this.#services.clock.nowMs() / 1000);
  }

  /** Lets go, now and then, of what has come to its end. */
  #checkLater(): void {
    const { ttlMs = 0 } = this.#options;
    const delayMs = ttlMs > 0 ? Math.min(ttlMs / 2, checkEveryMs) : checkEveryMs;
    this.#check = this.#services.clock.setTimer(delayMs, () => {
      void this.#inTurn(() => this.#removeExpired())
        .catch((error: unknown) => {
          this.#services.logger.warn({ problem: String(error) }, "expired JWT was not removed");
        })
        .then(() => {
          if (!this.#isClosed) this.#checkLater();
        });
    });
  }

  async #removeExpired(): Promise<void> {
    for (const key of this.#index.expiredAt(this.#services.clock.nowMs())) {
      await this.#files.remove(key, false);
      this.#index.delete(key);
    }
  }

  /** Runs `work` after all that was asked for before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Whether a JWT is to take the place of another one. Rejects what is about another account. */
function isNewer({ accountKey, jwt }: AccountJwt, existing: string): boolean {
  const after = decodeGenericJwt(jwt);
  if (!after.ok) throw new Error(after.problem);
  const before = decodeGenericJwt(existing);
  if (!before.ok) return true;
  if (before.claims.jti === after.claims.jti) return false;
  if (before.claims.iat > after.claims.iat) return false;
  if (after.claims.sub !== accountKey) {
    throw new Error("jwt subject nkey and provided nkey do not match");
  }
  if (before.claims.sub !== after.claims.sub) {
    throw new Error("subject of existing and new jwt do not match");
  }
  return true;
}
