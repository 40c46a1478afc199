import type { Engine } from "../engine.ts";
import { eventHead } from "../routing/event-head.ts";
import type { MessageView } from "../routing/message.ts";
import { readRequestInfo } from "../routing/request-info.ts";
import { InternalSubscription } from "../routing/subscription.ts";
import { accountPurgeSubject, purgeAccount } from "./account-purge.ts";
import { accountStat } from "./account-statz.ts";
import { BadRequest } from "./bad-request.ts";
import { countSubscribers } from "./debug-subscribers.ts";
import { jsonPage } from "./json-page.ts";
import { shortJson } from "./json-text.ts";
import { MalformedOption, RequestOptions, type RequestType } from "./request-options.ts";
import { statsz } from "./statsz.ts";
import { accountRequests, type Data, serverRequests, statzRequest } from "./system-handlers.ts";
import type { SystemVoice } from "./system-voice.ts";

const statszType = { name: "StatszEventOptions" };

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
    for (const [name, { type, answer: handle }] of Object.entries(serverRequests)) {
      const answer = (message: MessageView): void =>
        this.#answer(message, type, (options) => handle(this.#engine, options));
      this.#serve(`$SYS.REQ.SERVER.PING.${name}`, answer);
      this.#serve(`$SYS.REQ.SERVER.${id}.${name}`, answer);
    }
    for (const [name, { type, answer }] of Object.entries(accountRequests)) {
      this.#serve(`$SYS.REQ.ACCOUNT.*.${name}`, (message) => {
        const account = message.subjectText().split(".")[3] ?? "";
        this.#answer(message, type, (options) => answer(this.#engine, options, account));
      });
    }
    this.#serve("$SYS.REQ.ACCOUNT.PING.STATZ", (message) =>
      this.#answer(message, statzRequest.type, (options) =>
        statzRequest.answer(this.#engine, options),
      ),
    );
    this.#serve("$SYS.REQ.ACCOUNT.NSUBS", (message) => this.#onSubscribers(message));
    this.#serve(accountPurgeSubject, (message) => this.#onPurge(message));
    this.#serve("$SYS.REQ.USER.*.INFO", (message) => this.#onUser(message));
    this.#serve("$SYS.REQ.ACCOUNT.*.CONNS", (message) => this.#onConnections(message));
    for (const subject of ["PING", "PING.STATSZ", `${id}.STATSZ`]) {
      this.#serve(`$SYS.REQ.SERVER.${subject}`, (message) => this.#onStatsz(message));
    }
    for (const subject of ["PING.IDZ", `${id}.IDZ`]) {
      this.#serve(`$SYS.REQ.SERVER.${subject}`, (message) => this.#onId(message));
    }
    this.#serve(`$SYS.REQ.SERVER.${id}.RELOAD`, (message) =>
      this.#answer(message, { name: "EventFilterOptions" }, () => this.#reload(), true),
    );
    this.#serve(`$SYS.REQ.SERVER.${id}.KICK`, (message) =>
      this.#answer(
        message,
        { name: "KickClientReq" },
        (options) => this.#kick(options.integer("cid", "uint64")),
        true,
      ),
    );
    this.#serve(`$SYS.REQ.SERVER.${id}.LDM`, (message) =>
      this.#answer(
        message,
        { name: "LDMClientReq" },
        (options) => this.#letGo(options.integer("cid", "uint64")),
        true,
      ),
    );
  }

  #serve(subject: string, handle: (message: MessageView) => void): void {
    const { systemAccountName } = this.#engine;
    this.#engine.account(systemAccountName).subscribe(new InternalSubscription(subject, handle));
  }

  /**
   * Answers with a server, and data or an error; not at all where the request is for other servers.
   *
   * @param type - What its body holds.
   * @param isOrder - Whether there is no data to be missed where it goes wrong.
   */
  #answer(
    message: MessageView,
    type: RequestType,
    handle: (options: RequestOptions) => Data,
    isOrder = false,
  ): void {
    if (!message.hasReply) return;
    const reply = message.replyText();
    const fail = (code: number, error: Error): void =>
      this.#voice.say(reply, () => ({
        ...(code === 500 && !isOrder && { data: null }),
        error: { code, description: error.message },
      }));
    let options: RequestOptions;
    try {
      options = new RequestOptions(bodyOf(message), type);
      if (!this.#isMeant(options)) return;
    } catch (error) {
      fail(400, error as Error);
      return;
    }
    const answered = this.#engine.pages.make(async () => {
      const data = await handle(options);
      if (data === undefined) return;
      const body = this.#voice.answer(data === null ? {} : { data });
      this.#voice.sayPlainly(reply, await jsonPage(body, "", this.#engine.pacer()));
    });
    answered.catch((error: Error) => fail(error instanceof MalformedOption ? 400 : 500, error));
  }

  /** Whether the filters of a request let it pass to this server. */
  #isMeant(options: RequestOptions): boolean {
    const { info, options: own } = this.#engine;
    const isExact = options.isFilterExact();
    const fits = (wanted: string, name: string): boolean =>
      wanted === "" || (isExact ? wanted === name : name.includes(wanted));
    const domain = options.filter("domain");
    return (
      fits(options.filter("server_name"), info.name) &&
      fits(options.filter("host"), info.host) &&
      fits(options.filter("cluster"), "") &&
      options.filterTags().every((tag) => own.tags?.includes(tag.toLowerCase()) === true) &&
      (domain === "" || domain === own.jetstream.domain)
    );
  }

  #onStatsz(message: MessageView): void {
    const { id } = this.#engine.info;
    const reply = message.hasReply ? message.replyText() : `$SYS.SERVER.${id}.STATSZ`;
    try {
      if (!this.#isMeant(new RequestOptions(bodyOf(message), statszType))) return;
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

  /** How many subscriptions of clients there are: a number. Who asks what makes no sense gets no answer. */
  #onSubscribers(message: MessageView): void {
    if (!message.hasReply) return;
    try {
      const options = new RequestOptions(bodyOf(message), { name: "accNumSubsReq" });
      const account = this.#engine.accounts.get(options.text("acc"));
      if (account === undefined || this.#engine.accountConnections(account.name) === 0) return;
      const queue = options.text("queue");
      const group = queue === "" ? undefined : Buffer.from(queue, "base64").toString();
      const count = countSubscribers(account, options.text("subject"), group);
      this.#voice.sayPlainly(message.replyText(), String(count));
    } catch (error) {
      if (!(error instanceof MalformedOption)) throw error;
    }
  }

  /** A store that has failed is told by its health; there is no answer then. */
  #onPurge(message: MessageView): void {
    if (!this.#engine.options.jetstream.enabled) return;
    const reply = message.hasReply ? message.replyText() : undefined;
    const account = message.subjectText().split(".")[4] ?? "";
    purgeAccount(this.#engine, account).then(
      (answer) => {
        if (reply !== undefined) this.#voice.sayPlainly(reply, shortJson(answer));
      },
      () => undefined,
    );
  }

  /** Who a user is whose request came by an import; of others nothing is known here. */
  #onUser(message: MessageView): void {
    if (!message.hasReply) return;
    const { user = "", acc = "", name_tag: tag } = readRequestInfo(message) ?? {};
    const data = {
      ...{ user, account: acc },
      ...(acc !== "" && { account_name: this.#engine.accountTag(acc) }),
      ...(tag !== undefined && { user_name: tag }),
    };
    this.#voice.say(message.replyText(), () => ({ data }));
  }

  async #reload(): Promise<null> {
    const { reload } = this.#engine.process;
    if (reload === undefined) throw new BadRequest("there is no configuration file to read again");
    const failure = await reload();
    if (failure !== undefined) throw new BadRequest(failure);
    return null;
  }

  #kick(id: number): null {
    const client = [...this.#engine.connections].find((one) => one.id === id);
    if (client === undefined) throw new BadRequest("no such client or leafnode id");
    client.closeQuietly("Kicked");
    return null;
  }

  #letGo(id: number): null {
    const client = [...this.#engine.connections].find((one) => one.id === id);
    if (client === undefined) throw new BadRequest("no such client id");
    if (!client.announceLameDuck()) {
      throw new BadRequest(
        "client does not support Lame Duck Mode or is not ready to receive the notification",
      );
    }
    return null;
  }
}

function bodyOf({ payloadBuffer, payloadStart, headersSize, payloadEnd }: MessageView): string {
  return payloadBuffer.toString("latin1", payloadStart + headersSize, payloadEnd);
}
