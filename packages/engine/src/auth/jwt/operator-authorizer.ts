import type { Clock, Logger } from "@oxbow/base";
import type { ConnectionType } from "../../options/permissions.ts";
import type { Applicant, Authorizer, DoorPolicy, Identity, Verdict } from "../identity.ts";
import { isNonceSignedBy } from "../signature.ts";
import { proxyNotTrusted, proxyRequired, trustOfProxy } from "../trusted-proxy.ts";
import { refuse } from "../verdicts.ts";
import type { ClaimedAccount } from "./claimed-account.ts";
import type { ClaimedAccounts, FoundAccount } from "./claimed-accounts.ts";
import { mayUseDoor } from "./connection-types.ts";
import { decodeJwt } from "./decode.ts";
import { isInNetwork, parseNetwork } from "./network.ts";
import type { OperatorTrust } from "./operator-trust.ts";
import { applyScope, type UserOfAccount } from "./scoped-user.ts";
import { type UserClaims, userClaims, validateUser } from "./user-claims.ts";
import { expiryOf } from "./user-expiry.ts";
import { identityOf } from "./user-identity.ts";

/** How an {@link OperatorAuthorizer} is to decide. */
export interface OperatorRules {
  readonly trust: OperatorTrust;
  readonly accounts: ClaimedAccounts;
  /** The only accounts users may be of; `undefined` for all. */
  pinnedAccounts: ReadonlySet<string> | undefined;
  /** JWT of those who show none; `""` for nobody. */
  defaultSentinel: string;
  trustedProxies: readonly string[];
  /** Asked about users of accounts that leave it to a service who comes in. */
  readonly callout: OperatorCallout;
}

/** Services of accounts that decide who comes in. */
export interface OperatorCallout {
  /** Who one is that makes up the service of its account. */
  admitService(identity: Identity, account: ClaimedAccount): Identity;
  /**
   * Asks the service of an account whether somebody may come in. Never rejects.
   *
   * @param identity - Who it would be without a callout.
   */
  ask(
    applicant: Applicant,
    jwt: string,
    account: ClaimedAccount,
    identity: Identity,
    isProxied: boolean,
  ): Promise<Verdict>;
}

/** A door where a JWT has to be shown. */
const policy: DoorPolicy = {
  isAuthRequired: true,
  isAuthAnnounced: true,
  isConnectOptional: false,
};

/**
 * Lets in who shows a JWT that an account of a trusted operator has signed. Looks at one thing after the other in the
 * order of nats-server; what is wrong is said in the log only.
 */
export class OperatorAuthorizer implements Authorizer {
  readonly usesNonce = true;
  readonly #rules: OperatorRules;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pinnedFailureCount = 0;

  constructor(rules: OperatorRules, services: { readonly clock: Clock; readonly logger: Logger }) {
    this.#rules = rules;
    this.#clock = services.clock;
    this.#logger = services.logger;
  }

  /** How many came with an account that is not one of those pinned. */
  get pinnedFailureCount(): number {
    return this.#pinnedFailureCount;
  }

  policyAt(_door: ConnectionType): DoorPolicy {
    return policy;
  }

  authenticate(applicant: Applicant): Verdict | Promise<Verdict> {
    const { accounts, pinnedAccounts, trustedProxies } = this.#rules;
    const proxy = trustOfProxy(applicant, trustedProxies);
    if (proxy === "untrusted") return refuse(proxyNotTrusted);
    const isProxied = proxy === "trusted";
    const shown = this.#shownBy(applicant);
    if (shown === undefined) return refuse("Authentication requires a user JWT");
    const { claims } = shown;
    if (claims.nats.proxy_required && !isProxied) return refuse(proxyRequired);
    const problem = validateUser(claims, this.#clock.nowMs()).blocking;
    if (problem !== undefined) return refuse(`User JWT no longer valid: ${problem}`);
    const key = claims.nats.issuer_account || claims.iss;
    if (pinnedAccounts !== undefined && !pinnedAccounts.has(key)) {
      this.#pinnedFailureCount++;
      return refuse(`Account ${key} not listed as operator pinned account`);
    }
    const found = accounts.find(key);
    return found instanceof Promise
      ? found.then((account) => this.#decide(applicant, shown, account, isProxied))
      : this.#decide(applicant, shown, found, isProxied);
  }

  /** What a client shows, or what is taken for it if it shows nothing that is a JWT of a user. */
  #shownBy({ credentials }: Applicant): ShownJwt | undefined {
    const { defaultSentinel } = this.#rules;
    for (const jwt of [credentials.jwt, defaultSentinel]) {
      if (jwt === "") continue;
      const decoded = decodeJwt(jwt, userClaims);
      if (decoded.ok) return { jwt, claims: decoded.claims };
      this.#logger.debug({ problem: decoded.problem }, "User JWT not valid");
    }
    return undefined;
  }

  #decide(
    applicant: Applicant,
    shown: ShownJwt,
    found: FoundAccount,
    isProxied: boolean,
  ): Verdict | Promise<Verdict> {
    if (!found.ok) return refuse(`Account JWT lookup error: ${found.problem}`);
    const { account } = found;
    const verdict = this.#check(applicant, shown, account, isProxied);
    const { external } = account;
    if (external === undefined || !("identity" in verdict)) return verdict;
    if (external.auth_users.includes(shown.claims.sub)) {
      return { identity: this.#rules.callout.admitService(verdict.identity, account) };
    }
    return this.#rules.callout.ask(applicant, shown.jwt, account, verdict.identity, isProxied);
  }

  #check(
    applicant: Applicant,
    shown: ShownJwt,
    account: ClaimedAccount,
    isProxied: boolean,
  ): Verdict {
    const nowMs = this.#clock.nowMs();
    if (!this.#rules.trust.trusts(account.claims.iss)) {
      return refuse("Account JWT not signed by trusted operator");
    }
    const scoped = applyScope(shown.claims, account);
    if (!scoped.ok) return refuse(scoped.problem);
    const { user } = scoped;
    if (user.limits.proxy_required && !isProxied) return refuse(proxyRequired);
    const problem =
      objectionOf(user, account, applicant, nowMs) ?? signatureProblem(user, applicant);
    if (problem !== undefined) return refuse(problem);
    const { claims } = shown;
    if (account.isRevoked(claims.sub, claims.iat)) return refuse("User authentication revoked");
    if (!isFromNetwork(user, applicant.address)) return refuse(`Bad src Ip ${applicant.address}`);
    const expiry = expiryOf(claims.exp, user.limits, nowMs);
    if (!expiry.isNow) return refuse("Outside connect times");
    // In the last second of its JWT a user would only come in to be sent away.
    if ((expiry.expiresAtMs ?? Infinity) <= nowMs) {
      return { refusal: "User Authentication Expired", reason: "User JWT has expired" };
    }
    return { identity: identityOf(user, account, shown.jwt, expiry.expiresAtMs) };
  }
}

/** A JWT and what it says. */
interface ShownJwt {
  readonly jwt: string;
  readonly claims: UserClaims;
}

function objectionOf(
  { limits }: UserOfAccount,
  account: ClaimedAccount,
  { door }: Applicant,
  nowMs: number,
): string | undefined {
  if (account.isExpiredAt(nowMs)) return "Account JWT has expired";
  if (limits.bearer_token && account.disallowsBearer) {
    return "Account does not allow bearer tokens";
  }
  return mayUseDoor(limits.allowed_connection_types, door)
    ? undefined
    : "Connection type not allowed";
}

function signatureProblem(user: UserOfAccount, applicant: Applicant): string | undefined {
  const { signature } = applicant.credentials;
  if (user.limits.bearer_token) return undefined;
  if (signature === "") return "Signature missing";
  return isNonceSignedBy(user.claims.sub, applicant, signature)
    ? undefined
    : "Signature not verified";
}

function isFromNetwork({ limits }: UserOfAccount, address: string): boolean {
  if (limits.src.length === 0) return true;
  for (const source of limits.src) {
    const network = parseNetwork(source);
    if (network === undefined) return false;
    if (isInNetwork(address, network)) return true;
  }
  return false;
}
