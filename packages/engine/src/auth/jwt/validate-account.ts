import { hasWildcard } from "../../subjects/subject.ts";
import { isNkey } from "../nkey.ts";
import type {
  AccountBody,
  AccountClaims,
  ExternalAuthorization,
  OperatorLimitsClaims,
  WeightedMapping,
} from "./account-claims.ts";
import { weightOf } from "./mapping-weight.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { validateClaimsData, validatePermissions, validateSubject } from "./validate-common.ts";
import { validateExports } from "./validate-exports.ts";
import { validateImports } from "./validate-imports.ts";
import { Validation } from "./validation.ts";

const infoLengthMax = 8 * 1024;

/** What is wrong with an account JWT, in the order nats-server tells it. `nowMs` is wall-clock time. */
export function validateAccount(claims: AccountClaims, nowMs: number): Validation {
  const found = new Validation();
  const { nats } = claims;
  validateClaimsData(claims, nowMs, found);
  validateImports(nats.imports, claims.sub, found);
  validateExports(nats.exports, found);
  validateTiers(nats.limits, found);
  validatePermissions(nats.default_permissions, found);
  for (const [source, destinations] of nats.mappings) validateMapping(source, destinations, found);
  validateAuthorization(nats.authorization, found);
  validateTrace(nats, found);
  validateCounts(nats, found);
  validateSigningKeys(nats.signing_keys, found);
  validateInfo(nats, found);
  if (!["", "system", "owner"].includes(nats.cluster_traffic)) {
    found.error(`unknown cluster traffic option: ${JSON.stringify(nats.cluster_traffic)}`);
  }
  if (isNkey("account", claims.iss) && !isEmptyLimits(nats.limits)) {
    found.warn("self-signed account JWTs shouldn't contain operator limits");
  }
  return found;
}

/** Whether the limits say anything at all. */
function isEmptyLimits(limits: OperatorLimitsClaims): boolean {
  const { tiered_limits, wildcards, disallow_bearer, max_bytes_required, ...numbers } = limits;
  const isFlagged = wildcards || disallow_bearer || max_bytes_required;
  return (
    tiered_limits.size === 0 && !isFlagged && Object.values(numbers).every((value) => value === 0)
  );
}

function validateTiers({ tiered_limits }: OperatorLimitsClaims, found: Validation): void {
  if (tiered_limits.has("")) {
    found.error('Tiered JetStream Limits can not contain a blank "" tier name');
  }
}

function validateMapping(
  source: string,
  destinations: readonly WeightedMapping[],
  found: Validation,
): void {
  const quoted = JSON.stringify(source);
  validateSubject(source, found);
  const totals = new Map<string, number>();
  for (const destination of destinations) {
    const weight = weightOf(destination);
    validateSubject(destination.subject, found);
    if (weight < 0 || weight > 100) {
      found.error(`Mapping ${quoted} has a weight ${weight} that exceeds 100`);
    }
    const total = (totals.get(destination.cluster) ?? 0) + weight;
    totals.set(destination.cluster, total);
  }
  for (const [cluster, total] of totals) {
    if (total <= 100) continue;
    const place = cluster === "" ? "" : ` in cluster ${JSON.stringify(cluster)}`;
    found.error(`Mapping ${quoted}${place} exceeds 100% among all of it's weighted to mappings`);
  }
}

function validateAuthorization(external: ExternalAuthorization, found: Validation): void {
  const { auth_users, allowed_accounts, xkey } = external;
  if (allowed_accounts.length > 0 && auth_users.length === 0) {
    found.error("External authorization cannot have accounts without users specified");
  }
  for (const user of auth_users) {
    if (!isNkey("user", user)) {
      found.error(`AuthUser ${JSON.stringify(user)} is not a valid user public key`);
    }
  }
  for (const account of allowed_accounts) {
    if (account === "*") {
      if (allowed_accounts.length > 1) {
        found.error('AllowedAccounts can only be a list of accounts or "*"');
      }
    } else if (!isNkey("account", account)) {
      found.error(`Account ${JSON.stringify(account)} is not a valid account public key`);
    }
  }
  if (xkey !== "" && !isNkey("curve", xkey)) {
    found.error(`XKey ${JSON.stringify(xkey)} is not a valid public xkey`);
  }
}

function validateTrace({ trace }: AccountBody, found: Validation): void {
  if (trace === null) return;
  const destination = new Validation();
  validateSubject(trace.dest, destination);
  const problem = destination.issues[0]?.text;
  if (problem !== undefined) found.error(`the account Trace.Destination ${problem}`);
  if (hasWildcard(trace.dest)) {
    const quoted = JSON.stringify(trace.dest);
    found.error(`the account Trace.Destination subject ${quoted} is not a valid publish subject`);
  }
  if (trace.sampling < 0 || trace.sampling > 100) {
    const value = `'${trace.sampling}' is not valid, should be in the range [1..100]`;
    found.error(`the account Trace.Sampling value ${value}`);
  }
}

function validateCounts({ limits, imports, exports }: AccountBody, found: Validation): void {
  if (limits.imports !== -1 && imports.length > limits.imports) {
    found.error("the account contains more imports than allowed by the operator");
  }
  if (limits.exports === -1) return;
  if (exports.length > limits.exports) {
    found.error("the account contains more exports than allowed by the operator");
  }
  if (!limits.wildcards && exports.some(({ subject }) => hasWildcard(subject))) {
    found.error("the account contains wildcard exports that are not allowed by the operator");
  }
}

function validateSigningKeys(keys: SigningKeys, found: Validation): void {
  for (const [key, scope] of keys) {
    if (isNkey("account", key)) continue;
    if (scope === undefined) {
      found.error(`${JSON.stringify(key)} is not a valid account signing key`);
    } else {
      found.error(`${key} is not an account public key`);
    }
  }
}

function validateInfo(info: { description: string; info_url: string }, found: Validation): void {
  if (info.description.length > infoLengthMax) found.error("Description is too long");
  if (info.info_url.length > infoLengthMax) found.error("Info URL is too long");
  if (info.info_url !== "" && !/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#]+/.test(info.info_url)) {
    found.error("error parsing info url: no hostname or scheme");
  }
}
