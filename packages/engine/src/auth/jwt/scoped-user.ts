import type { ClaimedAccount } from "./claimed-account.ts";
import type { UserPermissionLimits } from "./claims.ts";
import { hasEmptyPermissions, type UserClaims } from "./user-claims.ts";
import { applyTemplate } from "./user-template.ts";

/** A user whom its account, or a signing key of it, has issued. */
export interface UserOfAccount {
  readonly claims: UserClaims;
  /** What it may do: what its JWT says, or the template of the key that signed it. */
  readonly limits: UserPermissionLimits;
}

/** A {@link UserOfAccount}, or why there is none. */
export type ScopedUser =
  | { readonly ok: true; readonly user: UserOfAccount }
  | { readonly ok: false; readonly problem: string };

/** Looks whether whoever signed a user may, and what the user may do then. */
export function applyScope(claims: UserClaims, account: ClaimedAccount): ScopedUser {
  const { signingKeys } = account;
  if (!signingKeys.has(claims.iss)) return { ok: false, problem: "User JWT issuer is not known" };
  const scope = signingKeys.get(claims.iss);
  if (scope === undefined) return { ok: true, user: { claims, limits: claims.nats } };
  if (!hasEmptyPermissions(claims.nats)) {
    const text = "scoped users require no permissions or limits set";
    return { ok: false, problem: `User JWT is not valid: ${text}` };
  }
  const applied = applyTemplate(scope.template, {
    name: claims.name,
    subject: claims.sub,
    tags: claims.nats.tags,
    issuerAccount: claims.nats.issuer_account,
    accountName: account.claims.name,
    accountTags: account.claims.nats.tags,
  });
  if (!applied.ok) {
    return { ok: false, problem: `User JWT generated invalid permissions: ${applied.problem}` };
  }
  return { ok: true, user: { claims, limits: applied.limits } };
}
