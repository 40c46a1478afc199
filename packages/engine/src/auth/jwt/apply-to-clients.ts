import { authorizationViolation } from "../verdicts.ts";
import type { AccountClient } from "./account-host.ts";
import type { ClaimedAccount } from "./claimed-account.ts";
import { isDeepEqual } from "./deep-equal.ts";

const revokedError = "User Authentication Revoked";

/** Has a new JWT of an account hold for those who are in it: who may not stay has to go. */
export function applyToClients(
  before: ClaimedAccount,
  after: ClaimedAccount,
  clients: readonly AccountClient[],
): void {
  const { defaultPermissions } = after.options;
  const hasOtherPermissions = !isDeepEqual(before.options.defaultPermissions, defaultPermissions);
  for (const client of clients) {
    const { claim } = client.identity;
    if (claim === undefined) continue;
    if (claim.isBearer && after.disallowsBearer) client.close(authorizationViolation);
    else if (after.isRevoked(claim.userKey, claim.issuedAt)) client.close(revokedError);
    else if (!isStillIssued(claim.signingKey, before, after)) client.end();
    else if (hasOtherPermissions && claim.hasDefaultPermissions) {
      client.setPermissions(defaultPermissions);
    }
  }
}

/** Whether the key that issued a user still may, and gives it what it gave it then. */
function isStillIssued(
  signingKey: string | undefined,
  before: ClaimedAccount,
  after: ClaimedAccount,
): boolean {
  if (signingKey === undefined) return true;
  if (!after.signingKeys.has(signingKey)) return false;
  if (!before.signingKeys.has(signingKey)) return true;
  return isDeepEqual(before.signingKeys.get(signingKey), after.signingKeys.get(signingKey));
}
