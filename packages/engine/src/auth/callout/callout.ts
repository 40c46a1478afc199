import type { Clock, Logger, Random } from "@oxbow/base";
import { Sender } from "../../jetstream/sender.ts";
import { randomName } from "../../random-name.ts";
import type { Account } from "../../routing/account.ts";
import type { Applicant, Identity, Verdict } from "../identity.ts";
import type { UserClaims } from "../jwt/user-claims.ts";
import { SigningKey } from "../signing-key.ts";
import { proxyRequired } from "../trusted-proxy.ts";
import { refuse } from "../verdicts.ts";
import { authErrorSubject, encodeAuthError } from "./auth-error-event.ts";
import { type CalloutAnswer, readCalloutAnswer } from "./callout-answer.ts";
import { CalloutClient, calloutSubject } from "./callout-client.ts";
import { type CalloutServer, encodeCalloutRequest } from "./callout-request.ts";

/** What a {@link Callout} uses of its engine. */
export interface CalloutServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long answers are waited for. */
  readonly timeoutMs: number;
  /** What requests say about this server. */
  readonly server: () => CalloutServer;
  /** The account of that name, which has to be there. */
  account(name: string): Account;
  /** What answers and events say about this server. */
  describeServer(): Readonly<Record<string, unknown>>;
}

/** Somebody about whom a service is asked. */
export interface CalloutApplicant {
  readonly applicant: Applicant;
  /** The JWT it is taken to have shown; `""` for none. */
  readonly jwt: string;
  /** Who it would be without a callout, if that is known. */
  readonly identity: Identity | undefined;
  /** Whether it came through a proxy that is trusted. */
  readonly isProxied: boolean;
  /** Whether it has to. */
  readonly isProxyRequired: boolean;
}

/** Whom to ask, and what to make of the answer. */
export interface CalloutTerms {
  /** Name of the account that is asked. */
  readonly account: string;
  /** What people call the account that the client would be in without a callout. */
  readonly clientAccount: string;
  /** Public key that requests are addressed to. */
  readonly issuer: string;
  /** Public curve key of the service; `""`: nothing is encrypted. */
  readonly curveKey: string;
  isAnswerer(key: string): boolean;
  /** Who somebody is then; or why it is not let in. Never rejects. */
  admit(claims: UserClaims): CalloutOutcome | Promise<CalloutOutcome>;
}

/** Who somebody is, or why it is not let in. */
export type CalloutOutcome =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly problem: string };

const eventIdSize = 22;
const encryptionHeader = "Nats-Server-Xkey";

/** Asks a service, through a request in its account, whether somebody may come in (ADR-26). */
export class Callout {
  readonly #services: CalloutServices;
  readonly #client: CalloutClient;

  constructor(services: CalloutServices) {
    this.#services = services;
    this.#client = new CalloutClient(services.clock, services.random);
  }

  /** The verdict of the service: nobody else's counts any more. Never rejects. */
  async ask(about: CalloutApplicant, terms: CalloutTerms): Promise<Verdict> {
    const outcome = await this.#ask(about, terms);
    if (outcome.ok) return { identity: withoutCalloutSubject(outcome.identity, terms.account) };
    const { logger } = this.#services;
    logger.warn({ clientId: about.applicant.clientId, reason: outcome.problem }, "callout refused");
    this.#announce(terms, about.applicant, outcome.problem);
    return refuse(outcome.problem);
  }

  /** Tells the account of the service that somebody was refused. */
  #announce(terms: CalloutTerms, applicant: Applicant, reason: string): void {
    const { account, clientAccount } = terms;
    const { clock, random } = this.#services;
    const event = encodeAuthError({
      id: randomName(random, eventIdSize),
      nowMs: clock.nowMs(),
      server: this.#services.describeServer(),
      account,
      clientAccount,
      applicant,
      reason,
    });
    new Sender(this.#services.account(account)).send(authErrorSubject, event);
  }

  async #ask(about: CalloutApplicant, terms: CalloutTerms): Promise<CalloutOutcome> {
    const { clock, random, timeoutMs } = this.#services;
    const server = this.#services.server();
    const userKey = SigningKey.create("user", random).publicKey;
    const isEncrypted = terms.curveKey !== "";
    const nowMs = clock.nowMs();
    const request = encodeCalloutRequest(
      { ...about, userKey },
      terms.issuer,
      server,
      isEncrypted,
      nowMs,
      nowMs + timeoutMs,
    );
    const payload = isEncrypted
      ? server.identity.curve.seal(Buffer.from(request), terms.curveKey, random)
      : Buffer.from(request);
    if (payload === undefined) {
      const account = JSON.stringify(terms.account);
      return { ok: false, problem: `Error encrypting auth request claim on account ${account}` };
    }
    const headers = isEncrypted
      ? `NATS/1.0\r\n${encryptionHeader}: ${server.identity.curveKey}\r\n\r\n`
      : "";
    const account = this.#services.account(terms.account);
    const answer = await this.#client.ask(account, payload, Buffer.from(headers), timeoutMs);
    if (answer === undefined) {
      return { ok: false, problem: "Authorization callout response not received in time" };
    }
    const expected = {
      account: terms.account,
      userKey,
      server: server.identity,
      curveKey: terms.curveKey,
      isProxied: about.isProxied,
      isAnswerer: (key: string) => terms.isAnswerer(key),
    };
    return await this.#admit(readCalloutAnswer(answer, expected, clock.nowMs()), about, terms);
  }

  async #admit(
    answer: CalloutAnswer,
    about: CalloutApplicant,
    terms: CalloutTerms,
  ): Promise<CalloutOutcome> {
    if (!answer.ok) return answer;
    if (about.isProxyRequired && !about.isProxied) return { ok: false, problem: proxyRequired };
    return await terms.admit(answer.claims);
  }
}

/** Nobody in the account of a callout service may ask it in the server's place. */
export function withoutCalloutSubject(identity: Identity, calloutAccount: string): Identity {
  if (identity.account !== calloutAccount) return identity;
  const { permissions } = identity;
  const { allow, deny = [] } = permissions?.publish ?? {};
  return {
    ...identity,
    permissions: { ...permissions, publish: { allow, deny: [...deny, calloutSubject] } },
  };
}
