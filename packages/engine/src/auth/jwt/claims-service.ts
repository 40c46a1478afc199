import type { Logger } from "@oxbow/base";
import type { Sender } from "../../jetstream/sender.ts";
import type { AccountResolver } from "../../options/authorization.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { isNkey } from "../nkey.ts";
import { type AccountClaims, accountClaims } from "./account-claims.ts";
import type { ClaimedAccounts } from "./claimed-accounts.ts";
import type { ClaimsExchange } from "./claims-exchange.ts";
import { decodeGenericJwt, decodeJwt } from "./decode.ts";
import type { OperatorTrust } from "./operator-trust.ts";
import { validateAccount } from "./validate-account.ts";

/** What a {@link ClaimsService} uses. */
export interface ClaimsServices {
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly trust: OperatorTrust;
  readonly accounts: ClaimedAccounts;
  readonly resolver: AccountResolver;
  readonly systemAccount: Account;
  readonly sender: Sender;
  readonly exchange: ClaimsExchange;
  /** What answers say about this server. */
  describeServer(): Readonly<Record<string, unknown>>;
}

/** A request, copied out of its message. */
interface ClaimsRequest {
  readonly subject: string;
  readonly reply: string;
  /** Without headers. */
  readonly payload: Buffer;
  /** The payload as text, without blanks around it. */
  readonly body: string;
}

const bothUpdateSubjects = ["$SYS.ACCOUNT.*.CLAIMS.UPDATE", "$SYS.REQ.ACCOUNT.*.CLAIMS.UPDATE"];
const ok = 200;
const failed = 500;

/**
 * Answers, in the system account, those who push JWTs of accounts, look them up, list and delete them: the tools of
 * operators, and other servers. How much of it depends on the kind of resolver.
 */
export class ClaimsService {
  readonly #services: ClaimsServices;
  /** What a cache puts into its answers. */
  readonly #suffix: "" | " cache";

  constructor(services: ClaimsServices) {
    this.#services = services;
    this.#suffix = services.resolver.kind === "cache" ? " cache" : "";
  }

  /** Begins to answer. */
  start(): void {
    const { kind } = this.#services.resolver;
    const keepsAccounts = kind === "full" || kind === "cache";
    for (const subject of bothUpdateSubjects) {
      this.#serve(subject, (request) =>
        keepsAccounts ? this.#storeFor(accountIn(request.subject), request) : this.#update(request),
      );
    }
    if (!keepsAccounts) return;
    this.#serve("$SYS.REQ.CLAIMS.UPDATE", (request) => this.#store(request));
    this.#serve("$SYS.REQ.CLAIMS.LIST", (request) => this.#list(request));
    this.#serve("$SYS.REQ.CLAIMS.DELETE", (request) => this.#delete(request));
    if (kind === "cache") return;
    this.#serve("$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", (request) => this.#lookUp(request));
    this.#serve("$SYS.REQ.CLAIMS.PACK", (request) => this.#pack(request), "responder");
  }

  #serve(subject: string, handle: (request: ClaimsRequest) => Promise<void>, queue = ""): void {
    const onMessage = (message: MessageView): void => {
      const request = copyRequest(message);
      handle(request).catch((error: unknown) => {
        const fields = { subject: request.subject, problem: textOf(error) };
        this.#services.logger.error(fields, "request about claims failed");
      });
    };
    this.#services.systemAccount.subscribe(new InternalSubscription(subject, onMessage, queue));
  }

  /** Takes a JWT for as long as the server runs: where nothing else keeps it. */
  async #update({ subject, reply, body }: ClaimsRequest): Promise<void> {
    const { accounts } = this.#services;
    const key = accountIn(subject);
    if (body === "") {
      this.#refuse(reply, key, "jwt update error", "request body is empty");
      return;
    }
    const decoded = decodeJwt(body, accountClaims);
    const message = "jwt update resulted in error";
    if (!decoded.ok) this.#refuse(reply, key, message, decoded.problem);
    else if (decoded.claims.sub !== key) {
      this.#refuse(reply, key, message, "subject does not match jwt content");
    } else if (!accounts.has(key)) this.#confirm(reply, key, "jwt update skipped");
    else {
      const problem = accounts.update(key, body);
      if (problem === undefined) this.#confirm(reply, key, "jwt updated");
      else this.#refuse(reply, key, message, problem);
    }
  }

  /** Keeps a JWT that was sent to the account's own subject. */
  async #storeFor(key: string, request: ClaimsRequest): Promise<void> {
    const message = `jwt update${this.#suffix} resulted in error`;
    const decoded = decodeJwt(request.body, accountClaims);
    if (!decoded.ok) {
      const about = this.#suffix === "" ? "n/a" : key;
      this.#refuse(request.reply, about, message, decoded.problem);
      return;
    }
    const isMismatch = decoded.claims.sub !== key;
    const mismatch = isMismatch ? "subject does not match jwt content" : undefined;
    const problem = mismatch ?? this.#services.trust.objection(decoded.claims.iss);
    // A full resolver looks first whether the claims make sense at all.
    const isInvalid = this.#suffix === "" && this.#invalidity(decoded.claims) !== undefined;
    if (problem !== undefined && !isInvalid) this.#refuse(request.reply, key, message, problem);
    else await this.#keep(decoded.claims, request);
  }

  /** Keeps a JWT that was sent to the subject for all of them. */
  async #store(request: ClaimsRequest): Promise<void> {
    const message = `jwt update${this.#suffix} resulted in error`;
    const decoded = decodeJwt(request.body, accountClaims);
    if (!decoded.ok) {
      this.#refuse(request.reply, "n/a", message, decoded.problem);
      return;
    }
    const { sub, iss } = decoded.claims;
    const objection = this.#services.trust.objection(iss);
    if (objection !== undefined) this.#refuse(request.reply, sub, message, objection);
    else await this.#keep(decoded.claims, request);
  }

  async #keep(claims: AccountClaims, { reply, body }: ClaimsRequest): Promise<void> {
    const { accounts, resolver } = this.#services;
    const key = claims.sub;
    if (this.#suffix !== "" && !accounts.has(key)) {
      this.#confirm(reply, key, "jwt update cache skipped");
      return;
    }
    const invalidity = this.#invalidity(claims);
    if (invalidity !== undefined) {
      const message = this.#suffix === "" ? "jwt" : "jwt update cache";
      this.#refuse(reply, key, `${message} validation failed`, invalidity);
      return;
    }
    try {
      await resolver.store?.({ accountKey: key, jwt: body });
      this.#confirm(reply, key, `jwt updated${this.#suffix}`);
    } catch (error) {
      const message = `jwt update${this.#suffix} resulted in error`;
      this.#refuse(reply, key, message, textOf(error));
    }
  }

  /** What is wrong with claims whatever the time. */
  #invalidity(claims: AccountClaims): string | undefined {
    const { errors } = validateAccount(claims, this.#services.nowMs());
    return errors.length === 0 ? undefined : `validation errors: [${errors.join(" ")}]`;
  }

  async #lookUp({ subject, reply }: ClaimsRequest): Promise<void> {
    const { resolver, sender, exchange } = this.#services;
    if (reply === "" || exchange.isOwn(reply)) return;
    const jwt = await resolver.fetch(accountIn(subject));
    // An empty answer says that there is none.
    sender.announce(reply, Buffer.from(jwt ?? ""));
  }

  async #list({ reply }: ClaimsRequest): Promise<void> {
    if (reply === "") return;
    const found = (await this.#services.resolver.list?.()) ?? [];
    this.#answer(reply, { data: found.map(({ accountKey }) => accountKey) });
  }

  /** Sends all JWTs, one by one, to another server, and an empty message at the end; nothing else if it has the same. */
  async #pack({ reply, payload }: ClaimsRequest): Promise<void> {
    const { resolver, sender, exchange } = this.#services;
    if (reply === "" || exchange.isOwn(reply)) return;
    const digest = (await resolver.digest?.()) ?? Buffer.alloc(0);
    if (!digest.equals(payload)) {
      for (const { accountKey, jwt } of (await resolver.list?.()) ?? []) {
        sender.announce(reply, Buffer.from(`${accountKey}|${jwt}`));
      }
    }
    sender.announce(reply, Buffer.alloc(0));
  }

  async #delete({ reply, body }: ClaimsRequest): Promise<void> {
    const { resolver } = this.#services;
    const request = this.#readDelete(body);
    if ("problem" in request) {
      const message = `delete accounts request by ${request.subject} failed`;
      this.#refuse(reply, "", message, request.problem);
      return;
    }
    const problems: string[] = [];
    for (const key of request.accounts) {
      try {
        await resolver.remove?.(key);
      } catch (error) {
        problems.push(textOf(error));
      }
    }
    const message = `deleted ${request.accounts.length - problems.length} accounts`;
    if (problems.length === 0) this.#confirm(reply, "", message);
    else {
      this.#refuse(reply, "", `${message}, failed for ${problems.length}`, problems.join("\n"));
    }
  }

  #readDelete(
    body: string,
  ):
    | { readonly accounts: readonly string[] }
    | { readonly subject: string; readonly problem: string } {
    const { resolver, trust, systemAccount } = this.#services;
    const decoded = decodeGenericJwt(body);
    if (!decoded.ok) return { subject: "", problem: decoded.problem };
    const { sub: subject, iss, accounts } = decoded.claims;
    const refuse = (problem: string): { subject: string; problem: string } => ({
      subject,
      problem,
    });
    if (resolver.remove === undefined) return refuse("delete must be enabled in server config");
    if (subject !== iss) return refuse("not self signed");
    if (!trust.primaryKeys.includes(iss)) return refuse("not trusted");
    if (accounts === undefined) return refuse("malformed request");
    for (const key of accounts) {
      if (!isNkey("account", key)) return refuse("malformed request");
      if (key === systemAccount.name) return refuse("not allowed to delete system account");
    }
    return { accounts };
  }

  #confirm(reply: string, account: string, message: string): void {
    this.#services.logger.debug({ account }, message);
    this.#answer(reply, { data: { ...named(account), code: ok, message } });
  }

  #refuse(reply: string, account: string, message: string, problem: string): void {
    this.#services.logger.error({ account, problem }, message);
    const description = `${message} - ${problem}`;
    this.#answer(reply, { error: { ...named(account), code: failed, description } });
  }

  #answer(reply: string, answer: Readonly<Record<string, unknown>>): void {
    if (reply === "") return;
    const server = this.#services.describeServer();
    this.#services.sender.announce(reply, Buffer.from(JSON.stringify({ server, ...answer })));
  }
}

function named(account: string): { readonly account?: string } {
  return account === "" ? {} : { account };
}

/** The account a subject is about. */
function accountIn(subject: string): string {
  const tokens = subject.split(".");
  return (tokens[1] === "REQ" ? tokens[3] : tokens[2]) ?? "";
}

function copyRequest(message: MessageView): ClaimsRequest {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  const payload = Buffer.from(payloadBuffer.subarray(payloadStart + headersSize, payloadEnd));
  return {
    subject: message.subjectText(),
    reply: message.replyText(),
    payload,
    body: payload.toString("latin1").trim(),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
