import { listOf, nullable } from "../../json/collection-shapes.ts";
import { duration, flag, integer, text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, type Field, type Fields, optional, struct } from "../../json/struct-shape.ts";
import { fromOneOrList } from "./shapes.ts";

/** What every JWT says. Times are seconds since 1970; 0 and `""` where it says nothing. */
export interface ClaimsData {
  readonly aud: string;
  readonly exp: number;
  readonly jti: string;
  readonly iat: number;
  /** Public key of who signed it. */
  readonly iss: string;
  readonly name: string;
  readonly nbf: number;
  /** Public key of whom it is about. */
  readonly sub: string;
}

/** The fields of {@link ClaimsData}, in the order Go writes them. */
export const claimsDataFields: Fields<ClaimsData> = {
  aud: optional(text),
  exp: optional(integer("int64")),
  jti: optional(text),
  iat: optional(integer("int64")),
  iss: optional(text),
  name: optional(text),
  nbf: optional(integer("int64")),
  sub: optional(text),
};

/** What each `nats` object says beside what is special to its type. */
export interface GenericFields {
  readonly tags: readonly string[];
  readonly type: string;
  readonly version: number;
}

export const genericFields: Fields<GenericFields> = {
  tags: optional(listOf(text)),
  type: optional(text),
  version: optional(integer("int64")),
};

/** Subjects that are allowed and denied. `allow` is `null` where it is not mentioned; for publishing, `[]` allows nothing. */
export interface PermissionClaims {
  readonly allow: readonly string[] | null;
  readonly deny: readonly string[];
}

/** What a user may do. `ttl` is in nanoseconds. */
export interface PermissionsClaims {
  readonly pub: PermissionClaims;
  readonly sub: PermissionClaims;
  readonly resp: { readonly max: number; readonly ttl: bigint } | null;
}

const allowed = nullable(listOf(text));

const permission: Shape<PermissionClaims> = struct("Permission", {
  allow: optional({ ...allowed, isEmpty: (list) => list === null || list.length === 0 }),
  deny: optional(listOf(text)),
});

export const permissionsFields: Fields<PermissionsClaims> = {
  pub: optional(permission),
  sub: optional(permission),
  resp: optional(
    nullable(
      struct<{ max: number; ttl: bigint }>("ResponsePermission", {
        max: always(integer("int")),
        ttl: always(duration),
      }),
    ),
  ),
};

/** When in a day, `HH:MM:SS`. */
export interface TimeRangeClaims {
  readonly start: string;
  readonly end: string;
}

/** How much a connection may use; -1 is no limit, and 0 is nothing at all. */
export interface NatsLimitsClaims {
  readonly subs: number;
  readonly data: number;
  readonly payload: number;
}

/** What a user JWT, or the template of a scoped signing key, allows. */
export interface UserPermissionLimits extends PermissionsClaims, NatsLimitsClaims {
  /** Networks, as CIDR, that the user may come from. */
  readonly src: readonly string[];
  readonly times: readonly TimeRangeClaims[];
  readonly times_location: string;
  readonly bearer_token: boolean;
  readonly proxy_required: boolean;
  readonly allowed_connection_types: readonly string[];
}

/** The fields of {@link NatsLimitsClaims}, `unmentioned` where a JWT says nothing. */
export function natsLimitsFields(unmentioned: 0 | -1): Fields<NatsLimitsClaims> {
  const limit: Field<number> = optional({ ...integer("int64"), zero: () => unmentioned });
  return { subs: limit, data: limit, payload: limit };
}

/** The fields of {@link UserPermissionLimits}; `unmentioned` is the limit where there is none given. */
export function userPermissionLimitsFields(unmentioned: 0 | -1): Fields<UserPermissionLimits> {
  return {
    ...permissionsFields,
    src: optional(fromOneOrList),
    times: optional(
      listOf(struct<TimeRangeClaims>("TimeRange", { start: optional(text), end: optional(text) })),
    ),
    times_location: optional(text),
    ...natsLimitsFields(unmentioned),
    bearer_token: optional(flag),
    proxy_required: optional(flag),
    allowed_connection_types: optional(listOf(text)),
  };
}
