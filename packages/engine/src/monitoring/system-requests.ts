import type { Engine } from "../engine.ts";
import { eventHead } from "../routing/event-head.ts";
import type { MessageView } from "../routing/message.ts";
import { InternalSubscription } from "../routing/subscription.ts";
import { accountStat, accountStatz } from "./account-statz.ts";
import { accountInfo, accountz } from "./accountz.ts";
import { BadRequest } from "./bad-request.ts";
import { connz } from "./connz.ts";
import { healthz } from "./healthz.ts";
import { shortJson } from "./json-text.ts";
import { jsz, jszAccount } from "./jsz.ts";
import { gatewayz, leafz, routez } from "./no-servers.ts";
import { MalformedOption, RequestOptions } from "./request-options.ts";
import { statsz } from "./statsz.ts";
import { subsz } from "./subsz.ts";
import { connzOptions, healthzOptions, jszOptions, subszOptions } from "./system-options.ts";
import type { SystemVoice } from "./system-voice.ts";
import { varz } from "./varz.ts";

/** What answers a request; `undefined` is not at all. */
type Data = object | undefined | Promise<object | undefined>;
type Handler = (engine: Engine, options: RequestOptions) => Data;
type AccountHandler = (engine: Engine, account: string, options: RequestOptions) => Data;

/** Requests about the server, at `$SYS.REQ.SERVER.PING.<name>` and `$SYS.REQ.SERVER.<id>.<name>`. */
const serverRequests: Readonly<Record<string, Handler>> = {
  VARZ: (engine) => varz(engine, engine.process.facts()),
  SUBSZ: (engine, options) => subsz(engine, subszOptions(options)),
  CONNZ: (engine, options) => connz(engine, connzOptions(options)),
  ROUTEZ: (engine) => routez(engine),
  GATEWAYZ: (engine) => gatewayz(engine),
  LEAFZ: (engine) => leafz(engine),
  ACCOUNTZ: (engine, options) => accountz(engine, options.text("account")),
  JSZ: (engine, options) => jsz(engine, jszOptions(options)),
  HEALTHZ: (engine, options) => {
    const { code, body } = healthz(engine, healthzOptions(options));
    const { status, ...problems } = body;
    return { status, status_code: code, ...problems };
  },
};

/** Requests about an account, at `$SYS.REQ.ACCOUNT.<account>.<name>`. */
const accountRequests: Readonly<Record<string, AccountHandler>> = {
  SUBSZ: (engine, account, options) =>
    subsz(engine, { ...subszOptions(options), isListed: true, account }),
  CONNZ: (engine, account, options) => connz(engine, { ...connzOptions(options), account }),
  LEAFZ: (engine) => leafz(engine),
  JSZ: (engine, account, options) => jszAccount(engine, { ...jszOptions(options), account }),
  INFO: (engine, account) => accountInfo(engine, account),
  STATZ: (engine, account, options) =>
    account === "PING" ? undefined : statzOf(engine, [account], options),
};

/** Answers what is asked in the system account about the server and its accounts. */
export class SystemRequests {
  readonly #engine: Engine;
  readonly #voice: SystemVoice;

  constructor(engine: Engine, voice: SystemVoice) {
    this.#engine = engine;
    this.#voice = voice;
  }

  /** Begins to answer. */
  open(): void {
    const { id } = this.#engine.info;
    for (const [name, handle] of Object.entries(serverRequests)) {
      const answer = (message: MessageView): void =>
        this.#answer(message, (options) => handle(this.#engine, options));
      this.#serve(`$SYS.REQ.SERVER.PING.${name}`, answer);
      this.#serve(`$SYS.REQ.SERVER.${id}.${name}`, answer);
    }
    for (const [name, handle] of Object.entries(accountRequests)) {
      this.#serve(`$SYS.REQ.ACCOUNT.*.${name}`, (message) => {
        const account = message.subjectText().split(".")[3] ?? "";
        this.#answer(message, (options) => handle(this.#engine, account, options));
      });
    }
    this.#serve("$SYS.REQ.ACCOUNT.PING.STATZ", (message) =>
      this.#answer(message, (options) => statzOf(this.#engine, options.texts("accounts"), options)),
    );
    this.#serve("$SYS.REQ.ACCOUNT.*.CONNS", (message) => this.#onConnections(message));
    for (const subject of ["PING", "PING.STATSZ", `${id}.STATSZ`]) {
      this.#serve(`$SYS.REQ.SERVER.${subject}`, (message) => this.#onStatsz(message));
    }
    for (const subject of ["PING.IDZ", `${id}.IDZ`]) {
      this.#serve(`$SYS.REQ.SERVER.${subject}`, (message) => this.#onId(message));
    }
    this.#serve(`$SYS.REQ.SERVER.${id}.RELOAD`, (message) =>
      this.#answer(message, () => this.#reload(), true),
    );
    this.#serve(`$SYS.REQ.SERVER.${id}.KICK`, (message) =>
      this.#answer(message, (options) => this.#kick(options.integer("cid")), true),
    );
    this.#serve(`$SYS.REQ.SERVER.${id}.LDM`, (message) =>
      this.#answer(message, (options) => this.#letGo(options.integer("cid")), true),
    );
  }

  #serve(subject: string, handle: (message: MessageView) => void): void {
    const { systemAccountName } = this.#engine;
    this.#engine.account(systemAccountName).subscribe(new InternalSubscription(subject, handle));
  }

  /**
   * Answers with a server, and data or an error; not at all where the request is for other servers.
   *
   * @param isOrder - Whether there is no data to be missed where it goes wrong.
   */
  #answer(message: MessageView, handle: (options: RequestOptions) => Data, isOrder = false): void {
    if (!message.hasReply) return;
    const reply = message.replyText();
    const fail = (code: number, error: Error): void =>
      this.#voice.say(reply, () => ({
        ...(code === 500 && !isOrder && { data: null }),
        error: { code, description: error.message },
      }));
    const send = (data: object | undefined): void => {
      if (data !== undefined) this.#voice.say(reply, () => (isEmpty(data) ? {} : { data }));
    };
    let options: RequestOptions;
    try {
      options = new RequestOptions(bodyOf(message));
      if (!this.#isMeant(options)) return;
    } catch (error) {
      fail(400, error as Error);
      return;
    }
    try {
      const data = handle(options);
      if (data instanceof Promise) data.then(send, (error: Error) => fail(500, error));
      else send(data);
    } catch (error) {
      fail(error instanceof MalformedOption ? 400 : 500, error as Error);
    }
  }

  /** Whether the filters of a request let it pass to this server. */
  #isMeant(options: RequestOptions): boolean {
    const { info, options: own } = this.#engine;
    const isExact = options.boolean("exact_match");
    const fits = (wanted: string, name: string): boolean =>
      wanted === "" || (isExact ? wanted === name : name.includes(wanted));
    const domain = options.text("domain");
    return (
      fits(options.text("server_name"), info.name) &&
      fits(options.text("host"), info.host) &&
      fits(options.text("cluster"), "") &&
      options.texts("tags").every((tag) => own.tags?.includes(tag.toLowerCase()) === true) &&
      (domain === "" || domain === own.jetstream.domain)
    );
  }

  #onStatsz(message: MessageView): void {
    const { id } = this.#engine.info;
    const reply = message.hasReply ? message.replyText() : `$SYS.SERVER.${id}.STATSZ`;
    try {
      if (!this.#isMeant(new RequestOptions(bodyOf(message)))) return;
    } catch (error) {
      const { message: description } = error as Error;
      this.#voice.say(reply, () => ({ error: { code: 400, description } }));
      return;
    }
    this.#voice.say(reply, () => ({ statsz: statsz(this.#engine) }));
  }

  #onId(message: MessageView): void {
    if (!message.hasReply) return;
    const { name, host, id } = this.#engine.info;
    this.#voice.sayPlainly(message.replyText(), shortJson({ name, host, id }));
  }

  #onConnections(message: MessageView): void {
    const account = message.subjectText().split(".")[3] ?? "";
    const isKnown = this.#engine.accounts.has(account);
    if (!message.hasReply || !isKnown || this.#engine.accountConnections(account) === 0) return;
    const { clock, random } = this.#voice;
    const head = eventHead("io.nats.server.advisory.v1.account_connections", clock, random);
    this.#voice.say(message.replyText(), () => accountStat(this.#engine, account), head);
  }

  async #reload(): Promise<object> {
    const { reload } = this.#engine.process;
    if (reload === undefined) throw new BadRequest("there is no configuration file to read again");
    const failure = await reload();
    if (failure !== undefined) throw new BadRequest(failure);
    return {};
  }

  #kick(id: number): object {
    const client = [...this.#engine.connections].find((one) => one.id === id);
    if (client === undefined) throw new BadRequest("no such client or leafnode id");
    client.closeQuietly("Kicked");
    return {};
  }

  #letGo(id: number): object {
    const client = [...this.#engine.connections].find((one) => one.id === id);
    if (client === undefined) throw new BadRequest("no such client id");
    if (!client.announceLameDuck()) {
      throw new BadRequest(
        "client does not support Lame Duck Mode or is not ready to receive the notification",
      );
    }
    return {};
  }
}

function statzOf(
  engine: Engine,
  names: readonly string[],
  options: RequestOptions,
): object | undefined {
  const hasUnused = options.boolean("include_unused");
  const answer = accountStatz(engine, names, hasUnused);
  return answer.account_statz.length === 0 && !hasUnused ? undefined : answer;
}

function isEmpty(data: object): boolean {
  return Object.keys(data).length === 0;
}

function bodyOf({ payloadBuffer, payloadStart, headersSize, payloadEnd }: MessageView): string {
  return payloadBuffer.toString("utf8", payloadStart + headersSize, payloadEnd);
}
