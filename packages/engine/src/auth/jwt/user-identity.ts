import type { Identity } from "../identity.ts";
import type { ClaimedAccount } from "./claimed-account.ts";
import { permissionsFrom } from "./permissions.ts";
import type { UserOfAccount } from "./scoped-user.ts";

/** Who a user of an account is, once it is let in for its JWT. */
export function identityOf(
  { claims, limits }: UserOfAccount,
  account: ClaimedAccount,
  jwt: string,
  expiresAtMs: number | undefined,
): Identity {
  const permissions = permissionsFrom(limits);
  const signingKey = claims.nats.issuer_account === "" ? undefined : claims.iss;
  return {
    user: claims.sub,
    account: account.key,
    permissions: permissions ?? account.options.defaultPermissions,
    expiresAtMs,
    subscriptionsMax: limits.subs,
    payloadMax: limits.payload,
    jwt,
    issuerKey: signingKey ?? account.key,
    nameTag: claims.name,
    tags: claims.nats.tags,
    claim: {
      userKey: claims.sub,
      issuedAt: claims.iat,
      signingKey,
      isBearer: limits.bearer_token,
      hasDefaultPermissions: permissions === undefined,
    },
  };
}
