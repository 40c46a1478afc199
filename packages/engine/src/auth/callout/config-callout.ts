import type { Clock } from "@oxbow/base";
import type { AccountOptions } from "../../options/accounts.ts";
import type { CalloutOptions } from "../../options/authorization.ts";
import type { ConnectionType } from "../../options/permissions.ts";
import type { Applicant, Authorizer, DoorPolicy, Verdict } from "../identity.ts";
import type { UserClaims } from "../jwt/user-claims.ts";
import { proxyNotTrusted, proxyRequired, trustOfProxy } from "../trusted-proxy.ts";
import { globalAccountName, shownUser } from "../verdicts.ts";
import { calledUser } from "./called-user.ts";
import { type Callout, type CalloutOutcome, withoutCalloutSubject } from "./callout.ts";

/** What a {@link ConfiguredCallout} knows of the options. */
export interface ConfiguredCalloutOptions {
  readonly callout: CalloutOptions;
  readonly accounts: readonly AccountOptions[];
  readonly systemAccount: string;
  readonly trustedProxies: readonly string[];
}

/**
 * Lets a service decide about everybody who is not one of its own users, with two exceptions: users of accounts that are
 * not left to it, and proxies that are not trusted.
 */
export class ConfiguredCallout implements Authorizer {
  readonly #authorizer: Authorizer;
  readonly #options: ConfiguredCalloutOptions;
  readonly #callout: Callout;
  readonly #clock: Clock;
  readonly #account: string;

  /** @param authorizer - Knows the users of the options, the service's own among them. */
  constructor(
    authorizer: Authorizer,
    options: ConfiguredCalloutOptions,
    callout: Callout,
    clock: Clock,
  ) {
    this.#authorizer = authorizer;
    this.#options = options;
    this.#callout = callout;
    this.#clock = clock;
    this.#account = options.callout.account ?? globalAccountName;
  }

  get usesNonce(): boolean {
    return this.#authorizer.usesNonce;
  }

  policyAt(door: ConnectionType): DoorPolicy {
    return this.#authorizer.policyAt(door);
  }

  authenticate(applicant: Applicant): Verdict | Promise<Verdict> {
    const verdict = this.#authorizer.authenticate(applicant);
    return verdict instanceof Promise
      ? verdict.then((decided) => this.#decide(applicant, decided))
      : this.#decide(applicant, verdict);
  }

  #decide(applicant: Applicant, verdict: Verdict): Verdict | Promise<Verdict> {
    const { authUsers, allowedAccounts = [] } = this.#options.callout;
    const identity = "identity" in verdict ? verdict.identity : undefined;
    if ("reason" in verdict && verdict.reason === proxyNotTrusted) return verdict;
    if (identity !== undefined && identity.account !== globalAccountName) {
      const isDelegated =
        allowedAccounts.length === 0 || allowedAccounts.includes(identity.account);
      if (!isDelegated) return verdict;
    }
    // The name that was proven, or else the one that was only claimed: then it was refused already.
    if (authUsers.includes(identity?.user ?? shownUser(applicant.credentials))) {
      if (identity === undefined) return verdict;
      return { identity: withoutCalloutSubject(identity, this.#account) };
    }
    const about = {
      applicant,
      jwt: applicant.credentials.jwt,
      identity,
      isProxied: trustOfProxy(applicant, this.#options.trustedProxies) === "trusted",
      isProxyRequired: "reason" in verdict && verdict.reason === proxyRequired,
    };
    const { issuer, curveKey = "" } = this.#options.callout;
    return this.#callout.ask(about, {
      account: this.#account,
      clientAccount: identity?.account ?? globalAccountName,
      issuer,
      curveKey,
      isAnswerer: () => true,
      admit: (claims) => this.#admit(claims, applicant),
    });
  }

  #admit(claims: UserClaims, { credentials }: Applicant): CalloutOutcome {
    const { callout, accounts, systemAccount } = this.#options;
    const account = JSON.stringify(this.#account);
    if (claims.nats.issuer_account !== "") {
      const problem = `error non operator mode account ${account}: attempted to use issuer_account`;
      return { ok: false, problem };
    }
    if (claims.iss !== callout.issuer) {
      const keys = `expected ${JSON.stringify(callout.issuer)} got ${JSON.stringify(claims.iss)}`;
      const place = `wrong issuer for auth callout response on account ${account}`;
      return { ok: false, problem: `${place}, ${keys}` };
    }
    const known = [globalAccountName, systemAccount, ...accounts.map(({ name }) => name)];
    if (!known.includes(claims.aud)) {
      const target = `no valid account ${JSON.stringify(claims.aud)}`;
      return { ok: false, problem: `${target} for auth callout response on account ${account}` };
    }
    // As with nats-server, default permissions of a configured account are those of its configured users alone.
    const target = { name: claims.aud, defaultPermissions: undefined };
    return calledUser(claims, claims.nats, target, credentials, this.#clock.nowMs());
  }
}
