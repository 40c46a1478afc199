import type { Permissions } from "../../options/permissions.ts";
import type { Credentials, Identity } from "../identity.ts";
import type { UserPermissionLimits } from "../jwt/claims.ts";
import { hasKnownType } from "../jwt/connection-types.ts";
import { permissionsFrom } from "../jwt/permissions.ts";
import type { UserClaims } from "../jwt/user-claims.ts";
import { expiryOf } from "../jwt/user-expiry.ts";
import { shownUser } from "../verdicts.ts";
import type { CalloutOutcome } from "./callout.ts";

/** The account a service puts somebody in. */
export interface CalledAccount {
  readonly name: string;
  /** Of users whose JWT says nothing about permissions. */
  readonly defaultPermissions: Permissions | undefined;
}

/**
 * Who somebody is whom a service let in. The JWT of the service says what it may do, but it is not its own, and the limits
 * in it do not count: those of the account do.
 *
 * @param limits - What the JWT allows, or the template of the key that signed it.
 */
export function calledUser(
  claims: UserClaims,
  limits: UserPermissionLimits,
  account: CalledAccount,
  credentials: Credentials,
  nowMs: number,
): CalloutOutcome {
  const where = `authorized user on account ${JSON.stringify(account.name)}`;
  const expiry = expiryOf(claims.exp, limits, nowMs);
  if (!expiry.isNow) {
    return { ok: false, problem: `${where} outside of valid connect times` };
  }
  if (!hasKnownType(limits.allowed_connection_types)) {
    return { ok: false, problem: `${where} using invalid connection type` };
  }
  const permissions = permissionsFrom(limits);
  const signingKey = claims.nats.issuer_account === "" ? undefined : claims.iss;
  const identity: Identity = {
    user: claims.name === "" ? shownUser(credentials) : claims.name,
    account: account.name,
    permissions: permissions ?? account.defaultPermissions,
    expiresAtMs: expiry.expiresAtMs,
    issuerKey: signingKey ?? account.name,
    claim: {
      userKey: claims.sub,
      issuedAt: claims.iat,
      signingKey,
      isBearer: false,
      hasDefaultPermissions: permissions === undefined,
    },
  };
  return { ok: true, identity };
}
