import type { Clock } from "@oxbow/base";
import type { Applicant, Identity, Verdict } from "../identity.ts";
import type { ClaimedAccount } from "../jwt/claimed-account.ts";
import type { ClaimedAccounts } from "../jwt/claimed-accounts.ts";
import type { OperatorCallout } from "../jwt/operator-authorizer.ts";
import { applyScope } from "../jwt/scoped-user.ts";
import type { UserClaims } from "../jwt/user-claims.ts";
import { calledUser } from "./called-user.ts";
import { type Callout, type CalloutOutcome, withoutCalloutSubject } from "./callout.ts";

/** Callouts to the services of accounts, as the JWTs of those accounts say it. */
export class ClaimedCallout implements OperatorCallout {
  readonly #callout: Callout;
  readonly #accounts: ClaimedAccounts;
  readonly #clock: Clock;

  constructor(callout: Callout, accounts: ClaimedAccounts, clock: Clock) {
    this.#callout = callout;
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** One of those who make up the service. */
  admitService(identity: Identity, account: ClaimedAccount): Identity {
    return withoutCalloutSubject(identity, account.key);
  }

  ask(
    applicant: Applicant,
    jwt: string,
    account: ClaimedAccount,
    identity: Identity,
    isProxied: boolean,
  ): Promise<Verdict> {
    const about = { applicant, jwt, identity, isProxied, isProxyRequired: false };
    return this.#callout.ask(about, {
      account: account.key,
      clientAccount: account.claims.name || account.key,
      issuer: account.key,
      curveKey: account.external?.xkey ?? "",
      isAnswerer: (key) => key === account.key || account.signingKeys.has(key),
      admit: (claims) => this.#admit(claims, account, applicant),
    });
  }

  async #admit(
    claims: UserClaims,
    asked: ClaimedAccount,
    { credentials }: Applicant,
  ): Promise<CalloutOutcome> {
    const key = claims.nats.issuer_account || claims.iss;
    if (key !== asked.key && !mayPutIn(asked, key)) {
      const issuer = `account ${JSON.stringify(claims.iss)}`;
      const place = `for auth callout for account ${JSON.stringify(asked.key)}`;
      return { ok: false, problem: `${issuer} not permitted as valid account option ${place}` };
    }
    const found = await this.#accounts.find(key);
    if (!found.ok) {
      const place = `for auth callout response on account ${JSON.stringify(asked.key)}`;
      return { ok: false, problem: `no valid account ${JSON.stringify(key)} ${place}` };
    }
    const { account } = found;
    const scoped = applyScope(claims, account);
    if (!scoped.ok) return { ok: false, problem: scoped.problem };
    if (account.isRevoked(claims.sub, claims.iat)) {
      return { ok: false, problem: "User authentication revoked" };
    }
    const target = { name: key, defaultPermissions: account.options.defaultPermissions };
    return calledUser(claims, scoped.user.limits, target, credentials, this.#clock.nowMs());
  }
}

/** Whether the service of an account may put users in another one. */
function mayPutIn({ external }: ClaimedAccount, key: string): boolean {
  const allowed = external?.allowed_accounts ?? [];
  return allowed.includes(key) || (allowed.length === 1 && allowed[0] === "*");
}
