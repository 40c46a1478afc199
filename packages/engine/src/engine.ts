import type { Host, PublishGate } from "@oxbow/base";
import { ActivityLedger } from "./activity/activity-ledger.ts";
import { type ClientActivity, clientActivity } from "./activity/client-activity.ts";
import { StreamWatch } from "./activity/stream-watch.ts";
import { type AuthorizerServices, createAuthorizer } from "./auth/authorizer.ts";
import { Callout } from "./auth/callout/callout.ts";
import { makeGuestName } from "./auth/guest-name.ts";
import { EngineAccountHost } from "./auth/jwt/engine-account-host.ts";
import { OperatorMode } from "./auth/jwt/operator-mode.ts";
import { PasswordMemory } from "./auth/password.ts";
import { Security } from "./auth/security.ts";
import { ServerIdentity } from "./auth/server-identity.ts";
import { globalAccountName } from "./auth/verdicts.ts";
import type { ClientConnection } from "./connection/client-connection.ts";
import { ClosedConnections } from "./connection/closed-connections.ts";
import type { ClosedConnection } from "./connection/connection-facts.ts";
import { ConnectionRegistry } from "./connection/connection-registry.ts";
import type { ConnectionServices } from "./connection/connection-services.ts";
import { EngineCounters } from "./connection/engine-counters.ts";
import { FlushScheduler } from "./connection/flush-scheduler.ts";
import { OutputChunkPool } from "./connection/output-chunk.ts";
import { RequestStamp } from "./connection/request-stamp.ts";
import { SERVER_VERSION, ServerInfo } from "./connection/server-info.ts";
import { UserInfoService } from "./connection/user-info.ts";
import { Doors, type EngineAddresses, type RelayedClient } from "./doors/doors.ts";
import { LameDuck, type LameDuckOptions } from "./doors/lame-duck.ts";
import {
  EngineJetStream,
  type EngineTimes,
  type JetStreamSurroundings,
} from "./engine-jetstream.ts";
import {
  type EngineOptions,
  type ResolvedEngineOptions,
  resolveEngineOptions,
} from "./engine-options.ts";
import { type EngineStats, engineStats } from "./engine-stats.ts";
import type { GateCounts } from "./gates/account-gates.ts";
import { type HeardMessage, hear } from "./in-process/hear.ts";
import type { InProcessUser } from "./in-process/in-process-user.ts";
import { InProcessWebSocket } from "./in-process/in-process-web-socket.ts";
import type { InProcessSocket } from "./in-process/pipe.ts";
import type { JetStream } from "./jetstream/jetstream.ts";
import { serveSubscribers } from "./monitoring/debug-subscribers.ts";
import { Pacer } from "./monitoring/pacer.ts";
import { PageQueue } from "./monitoring/page-queue.ts";
import { type ProcessServices, unknownProcess } from "./monitoring/process-services.ts";
import { SystemEvents } from "./monitoring/system-events.ts";
import { SystemRequests } from "./monitoring/system-requests.ts";
import { SystemVoice } from "./monitoring/system-voice.ts";
import type { AccountOptions } from "./options/accounts.ts";
import { engineParts } from "./reload/engine-parts.ts";
import { setMessageRates } from "./reload/message-rate-part.ts";
import { reload } from "./reload/reload.ts";
import type { ReloadOutcome, ReloadPart } from "./reload/reload-part.ts";
import type { Account } from "./routing/account.ts";
import { shareSubjects, shareWorkable } from "./routing/account-subjects.ts";
import { AccountTable } from "./routing/account-table.ts";
import { SubjectSharing } from "./routing/subject-sharing.ts";

/** How long clients get to take what waits for them when the engine closes. */
const closeGraceMs = 2_000;

/**
 * A NATS server in this process.
 *
 * `close` finishes what is under way; `destroy` stops at once. Both may be called twice, and after each other.
 */
export class Engine implements AsyncDisposable {
  /** When it was opened, in wall-clock milliseconds. */
  readonly startedAtMs: number;
  /** The process around it, for those who ask in the system account. Whoever opens an engine may say more of it. */
  readonly process: ProcessServices = unknownProcess();
  /** Answers about it that may be long. */
  readonly pages: PageQueue = new PageQueue();
  readonly #host: Host;
  #options: ResolvedEngineOptions;
  readonly #reloadParts: readonly ReloadPart[];
  /** The reload that is under way, or was. */
  #reloading: Promise<unknown> = Promise.resolve();
  readonly #security: Security;
  /** Set where JWTs of operators say who may connect. */
  readonly #operator: OperatorMode | undefined;
  readonly #counters: EngineCounters = new EngineCounters();
  readonly #connections: ConnectionRegistry = new ConnectionRegistry();
  readonly #closed: ClosedConnections = new ClosedConnections();
  readonly #accounts: AccountTable;
  readonly #info: ServerInfo;
  readonly #userInfo: UserInfoService;
  readonly #sharing: SubjectSharing;
  readonly #services: ConnectionServices;
  readonly #doors: Doors;
  readonly #jetstream: EngineJetStream;
  /** What the JWTs of operators say of accounts. */
  readonly #claimed: Map<string, AccountOptions> = new Map();
  readonly #systemEvents: SystemEvents;
  #closing: Promise<void> | undefined = undefined;
  #lameDuck: LameDuck | undefined = undefined;
  #lettingGo: Promise<void> | undefined = undefined;

  private constructor(options: ResolvedEngineOptions, host: Host) {
    const hasJetStream = options.jetstream.enabled;
    this.startedAtMs = host.clock.nowMs();
    this.#host = host;
    this.#options = options;
    this.#accounts = new AccountTable(host.random, host.logger, (account) => {
      this.#sharing.add(account);
      this.#userInfo.serve(account);
      this.#jetstream.enableSoon(account);
    });
    const identity = new ServerIdentity(host.random);
    const { domain } = options.jetstream;
    const { serverName: name } = options;
    this.#info = new ServerInfo(identity, { name, hasJetStream, domain, labels: options });
    const callout = this.#makeCallout(identity);
    this.#operator = this.#makeOperatorMode(callout);
    this.#jetstream = new EngineJetStream(this.#jetstreamSurroundings());
    const authorizerServices: AuthorizerServices = {
      ...host,
      guestName: makeGuestName(host.random),
      passwordMemory: new PasswordMemory(host.random),
      callout,
      operator: this.#operator,
    };
    this.#security = new Security(createAuthorizer(options, authorizerServices), host.random);
    for (const { name, limits } of options.accounts)
      this.#security.accounts.setLimits(name, limits);
    this.#userInfo = new UserInfoService(this.#info, this.#security.accounts, () =>
      host.clock.nowMs(),
    );
    const systemAccount = this.systemAccountName;
    const isActivated = this.#operator?.isActivated;
    const serverName = this.#info.name;
    const sharingServices = { ...host, serverName, systemAccount, isActivated, domain };
    this.#sharing = new SubjectSharing(sharingServices);
    this.#services = {
      clock: host.clock,
      random: host.random,
      logger: host.logger,
      limits: options.limits,
      chunks: new OutputChunkPool(),
      flushes: new FlushScheduler(host.clock),
      security: this.#security,
      serverInfo: this.#info,
      counters: this.#counters,
      closed: this.#closed,
      account: (name) => this.account(name),
      systemAccount: this.account(systemAccount),
      protocolTrace: options.protocolTrace,
      requestStamp: options.requestInfoPrefix
        ? new RequestStamp(options.requestInfoPrefix)
        : undefined,
    };
    this.#doors = new Doors({
      host,
      connections: this.#connections,
      connectionServices: this.#services,
    });
    this.#reloadParts = [
      ...engineParts({
        clock: host.clock,
        operator: this.#operator,
        security: this.#security,
        authorizerServices,
        connections: this.#connections,
        connectionServices: this.#services,
        sharing: this.#sharing,
        sharingServices,
        jetstream: this.#jetstream,
        info: this.#info,
        account: (name) => this.account(name),
        forgetAccount: (name) => this.#forgetAccount(name),
      }),
      ...this.#doors.reloadParts(),
    ];
    this.account(globalAccountName);
    setMessageRates(options, host.clock, (name) => this.account(name));
    serveSubscribers(this.account(systemAccount), (name) => this.#accounts.all.get(name));
    shareSubjects(this.#sharing, options, (name) => this.account(name));
    const voice = new SystemVoice(this.account(systemAccount), host.clock, host.random, () =>
      this.#userInfo.describeServer(),
    );
    this.#systemEvents = new SystemEvents(this, voice);
    this.#security.events = this.#systemEvents;
    new SystemRequests(this, voice).open();
  }

  /**
   * Opens an engine, and its port if it has one.
   *
   * @param prepare - Called once everything is served in this process, and before any port is open: what it reloads then
   * holds for whoever comes in. What it throws is thrown, and the engine is closed.
   * @throws `ENGINE_OPTION_INVALID`; where it cannot listen, the error of the network with its `code` (`EADDRINUSE` …).
   */
  static async open(
    options: EngineOptions,
    host: Host,
    prepare?: (engine: Engine) => Promise<void>,
  ): Promise<Engine> {
    const engine = new Engine(resolveEngineOptions(options), host);
    try {
      await engine.#operator?.start();
      await engine.#jetstream.open(engine.#options);
      await prepare?.(engine);
      await engine.#doors.open(engine.#options);
      return engine;
    } catch (error) {
      await engine.destroy();
      throw error;
    }
  }

  /** The address it listens on; `undefined` if it does not listen. */
  get host(): string | undefined {
    return this.#doors.addresses.client?.host;
  }

  /** The port it listens on; `undefined` if it does not listen. */
  get port(): number | undefined {
    return this.#doors.addresses.client?.port;
  }

  /**
   * Connects a client of this process, without a port. What comes back is the client's end: attach a handler, which gets
   * INFO first, and write. For clients that take a `WebSocket` see {@link Engine.webSocketInProcess}.
   *
   * @param as - Who it is, for parts of the program itself: it may do everything in that account, and is not asked for
   * credentials. Without it the client has to say who it is, like any other.
   */
  connectInProcess(as?: InProcessUser): InProcessSocket {
    return this.#doors.connectInProcess(as);
  }

  /** The same for clients that take a `WebSocket`: a new connection that looks like one. */
  webSocketInProcess(as?: InProcessUser): WebSocket {
    return new InProcessWebSocket(this.connectInProcess(as)) as unknown as WebSocket;
  }

  /**
   * Connects a client elsewhere, whose words somebody in this process passes on: it has to say who it is, and may do what
   * it might if it had come by the port itself.
   */
  connectFor(client: RelayedClient): InProcessSocket {
    return this.#doors.connectFor(client);
  }

  /** The same for clients that take a `WebSocket`. */
  webSocketFor(client: RelayedClient): WebSocket {
    return new InProcessWebSocket(this.connectFor(client)) as unknown as WebSocket;
  }

  /**
   * Hears what is published in an account, without a client: for what is not worth one until something happens.
   *
   * @param account - Its name; it is made if there is none.
   * @param subject - Wildcards allowed.
   * @param queue - A queue group, of which one member gets each message; `""` for none.
   * @returns How to end it.
   */
  hear(
    account: string,
    subject: string,
    queue: string,
    handle: (message: HeardMessage) => void,
  ): () => void {
    return hear(this.account(account), subject, queue, handle);
  }

  /** Where all its doors listen, with the ports in use. */
  get addresses(): EngineAddresses {
    return this.#doors.addresses;
  }

  /** What it was told, with every default filled in. */
  get options(): ResolvedEngineOptions {
    return this.#options;
  }

  /** Whether clients must say who they are. */
  get isAuthRequired(): boolean {
    return this.#security.authorizer.policyAt("STANDARD").isAuthAnnounced;
  }

  /** Why nothing is stored any more, if a write or a sync has failed. */
  get storeFailure(): Error | undefined {
    return this.#jetstream.storeFailure;
  }

  /** Lets others have their turn while something long is told of it. */
  pacer(): Pacer {
    return new Pacer(this.#host.clock);
  }

  /** Wall-clock milliseconds now, by the engine's clock. */
  nowMs(): number {
    return this.#host.clock.nowMs();
  }

  /** What it tells clients about itself. */
  get info(): ServerInfo {
    return this.#info;
  }

  /** Accounts and users as the JWTs of operators say it; `undefined` where there are no operators. */
  get operator(): OperatorMode | undefined {
    return this.#operator;
  }

  /** Name of the account of the servers themselves. */
  get systemAccountName(): string {
    return this.#operator?.trust.systemAccount ?? this.#options.systemAccount;
  }

  /** Its accounts by name: `$G`, where everybody is who was given no other, and `$SYS`. */
  get accounts(): ReadonlyMap<string, Account> {
    return this.#accounts.all;
  }

  /** Its client connections. */
  get connections(): Iterable<ClientConnection> {
    return this.#connections;
  }

  /** Its connections that ended last, oldest first. */
  closedConnections(): ClosedConnection[] {
    return this.#closed.list();
  }

  /** What people call an account: something else than its name where that is a key. */
  accountTag(name: string): string {
    return this.#security.accounts.gateOf(name).nameTag || name;
  }

  /**
   * Has it counted from now on who publishes to the streams of an account and takes from their consumers.
   *
   * @param entriesMax - Pairs of a client and a stream, or a consumer, that are kept; those go first that did nothing for
   * long. From 1.
   */
  watchClients(account: string, entriesMax: number): void {
    this.account(account).activity ??= new ActivityLedger(entriesMax);
  }

  /** Who does what with the streams of an account; `undefined` if that is not counted. Not for hot paths. */
  clientActivity(name: string): ClientActivity | undefined {
    const account = this.#accounts.all.get(name);
    const jetstream = this.#jetstream.jetstreams?.accounts.get(name);
    const ledger = account?.activity;
    if (account === undefined || ledger === undefined || jetstream === undefined) return undefined;
    const findClient = (id: number) => this.#connections.find(id);
    return clientActivity({ account, ledger, jetstream, findClient });
  }

  /** Tells from time to time which streams of an account have changed. */
  watchStreams(name: string): StreamWatch {
    return new StreamWatch(() => this.#jetstream.jetstreams?.accounts.get(name));
  }

  /** Whether a client of that number is connected now, in this account. */
  isConnected(account: string, id: number): boolean {
    const client = this.#connections.find(id);
    return client !== undefined && !client.isClosed && client.accountName === account;
  }

  /** How many clients an account has. */
  accountConnections(name: string): number {
    return this.#security.accounts.gateOf(name).connectionCount;
  }

  /** What an account was told, if it was told anything. */
  accountOptions(name: string): AccountOptions | undefined {
    return this.#claimed.get(name) ?? this.#options.accounts.find((one) => one.name === name);
  }

  /** JetStream of each account that has it. */
  get jetstreams(): readonly JetStream[] {
    return [...(this.#jetstream.jetstreams?.accounts.values() ?? [])];
  }

  /** The account of that name, made if there is none. */
  account(name: string): Account {
    return this.#accounts.get(name);
  }

  /**
   * Puts a gate before subjects of an account, in the place of the one that has the same name, between two messages:
   * each is judged by the one or by the other. `undefined` takes it away. Gates outlive reloads, and their account.
   *
   * @param account - Its name; there need be none yet.
   * @throws `ENGINE_OPTION_INVALID` if its subjects can't be subjects; then nothing has changed.
   */
  setGate(account: string, name: string, gate: PublishGate | undefined): void {
    this.#accounts.setGate(account, name, gate);
  }

  /** How long things took since it was opened. */
  times(): EngineTimes {
    return this.#jetstream.times;
  }

  /** How often the gates of each account did not let a message in, or only made a note of it. */
  gateCounts(): ReadonlyMap<string, GateCounts> {
    return this.#accounts.gateCounts();
  }

  stats(): EngineStats {
    return engineStats({
      counters: this.#counters,
      connections: this.#connections.count,
      subscriptions: this.#accounts.subscriptionCount,
      store: this.#jetstream.storeStats,
    });
  }

  /**
   * Takes up options that have changed: what may be changed while the engine runs, and only if that is all that has.
   *
   * @throws `ENGINE_OPTION_INVALID`; the options before remain in force.
   */
  reload(options: EngineOptions): Promise<ReloadOutcome> {
    const outcome = this.#reloading.then(async () => {
      const after = resolveEngineOptions(options);
      const result = await reload(this.#reloadParts, this.#options, after);
      if (result.refused.length === 0) this.#options = after;
      return result;
    });
    this.#reloading = outcome.catch(() => undefined);
    return outcome;
  }

  /** Stops: takes no more connections, sends clients what waits for them, and closes. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * Stops slowly: takes no more connections, tells clients to go elsewhere, and after a while closes them one by one, at
   * random intervals, and then itself. Everything works for them until then. {@link close} cuts it short. Called again, it
   * only waits for the end.
   *
   * @throws `ENGINE_OPTION_INVALID`; nothing has happened then.
   */
  async enterLameDuck(options: LameDuckOptions = {}): Promise<void> {
    if (this.#lameDuck === undefined && this.#closing === undefined) {
      const { clock, random, logger } = this.#host;
      const lameDuck = new LameDuck(clock, random, this.#connections, options);
      this.#lameDuck = lameDuck;
      logger.info({}, "Entering lame duck mode, stop accepting new clients");
      this.#systemEvents.onLameDuck();
      this.#lettingGo = this.#doors.close().then(() => lameDuck.run());
    }
    await this.#lettingGo;
    await this.close();
  }

  /** Whether it lets its clients go, or has. */
  get isLameDuck(): boolean {
    return this.#lameDuck !== undefined;
  }

  /** Stops at once, dropping what waits for clients. */
  async destroy(): Promise<void> {
    this.#connections.destroyAll();
    await this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #makeCallout(identity: ServerIdentity): Callout {
    const { clock, random, logger } = this.#host;
    const { tags = [], limits } = this.#options;
    return new Callout({
      clock,
      random,
      logger,
      timeoutMs: limits.authTimeoutMs,
      server: () => ({
        identity,
        name: this.#info.name,
        host: this.#info.host,
        version: SERVER_VERSION,
        tags,
      }),
      describeServer: () => this.#userInfo.describeServer(),
      account: (name) => this.account(name),
    });
  }

  /** @throws `ENGINE_OPTION_INVALID` */
  #makeOperatorMode(callout: Callout): OperatorMode | undefined {
    const { auth, trustedProxies = [] } = this.#options;
    if (auth.mode !== "operator") return undefined;
    const { clock, random, logger } = this.#host;
    return new OperatorMode(auth.operator, {
      clock,
      random,
      logger,
      callout,
      serverVersion: SERVER_VERSION,
      trustedProxies,
      host: new EngineAccountHost({
        gates: () => this.#security.accounts,
        connections: this.#connections,
        logger,
        configureSubjects: (options) =>
          shareWorkable(this.#sharing, options, this.account(options.name)),
        configureJetStream: (options) => {
          this.#claimed.set(options.name, options);
          this.#jetstream.enableSoon(this.account(options.name));
        },
      }),
      account: (name) => this.account(name),
      describeServer: () => this.#userInfo.describeServer(),
    });
  }

  #jetstreamSurroundings(): JetStreamSurroundings {
    const currentOptions = (): ResolvedEngineOptions => this.#options;
    const currentSystemAccount = (): string => this.systemAccountName;
    return {
      host: this.#host,
      info: this.#info,
      accounts: this.#accounts.all,
      claimed: this.#claimed,
      operator: this.#operator,
      get systemAccountName() {
        return currentSystemAccount();
      },
      get options() {
        return currentOptions();
      },
    };
  }

  /** Lets go of an account, once nobody is in it any more; those that are always there stay. */
  async #forgetAccount(name: string): Promise<void> {
    const account = this.#accounts.all.get(name);
    const isFixed = name === globalAccountName || name === this.systemAccountName;
    if (account === undefined || isFixed) return;
    const gate = this.#security.accounts.gateOf(name);
    if (gate.connectionCount > 0) {
      gate.onEmpty = () => {
        gate.onEmpty = undefined;
        // Unless it is configured again by then.
        if (this.accountOptions(name) === undefined) void this.#forgetAccount(name);
      };
      return;
    }
    this.#accounts.delete(name);
    this.#sharing.remove(account);
    this.#security.accounts.forget(name);
    await this.#jetstream.jetstreams?.forget(account);
  }

  /** In this order: nobody new comes, what is under way ends, everybody gets the answers and goes. */
  async #close(): Promise<void> {
    const doorsClosed = this.#doors.close();
    this.#lameDuck?.stop();
    this.#jetstream.announceShutdown();
    this.#systemEvents.close();
    await this.#connections.closeAll(this.#host.clock, closeGraceMs);
    await doorsClosed;
    this.#jetstream.stop();
    this.#sharing.close();
    await this.#operator?.close();
    await this.#jetstream.closeStore();
  }
}
