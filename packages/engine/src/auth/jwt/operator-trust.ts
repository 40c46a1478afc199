import { engineError } from "../../errors.ts";
import type { OperatorOptions } from "../../options/authorization.ts";
import { isNkey } from "../nkey.ts";
import { decodeJwt } from "./decode.ts";
import { undecorate } from "./decorated.ts";
import { type OperatorClaims, operatorClaims } from "./operator-claims.ts";
import { hasEmptyPermissions, userClaims } from "./user-claims.ts";

/** Whose accounts a server has, as the operators' JWTs say it. */
export class OperatorTrust {
  /** The operators, in the order they were given. None if only keys are trusted. */
  readonly operators: readonly OperatorClaims[];
  readonly systemAccount: string | undefined;
  readonly #keys: ReadonlySet<string>;
  /** Keys that sign for operators whose accounts may only use signing keys too. */
  readonly #strictKeys: ReadonlySet<string>;

  /**
   * @param serverVersion - What this server says it is, `major.minor.update`.
   * @throws `ENGINE_OPTION_INVALID` with the text of nats-server.
   */
  constructor(options: OperatorOptions, serverVersion: string) {
    this.operators = options.operators.map(readOperator);
    const trustedKeys = options.trustedKeys ?? [];
    if (this.operators.length > 0 && trustedKeys.length > 0) {
      throw invalid("conflicting options for 'TrustedKeys' and 'TrustedOperators'");
    }
    if (this.operators.length === 0 && trustedKeys.length === 0) {
      throw invalid("operator mode needs an operator or trusted keys");
    }
    this.#keys = new Set([...trustedKeys, ...this.operators.flatMap(keysOf)]);
    this.#strictKeys = new Set(
      this.operators.flatMap(({ nats }) =>
        nats.strict_signing_key_usage ? nats.signing_keys : [],
      ),
    );
    this.systemAccount = this.#findSystemAccount(options);
    this.#check(options, serverVersion);
  }

  /** Whether `issuer` may sign accounts. */
  trusts(issuer: string): boolean {
    return this.#keys.has(issuer);
  }

  /** Whether users of accounts that `issuer` signed have to be signed with signing keys. */
  isStrict(issuer: string): boolean {
    return this.#strictKeys.has(issuer);
  }

  /** The keys of the first operator, who alone may ask for accounts to be deleted. */
  get primaryKeys(): readonly string[] {
    const [first] = this.operators;
    return first === undefined ? [] : keysOf(first);
  }

  /** Why the first operator does not want a JWT that `issuer` signed; `undefined` if it does not mind. */
  objection(issuer: string): string | undefined {
    const [first] = this.operators;
    if (first === undefined || first.sub !== issuer) return undefined;
    if (!first.nats.strict_signing_key_usage) return undefined;
    return "operator requires issuer to be a signing key";
  }

  #findSystemAccount(options: OperatorOptions): string | undefined {
    const named = this.operators.map(({ nats }) => nats.system_account);
    const given = options.systemAccount;
    if (given === undefined || given === "") return named[0] || undefined;
    if (named.some((key) => key !== "") && !named.includes(given)) {
      throw invalid("system_account in config and operator JWT must be identical");
    }
    return given;
  }

  #check(options: OperatorOptions, serverVersion: string): void {
    const { kind } = options.resolver;
    if (this.systemAccount === undefined && (kind === "full" || kind === "cache")) {
      throw invalid(
        "using nats based account resolver - the system account needs to be specified in configuration or the operator jwt",
      );
    }
    for (const operator of this.operators) checkVersion(operator, serverVersion);
    for (const key of this.#keys) {
      if (!isNkey("operator", key)) {
        throw invalid(
          `trusted Keys ${JSON.stringify(key)} are required to be a valid public operator nkey`,
        );
      }
    }
    for (const key of options.pinnedAccounts ?? []) {
      if (!isNkey("account", key)) {
        throw invalid(
          `pinned account key ${JSON.stringify(key)} is not a valid public account nkey`,
        );
      }
    }
    if (options.defaultSentinel !== undefined) checkSentinel(options.defaultSentinel);
  }
}

function invalid(text: string): Error {
  return engineError("ENGINE_OPTION_INVALID", text);
}

function readOperator(text: string): OperatorClaims {
  const decoded = decodeJwt(undecorate(text), operatorClaims);
  if (!decoded.ok) throw invalid(`operator JWT: ${decoded.problem}`);
  return decoded.claims;
}

function keysOf({ sub, nats }: OperatorClaims): readonly string[] {
  return nats.strict_signing_key_usage ? nats.signing_keys : [sub, ...nats.signing_keys];
}

function checkVersion({ sub, nats }: OperatorClaims, serverVersion: string): void {
  const asserted = nats.assert_server_version;
  if (asserted === "") return;
  if (!/^\d+\.\d+\.\d+$/.test(asserted)) {
    const form = "asserted server version must be of the form <major>.<minor>.<update>";
    throw invalid(`operator ${sub} expects version ${asserted} got error instead: ${form}`);
  }
  const names = ["major", "minor", "update"];
  const wanted = asserted.split(".").map(Number);
  const actual = serverVersion.split(".").map(Number);
  for (const [index, name] of names.entries()) {
    const difference = (wanted[index] as number) - (actual[index] ?? 0);
    if (difference < 0) return;
    if (difference === 0) continue;
    const both = `${name} version ${wanted[index]} > server ${name} version ${actual[index]}`;
    throw invalid(`operator ${sub} expected ${both}`);
  }
}

/** It must be a bearer token; one of a scoped signing key may still become one. */
function checkSentinel(jwt: string): void {
  const decoded = decodeJwt(jwt, userClaims);
  if (!decoded.ok) throw invalid("default sentinel JWT not valid");
  const { nats } = decoded.claims;
  const isScoped = nats.issuer_account !== "" && hasEmptyPermissions(nats);
  if (!nats.bearer_token && !isScoped) throw invalid("default sentinel must be a bearer token");
}
