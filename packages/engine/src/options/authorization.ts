import type { UserOptions } from "./accounts.ts";
import type { Permissions } from "./permissions.ts";

/** A service that decides who comes in (auth callout, ADR-26). */
export interface CalloutOptions {
  /** Public account key that signs its answers, `A…`. */
  readonly issuer: string;
  /** Name of the account it runs in. Default `$G`. */
  readonly account?: string | undefined;
  /** Names or nkeys of the users it connects as, who are not asked about. */
  readonly authUsers: readonly string[];
  /** Its public curve key, `X…`: requests and answers are encrypted. */
  readonly curveKey?: string | undefined;
  /** Accounts it may put users in. Default: all. */
  readonly allowedAccounts?: readonly string[] | undefined;
}

/** A JWT of an account, and that account's public key. */
export interface AccountJwt {
  readonly accountKey: string;
  readonly jwt: string;
}

/**
 * Finds the JWTs of accounts, and keeps those that are pushed to the server.
 *
 * Rejects with errors whose text is fit for the answer to whoever asked.
 */
export interface AccountResolver {
  /** `full` has every account of the operator, `cache` those that were asked for; both answer `$SYS.REQ.CLAIMS.…`. */
  readonly kind: "memory" | "url" | "full" | "cache";
  /** How long other servers are waited for that are asked for an account it does not have; absent: none are asked. */
  readonly lookUpTimeoutMs?: number | undefined;
  /** How often all that it has is compared with what other servers have; absent: never. */
  readonly syncIntervalMs?: number | undefined;
  /** Looks up the JWT of the account with that public key; `undefined` if there is none. */
  fetch(accountKey: string): Promise<string | undefined>;
  /** Keeps a JWT from the configuration, unless it has a newer one; absent where it can't keep any. */
  preload?(account: AccountJwt): Promise<void>;
  /** Keeps a JWT that was pushed and verified; `full` and `cache` have it. */
  store?(account: AccountJwt): Promise<void>;
  /** Forgets an account; absent where that is not allowed. */
  remove?(accountKey: string): Promise<void>;
  /** All that it has and that has not expired, by key; `full` and `cache` have it. */
  list?(): Promise<readonly AccountJwt[]>;
  /** The exclusive or of the SHA-256 of all JWTs it has; `full` has it. */
  digest?(): Promise<Buffer>;
  /**
   * Calls the listener when the JWT of an account has changed, by `store` too, or is gone (`undefined`), by `remove` too.
   * Called once, before anything else.
   */
  watch?(listener: (accountKey: string, jwt: string | undefined) => void): void;
  /** Reads again what it keeps, and tells `watch` what has changed. */
  reload?(): Promise<void>;
  close(): Promise<void>;
}

/** Who may connect, when operators say so with signed JWTs. */
export interface OperatorOptions {
  /** JWTs of the operators that are trusted. */
  readonly operators: readonly string[];
  /** Public operator keys that are trusted without a JWT. */
  readonly trustedKeys?: readonly string[] | undefined;
  readonly resolver: AccountResolver;
  /** Accounts known from the start: public key to JWT. */
  readonly preload?: Readonly<Record<string, string>> | undefined;
  /** Public key of the system account. Default: what the operator's JWT says. */
  readonly systemAccount?: string | undefined;
  /** The only accounts users may be of, beside the system account. Default: all. */
  readonly pinnedAccounts?: readonly string[] | undefined;
  /** Bearer JWT of clients that show none. */
  readonly defaultSentinel?: string | undefined;
}

/** Who may connect. Users of accounts come on top, see `EngineOptions.accounts`. */
export type AuthOptions =
  /** Everybody, to `$G`, unless accounts have users. */
  | { readonly mode: "none"; readonly noAuthUser?: string | undefined }
  | {
      readonly mode: "users";
      /** Users of `$G`. */
      readonly users: readonly UserOptions[];
      /** Who a client is that shows no credentials. */
      readonly noAuthUser?: string | undefined;
      readonly defaultPermissions?: Permissions | undefined;
      readonly callout?: CalloutOptions | undefined;
      /** Whether all of them may only come through a trusted proxy. */
      readonly proxyRequired?: boolean | undefined;
    }
  | {
      readonly mode: "token";
      /** Plain, or a bcrypt hash. */
      readonly token: string;
      readonly callout?: CalloutOptions | undefined;
      readonly proxyRequired?: boolean | undefined;
    }
  | { readonly mode: "operator"; readonly operator: OperatorOptions };
