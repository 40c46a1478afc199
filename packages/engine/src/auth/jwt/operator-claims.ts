import { listOf } from "../../json/collection-shapes.ts";
import { flag, text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, optional, struct } from "../../json/struct-shape.ts";
import { isNkey } from "../nkey.ts";
import { type ClaimsData, claimsDataFields, type GenericFields, genericFields } from "./claims.ts";
import { type ClaimsType, decodeJwt } from "./decode.ts";
import { undecorate } from "./decorated.ts";
import { validateClaimsData } from "./validate-common.ts";
import { Validation } from "./validation.ts";

/** What an operator JWT says in its `nats` object. */
export interface Operator extends GenericFields {
  /** Public operator keys that may sign accounts in its stead. */
  readonly signing_keys: readonly string[];
  /** Where tools, and servers without a resolver, look up accounts. */
  readonly account_server_url: string;
  readonly operator_service_urls: readonly string[];
  readonly system_account: string;
  /** The oldest version of servers that may be used, `major.minor.update`. */
  readonly assert_server_version: string;
  /** Whether accounts must be signed by one of `signing_keys`. */
  readonly strict_signing_key_usage: boolean;
}

/** An operator JWT: whose accounts a server has. */
export interface OperatorClaims extends ClaimsData {
  readonly nats: Operator;
}

const shape: Shape<OperatorClaims> = struct<OperatorClaims>("OperatorClaims", {
  ...claimsDataFields,
  nats: always(
    struct<Operator>("Operator", {
      signing_keys: optional(listOf(text)),
      account_server_url: optional(text),
      operator_service_urls: optional(listOf(text)),
      system_account: optional(text),
      assert_server_version: optional(text),
      strict_signing_key_usage: optional(flag),
      ...genericFields,
    }),
  ),
});

/** How operator JWTs are read. */
export const operatorClaims: ClaimsType<OperatorClaims> = {
  type: "operator",
  issuers: ["operator"],
  shape: () => shape,
  fromVersion1: (claims, { type, tags }) => ({
    ...claims,
    nats: {
      ...claims.nats,
      assert_server_version: "",
      strict_signing_key_usage: false,
      type,
      tags,
      version: 1,
    },
  }),
};

/** What is wrong with an operator JWT. `nowMs` is wall-clock time. */
export function validateOperator(claims: OperatorClaims, nowMs: number): Validation {
  const found = new Validation();
  validateClaimsData(claims, nowMs, found);
  const { signing_keys, system_account, assert_server_version } = claims.nats;
  for (const key of signing_keys) {
    if (!isNkey("operator", key)) found.error(`${key} is not an operator public key`);
  }
  if (system_account !== "" && !isNkey("account", system_account)) {
    found.error(`${system_account} is not an account public key`);
  }
  if (assert_server_version !== "" && !/^\d+\.\d+\.\d+$/.test(assert_server_version)) {
    found.error(
      "assert server version error: asserted server version must be of the form <major>.<minor>.<update>",
    );
  }
  return found;
}

/**
 * Where an operator says that accounts can be looked up, by the operator's JWT; `undefined` if it does not say. The JWT
 * may have decoration around it.
 */
export function accountServerUrlOf(operatorJwt: string): string | undefined {
  const decoded = decodeJwt(undecorate(operatorJwt), operatorClaims);
  return (decoded.ok && decoded.claims.nats.account_server_url) || undefined;
}
