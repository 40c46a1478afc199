import type { NatsConnection } from "@nats-io/nats-core";
import type { Logger, Socket } from "@oxbow/base";
import { ClientConnection, type ConnectionServices } from "./client-connection.ts";
import { ClientPlatform } from "./client-platform.ts";
import type { ControlContext } from "./control/context.ts";
import { answerControl } from "./control/control.ts";
import { giveUp } from "./control/give-up.ts";
import type { ConnectRequest } from "./credentials.ts";
import type { Graveyard } from "./graveyard.ts";
import type { Presence } from "./presence.ts";
import { accountOf, SameAccount } from "./same-account.ts";
import { type SchemaNews, subjectOf } from "./schema-news.ts";
import { type StationNews, stationNewsSubject } from "./station-news.ts";

/** What a session needs of the gateway. */
export interface SessionServices extends ConnectionServices {
  readonly presence: Presence;
  readonly news: SchemaNews;
  readonly stationNews: StationNews;
  readonly graveyard: Graveyard;
  /** The account of the gateway. */
  readonly ownAccount: () => Promise<string>;
}

/** A client: its connection, and what is done in its name. */
export class Session {
  readonly #services: SessionServices;
  readonly #onClosed: (session: Session) => void;
  readonly #connection: ClientConnection;
  #context: ControlContext | undefined = undefined;
  #account: SameAccount | undefined = undefined;
  /** The request under way, and those before it: each waits for the one before. */
  #last: Promise<void> = Promise.resolve();
  #leave: Promise<() => void> | undefined = undefined;

  constructor(socket: Socket, services: SessionServices, onClosed: (session: Session) => void) {
    this.#services = services;
    this.#onClosed = onClosed;
    this.#connection = new ClientConnection(socket, services, {
      onOpen: (request) => this.#opened(request),
      onAccount: (name) => this.#account?.say(name),
      onSubscribe: (subject) => this.#subscribed(subject),
      onRequest: (subject, reply, payload) => this.#requested(subject, reply, payload),
      onDeadLetter: (ackSubject, payload) => this.#gaveUp(ackSubject, payload),
      onClosed: () => this.#closed(),
    });
  }

  /** Sends something if the client has subscribed to the subject. */
  push(subject: string, text: string): void {
    if (this.#account?.isSame === true) this.#connection.push(subject, text);
  }

  /** Sends news of a station, by its token, to who uses it: SDKs listen to the schema of each that they do. */
  pushStationNews(station: string, text: string): void {
    if (this.#connection.hears(subjectOf(station))) this.push(stationNewsSubject, text);
  }

  /** Ends the connection; the SDK comes back, here or elsewhere. */
  close(): void {
    this.#connection.close();
  }

  get #logger(): Logger {
    return this.#services.logger;
  }

  #opened({ credentials, connectionId }: ConnectRequest): void {
    const { clock, engine, news, presence, counts, graveyard, ownAccount } = this.#services;
    news.listen();
    this.#services.stationNews.listen();
    graveyard.open();
    const connectAs = (): Promise<NatsConnection> =>
      engine.connectAs(credentials, this.#connection.client);
    const platform = new ClientPlatform(connectAs, credentials.user);
    const askAccount = async (): Promise<string> => accountOf(await platform.connection());
    const account = new SameAccount(clock, ownAccount, askAccount);
    this.#account = account;
    this.#context = {
      account,
      platform,
      news,
      presence,
      counts,
      graveyard,
      connectionId: connectionId ?? "",
      user: credentials.user ?? "",
    };
    if (connectionId === undefined) return;
    this.#leave = presence.connected(connectionId);
    this.#leave.catch((error: unknown) =>
      this.#logger.warn({ err: error }, "a client of Memphis does not show as connected"),
    );
  }

  /** What may have changed meanwhile, to those that the gateway knows to be of its account. */
  #subscribed(subject: string): void {
    const { news } = this.#services;
    this.#account?.check(this.#context?.user ?? "").then(
      () => {
        const greeting = news.greeting(subject);
        if (greeting !== undefined) this.#connection.push(subject, greeting);
      },
      () => undefined,
    );
  }

  #requested(subject: string, reply: string, payload: Buffer): void {
    this.#last = this.#last.then(async () => {
      const context = this.#context;
      if (context === undefined) return;
      const answer = await answerControl(context, this.#logger, subject, payload);
      this.#connection.answer(reply, answer);
    });
  }

  #gaveUp(ackSubject: string, payload: Buffer): void {
    this.#last = this.#last.then(async () => {
      const context = this.#context;
      if (context === undefined) return;
      const reason = await giveUp(context, this.#logger, ackSubject, payload);
      this.#connection.terminate(ackSubject, reason);
    });
  }

  #closed(): void {
    this.#onClosed(this);
    this.#account?.say(undefined);
    void this.#leave?.then((leave) => leave()).catch(() => undefined);
    // What was asked for is done; nobody hears of it.
    void this.#last.then(() => this.#context?.platform.close());
  }
}
