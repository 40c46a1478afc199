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

/** Finds the JWT of an account. */
export interface AccountResolver {
  /** Looks up the JWT of the account with that public key; `undefined` if there is none. */
  fetch(accountKey: string): Promise<string | undefined>;
  /** Keeps a JWT that was pushed to the server and verified; absent where the resolver can't. */
  store?(accountKey: string, jwt: string): Promise<void>;
  /** Forgets accounts; absent where that is not allowed. */
  remove?(accountKeys: readonly string[]): Promise<void>;
  /** Public keys of all accounts it has; absent where it can't tell. */
  list?(): Promise<readonly string[]>;
  /** Calls `listener` when the JWT of an account has changed by other ways than `store`. */
  watch?(listener: (accountKey: string, jwt: string) => void): void;
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
      readonly proxyRequired?: boolean | undefined;
    }
  | {
      readonly mode: "token";
      /** Plain, or a bcrypt hash. */
      readonly token: string;
      readonly callout?: CalloutOptions | undefined;
    }
  | { readonly mode: "operator"; readonly operator: OperatorOptions };
