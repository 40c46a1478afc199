import { headers, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Clock, Logger } from "@oxbow/base";
import type { Engine, HeardMessage, StreamWatch } from "@oxbow/engine";
import {
  type ClientObserver,
  DeadLetterWorker,
  type PlatformChange,
  PlatformService,
  type PlatformServiceOptions,
  StationGates,
  Stations,
  stationToken,
} from "@oxbow/platform";
import { HistoryCollector, ObservedSource } from "@oxbow/platform/history";
import { contextIn } from "oxbow/internal";
import type { AccountsInForce } from "../accounts/account-supervisor.ts";
import { programVersion } from "../program-version.ts";
import type { ServerTracing } from "../tracing/server-tracing.ts";
import { AccountNotifier, type NotifyOptions } from "./account-notifier.ts";
import { DirectoryPlace } from "./directory-place.ts";

/** What the platform is called among the connections of the server. */
const platformUser = "oxbow";

/** Where a platform stands. */
export interface PlatformPlace {
  readonly engine: Engine;
  readonly account: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Puts tenants and users in force; without it, they are refused. */
  readonly accounts: AccountsInForce | undefined;
  readonly notify: NotifyOptions;
  /** Writes down what is done; `undefined` for nothing. */
  readonly tracing: ServerTracing | undefined;
}

/**
 * The platform of an account, on a connection within the process: the service that answers requests, the gates, and what
 * makes dead letters. Loaded only when it is needed.
 */
export class LoadedPlatform {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;
  readonly #gates: StationGates;
  readonly #directory: DirectoryPlace | undefined;
  readonly #notifier: AccountNotifier;
  readonly #notify: NotifyOptions;
  readonly #tracing: ServerTracing | undefined;
  readonly #history: HistoryCollector;
  readonly #clock: Clock;
  readonly #watchStreams: () => StreamWatch;
  readonly #presence: NonNullable<PlatformServiceOptions["presence"]>;
  #service: PlatformService | undefined = undefined;
  #worker: Promise<DeadLetterWorker> | undefined = undefined;

  private constructor(
    connection: NatsConnection,
    logger: Logger,
    gates: StationGates,
    directory: DirectoryPlace | undefined,
    history: HistoryCollector,
    { engine, account, clock, notify, tracing }: PlatformPlace,
  ) {
    this.#tracing = tracing;
    this.#history = history;
    this.#clock = clock;
    this.#watchStreams = () => engine.watchStreams(account);
    this.#presence = { clock, observer: clientObserver(engine, account) };
    this.#directory = directory;
    this.#notify = notify;
    this.#notifier = new AccountNotifier({
      connection,
      engine,
      clock,
      logger,
      options: notify,
      tracing,
    });
    this.#connection = connection;
    this.#logger = logger;
    this.#gates = gates;
  }

  /** Resolves once the gates are in place, and requests are answered. */
  static async open(place: PlatformPlace): Promise<LoadedPlatform> {
    const { engine, account, clock, logger, accounts } = place;
    const connection = await connectInProcess(engine, account);
    let history: HistoryCollector | undefined;
    try {
      const gates = await StationGates.open(connection, {
        setGate: (name, gate) => engine.setGate(account, name, gate),
        clock,
        logger,
      });
      const directory = accounts && new DirectoryPlace(engine, account, accounts);
      history = await HistoryCollector.start(connection, {
        clock,
        source: new ObservedSource(engine.watchStreams(account)),
        // The store has one server at a time.
        holder: "server",
        onProblem: (problem) => logger.warn({ error: String(problem) }, "the past has a gap"),
      });
      const platform = new LoadedPlatform(connection, logger, gates, directory, history, place);
      await platform.#begin();
      return platform;
    } catch (error) {
      history?.abandon();
      await connection.close();
      throw error;
    }
  }

  /** Whether it has its connection to the engine. */
  get isConnected(): boolean {
    return !this.#connection.isClosed();
  }

  /** Takes a request that came while the platform was being loaded. */
  take(message: HeardMessage): void {
    const { subject, reply, payload, requestInfo } = message;
    const context = contextIn((name) => message.header(name));
    if (reply === undefined || this.#connection.isClosed()) return;
    if (!subject.startsWith("$SRV.")) {
      const told = headers();
      if (requestInfo !== undefined) told.set("Nats-Request-Info", requestInfo);
      for (const [name, value] of Object.entries(context ?? {})) told.set(name, value);
      this.#connection.publish(subject, payload, { reply, headers: told });
      return;
    }
    // Everybody else has had it.
    const answer = this.#service?.discovered(subject);
    if (answer !== undefined) message.respond(Buffer.from(answer));
  }

  /** Answers what is under way, and ends. The gates stay: the engine goes on to take messages until it is closed. */
  async close(): Promise<void> {
    await this.#service?.close();
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.close();
    await this.#notifier.close();
    await this.#history.close();
    await this.#gates.close();
    await this.#directory?.close();
    await this.#connection.close();
  }

  /** Ends at once. */
  destroy(): void {
    this.#history.abandon();
    void this.#directory?.close();
    void this.#connection.close();
  }

  async #begin(): Promise<void> {
    const stations = await (await Stations.open(this.#connection)).list();
    if (stations.some(({ isManaged }) => isManaged)) this.#startWorker();
    this.#service = await PlatformService.open(this.#connection, {
      version: programVersion(),
      logger: this.#logger,
      isAskerKnown: true,
      presence: this.#presence,
      notifyAllowed: this.#notify.allowed,
      tracing: () => this.#tracing?.current,
      history: {
        clock: this.#clock,
        recent: this.#history,
        source: () => new ObservedSource(this.#watchStreams()),
      },
      ...(this.#directory !== undefined && { accounts: this.#directory }),
      onChanged: (change) => this.#takeUp(change),
    });
    await this.#notifier.startIfNeeded();
  }

  /** What is answered is in force. */
  async #takeUp({ operation, names: { station } }: PlatformChange): Promise<void> {
    if (operation.startsWith("schema.") || operation.startsWith("attachment.")) {
      await this.#gates.caughtUp();
    }
    if (operation === "notification.createRule") await this.#notifier.start();
    if (!operation.startsWith("station.") || station === undefined) return;
    const token = stationToken(station.toLowerCase());
    for (const stream of new Set([station, token, `${token}$1`])) {
      if (!/[\s.*>]/.test(stream)) await this.#gates.refresh(stream);
    }
    if (operation === "station.create") this.#startWorker();
  }

  /** From the first station on. */
  #startWorker(): void {
    if (this.#worker !== undefined) return;
    const onProblem = (problem: unknown): void =>
      this.#logger.warn({ error: String(problem) }, "a dead letter has to wait");
    this.#worker = DeadLetterWorker.start(this.#connection, {
      onProblem,
      tracing: () => this.#tracing?.current,
    });
    this.#worker.catch((error: Error) => {
      this.#worker = undefined;
      this.#logger.error({ error: error.message }, "nothing makes dead letters");
    });
  }
}

/** What the engine knows of the clients of an account. */
function clientObserver(engine: Engine, account: string): ClientObserver {
  return {
    observe: () => engine.clientActivity(account) ?? { publishing: [], consuming: [] },
    isConnected: (client) => engine.isConnected(account, client),
  };
}

function connectInProcess(engine: Engine, account: string): Promise<NatsConnection> {
  return wsconnect({
    servers: "ws://in-process",
    wsFactory: () =>
      Promise.resolve({
        socket: engine.webSocketInProcess({ user: platformUser, account }),
        encrypted: false,
      }),
    name: "oxbow platform",
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ignoreClusterUpdates: true,
  });
}
