import type { Logger, Socket } from "@oxbow/base";
import { ClientConnection, type ConnectionServices } from "./client-connection.ts";
import type { ControlContext } from "./control/context.ts";
import { answerControl } from "./control/control.ts";
import { giveUp } from "./control/give-up.ts";
import type { ConnectRequest } from "./credentials.ts";
import type { Graveyard } from "./graveyard.ts";
import type { Presence } from "./presence.ts";
import type { SchemaNews } from "./schema-news.ts";
import { UserPlatform } from "./user-platform.ts";

/** What a session needs of the gateway. */
export interface SessionServices extends ConnectionServices {
  readonly presence: Presence;
  readonly news: SchemaNews;
  readonly graveyard: Graveyard;
}

/** A client: its connection, and what is done in its name. */
export class Session {
  readonly #services: SessionServices;
  readonly #onClosed: (session: Session) => void;
  readonly #connection: ClientConnection;
  #context: ControlContext | undefined = undefined;
  /** The request under way, and those before it: each waits for the one before. */
  #last: Promise<void> = Promise.resolve();
  #leave: Promise<() => void> | undefined = undefined;

  constructor(socket: Socket, services: SessionServices, onClosed: (session: Session) => void) {
    this.#services = services;
    this.#onClosed = onClosed;
    this.#connection = new ClientConnection(socket, services, {
      onOpen: (request) => this.#opened(request),
      onSubscribe: (subject) => this.#subscribed(subject),
      onRequest: (subject, reply, payload) => this.#requested(subject, reply, payload),
      onDeadLetter: (ackSubject, payload) => this.#gaveUp(ackSubject, payload),
      onClosed: () => this.#closed(),
    });
  }

  /** Sends something if the client has subscribed to the subject. */
  push(subject: string, text: string): void {
    this.#connection.push(subject, text);
  }

  /** Ends the connection; the SDK comes back, here or elsewhere. */
  close(): void {
    this.#connection.close();
  }

  get #logger(): Logger {
    return this.#services.logger;
  }

  #opened({ credentials, connectionId }: ConnectRequest): void {
    const { engine, news, presence, counts, graveyard } = this.#services;
    news.listen();
    graveyard.open();
    this.#context = {
      platform: new UserPlatform(engine, credentials),
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

  #subscribed(subject: string): void {
    const greeting = this.#services.news.greeting(subject);
    if (greeting !== undefined) this.#connection.push(subject, greeting);
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
    void this.#leave?.then((leave) => leave()).catch(() => undefined);
    // What was asked for is done; nobody hears of it.
    void this.#last.then(() => this.#context?.platform.close());
  }
}
