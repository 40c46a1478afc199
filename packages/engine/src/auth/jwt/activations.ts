import type { ExportOptions, ImportOptions } from "../../options/accounts.ts";
import { isRevoked } from "./account-claims.ts";
import {
  type ActivationClaims,
  activationClaims,
  validateActivation,
} from "./activation-claims.ts";
import type { ClaimedAccount } from "./claimed-account.ts";
import { isContainedIn } from "./contained.ts";
import { decodeJwt } from "./decode.ts";

/** Tokens whose claims are kept, so that they are not read again each time an account changes. */
const keptMax = 1_000;

/** Where accounts are found. */
export interface AccountFinder {
  get(key: string): ClaimedAccount | undefined;
}

/** Says whether activation tokens hold: exporting accounts give them out, and importing ones show them. */
export class Activations {
  readonly #accounts: AccountFinder;
  readonly #nowMs: () => number;
  /** Claims of tokens; `undefined` for what is none. */
  readonly #kept: Map<string, ActivationClaims | undefined> = new Map();

  constructor(accounts: AccountFinder, nowMs: () => number) {
    this.#accounts = accounts;
    this.#nowMs = nowMs;
  }

  /** Whether `importer` may use an export of `exporter` that needs a token. */
  holds(
    exporter: string,
    importer: string,
    wanted: ImportOptions,
    offered: ExportOptions,
  ): boolean {
    const claims = this.#read(wanted.token ?? "");
    if (claims === undefined) return false;
    const { iss, sub, exp, iat, nats } = claims;
    const nowMs = this.#nowMs();
    if (exp !== 0 && exp * 1000 <= nowMs) return false;
    if (validateActivation(claims, nowMs).blocking !== undefined) return false;
    if (sub !== importer || nats.kind !== wanted.kind) return false;
    if (!isContainedIn(wanted.subject.split("."), nats.subject.split("."))) return false;
    if (!this.#mayIssue(exporter, iss, nats.issuer_account)) return false;
    return !isRevoked(new Map(Object.entries(offered.revocations ?? {})), sub, iat);
  }

  /** The next time after now that one of these tokens ends, in wall-clock milliseconds; `undefined` if none does. */
  nextExpiryMs(imports: readonly ImportOptions[]): number | undefined {
    const ends = imports.flatMap(({ token }) => {
      const exp = token === undefined ? 0 : (this.#read(token)?.exp ?? 0);
      return exp * 1000 > this.#nowMs() ? [exp * 1000] : [];
    });
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** The account itself may, and its signing keys on its behalf. */
  #mayIssue(exporter: string, issuer: string, issuerAccount: string): boolean {
    if (issuerAccount === "") return issuer === exporter;
    if (issuerAccount !== exporter) return false;
    return this.#accounts.get(exporter)?.signingKeys.has(issuer) ?? false;
  }

  #read(token: string): ActivationClaims | undefined {
    if (token === "") return undefined;
    if (this.#kept.has(token)) return this.#kept.get(token);
    const decoded = decodeJwt(token, activationClaims);
    if (this.#kept.size >= keptMax) this.#kept.clear();
    const claims = decoded.ok ? decoded.claims : undefined;
    this.#kept.set(token, claims);
    return claims;
  }
}
