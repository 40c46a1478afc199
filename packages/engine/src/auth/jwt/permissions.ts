import type { Permissions, ResponsePermissions } from "../../options/permissions.ts";
import type { PermissionsClaims } from "./claims.ts";

const nsPerMs = 1e6;
const defaultResponses: ResponsePermissions = { countMax: 1, expiresMs: 2 * 60_000 };

/** What the permissions of a JWT mean; `undefined` where it has none, and those of the account count. */
export function permissionsFrom(claims: PermissionsClaims): Permissions | undefined {
  const { pub, sub, resp } = claims;
  const hasPublish = (pub.allow ?? []).length > 0 || pub.deny.length > 0;
  const hasSubscribe = (sub.allow ?? []).length > 0 || sub.deny.length > 0;
  if (!hasPublish && !hasSubscribe && resp === null) return undefined;
  return {
    publish: hasPublish ? { allow: pub.allow ?? undefined, deny: pub.deny } : undefined,
    subscribe: hasSubscribe
      ? {
          allow: (sub.allow ?? []).length > 0 ? (sub.allow ?? undefined) : undefined,
          deny: sub.deny,
        }
      : undefined,
    responses: resp === null ? undefined : responsesFrom(resp),
  };
}

/** 0 is the default, and anything below no limit. */
function responsesFrom(resp: { readonly max: number; readonly ttl: bigint }): ResponsePermissions {
  const expiresMs = Number(resp.ttl) / nsPerMs;
  return {
    countMax: resp.max === 0 ? defaultResponses.countMax : Math.max(resp.max, -1),
    expiresMs: expiresMs === 0 ? defaultResponses.expiresMs : expiresMs < 0 ? -1 : expiresMs,
  };
}
