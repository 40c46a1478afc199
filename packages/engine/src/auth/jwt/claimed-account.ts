import type { AccountOptions } from "../../options/accounts.ts";
import {
  type AccountClaims,
  accountClaims,
  type ExternalAuthorization,
  isRevoked,
} from "./account-claims.ts";
import { accountOptionsFrom } from "./account-options.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** An account that an operator vouches for. Changes only as a whole: an update makes another one. */
export class ClaimedAccount {
  /** Its JWT; `""` for one that stands in until there is one. */
  readonly jwt: string;
  readonly claims: AccountClaims;
  readonly options: AccountOptions;
  /** The keys that may issue its users, its own among them unless its operator is strict. */
  readonly signingKeys: SigningKeys;
  /** When it was made, in wall-clock milliseconds. */
  readonly updatedAtMs: number;

  constructor(jwt: string, claims: AccountClaims, isStrict: boolean, nowMs: number) {
    this.jwt = jwt;
    this.claims = claims;
    this.options = accountOptionsFrom(claims);
    const { signing_keys } = claims.nats;
    this.signingKeys = isStrict
      ? signing_keys
      : new Map([...signing_keys, [claims.sub, undefined]]);
    this.updatedAtMs = nowMs;
  }

  /** Its public key, which is its name. */
  get key(): string {
    return this.claims.sub;
  }

  /** Who decides in its place who comes in; `undefined` if it does itself. */
  get external(): ExternalAuthorization | undefined {
    const { authorization } = this.claims.nats;
    return authorization.auth_users.length === 0 ? undefined : authorization;
  }

  get disallowsBearer(): boolean {
    return this.claims.nats.limits.disallow_bearer;
  }

  /** Whether a user, by its key and the time its JWT was issued, may not come in any more. */
  isRevoked(userKey: string, issuedAt: number): boolean {
    return isRevoked(this.claims.nats.revocations, userKey, issuedAt);
  }

  isExpiredAt(nowMs: number): boolean {
    const { exp } = this.claims;
    return exp !== 0 && exp <= Math.floor(nowMs / 1000);
  }
}

/** The options of an account that was removed: nobody can do anything in it. */
export function removedAccountOptions(key: string): AccountOptions {
  const limits = { connectionsMax: 0, subscriptionsMax: 0, payloadMax: 0, leafnodesMax: 0 };
  return { name: key, limits, jetstream: false };
}

/** What the JWT of an account would say that has no limits, but for JetStream, of which it has nothing. */
export function unlimitedAccount(key: string, issuer: string): AccountClaims {
  const empty = accountClaims.shape(2).zero();
  const unlimited = {
    subs: -1,
    data: -1,
    payload: -1,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
  };
  const limits = { ...empty.nats.limits, ...unlimited, wildcards: true };
  return { ...empty, sub: key, iss: issuer, nats: { ...empty.nats, limits } };
}
