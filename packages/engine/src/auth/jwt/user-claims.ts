import { text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, optional, struct } from "../../json/struct-shape.ts";
import { isNkey } from "../nkey.ts";
import {
  type ClaimsData,
  claimsDataFields,
  type GenericFields,
  genericFields,
  type UserPermissionLimits,
  userPermissionLimitsFields,
} from "./claims.ts";
import type { ClaimsType } from "./decode.ts";
import { validateClaimsData, validateLimits, validatePermissions } from "./validate-common.ts";
import { Validation } from "./validation.ts";

/** What a user JWT says in its `nats` object. */
export interface User extends UserPermissionLimits, GenericFields {
  /** The account it was issued for, where a signing key of that account issued it. */
  readonly issuer_account: string;
}

/** A user JWT: who may connect, and what it may do. */
export interface UserClaims extends ClaimsData {
  readonly nats: User;
}

function shape(unmentioned: 0 | -1): Shape<UserClaims> {
  return struct<UserClaims>("UserClaims", {
    ...claimsDataFields,
    nats: always(
      struct<User>("User", {
        ...userPermissionLimitsFields(unmentioned),
        issuer_account: optional(text),
        ...genericFields,
      }),
    ),
  });
}

const version1 = shape(-1);
const version2 = shape(0);

/** How user JWTs are read. */
export const userClaims: ClaimsType<UserClaims> = {
  type: "user",
  issuers: ["account"],
  shape: (version) => (version === 1 ? version1 : version2),
  fromVersion1: (claims, { type, tags, issuerAccount }) => ({
    ...claims,
    nats: {
      ...claims.nats,
      proxy_required: false,
      allowed_connection_types: [],
      type,
      tags,
      issuer_account: issuerAccount,
      version: 1,
    },
  }),
};

/** What is wrong with a user JWT. `nowMs` is wall-clock time. */
export function validateUser(claims: UserClaims, nowMs: number): Validation {
  const found = new Validation();
  validateClaimsData(claims, nowMs, found);
  validatePermissions(claims.nats, found);
  validateLimits(claims.nats, found);
  const { issuer_account } = claims.nats;
  if (issuer_account !== "" && !isNkey("account", issuer_account)) {
    found.error("account_id is not an account public key");
  }
  return found;
}

/** Whether a user JWT leaves everything to the template of a scoped signing key, as it must there. */
export function hasEmptyPermissions(user: UserPermissionLimits): boolean {
  const { pub, sub, src, times, allowed_connection_types } = user;
  const lists = [pub.allow, pub.deny, sub.allow, sub.deny, src, times, allowed_connection_types];
  return (
    lists.every((list) => (list ?? []).length === 0) &&
    user.resp === null &&
    user.subs === 0 &&
    user.data === 0 &&
    user.payload === 0 &&
    user.times_location === "" &&
    !user.bearer_token &&
    !user.proxy_required
  );
}
