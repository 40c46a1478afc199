import type { HistogramState, Host } from "@oxbow/base";
import { type JournalStats, LogStore } from "@oxbow/log";
import type { OperatorMode } from "./auth/jwt/operator-mode.ts";
import { globalAccountName } from "./auth/verdicts.ts";
import { JETSTREAM_API_LEVEL, SERVER_VERSION, type ServerInfo } from "./connection/server-info.ts";
import type { ResolvedEngineOptions } from "./engine-options.ts";
import {
  type AccountJetStream,
  accountJetStreamOf,
  importsJetStream,
} from "./jetstream/account-limits.ts";
import { JetStreams } from "./jetstream/jetstreams.ts";
import type { AccountOptions } from "./options/accounts.ts";
import type { Account } from "./routing/account.ts";

/** The engine around its JetStream. */
export interface JetStreamSurroundings {
  readonly host: Host;
  readonly info: ServerInfo;
  /** Accounts by name. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** What the JWTs of operators say of accounts. */
  readonly claimed: ReadonlyMap<string, AccountOptions>;
  /** Set where JWTs of operators say who may connect. */
  readonly operator: OperatorMode | undefined;
  readonly systemAccountName: string;
  /** What the engine is told now. */
  readonly options: ResolvedEngineOptions;
}

/** How long things took since the engine was opened. */
export interface EngineTimes {
  /** A write that was durable, or a sync. */
  readonly sync: HistogramState | undefined;
  /** From the first publish of a commit until its publishers are told: for each of them as long as for the first. */
  readonly publishAck: HistogramState | undefined;
}

/** JetStream of an engine, with the store behind it: opened and closed while everything else goes on. */
export class EngineJetStream {
  readonly #engine: JetStreamSurroundings;
  #store: LogStore | undefined = undefined;
  #lastStats: Readonly<JournalStats> = { commits: 0, syncs: 0, records: 0, bytes: 0 };
  #jetstreams: JetStreams | undefined = undefined;

  constructor(engine: JetStreamSurroundings) {
    this.#engine = engine;
  }

  /** JetStream of the accounts that have it; `undefined` while it is closed. */
  get jetstreams(): JetStreams | undefined {
    return this.#jetstreams;
  }

  /** What the journal did since the store was opened, also once it is closed. */
  get storeStats(): Readonly<JournalStats> {
    return this.#store?.stats ?? this.#lastStats;
  }

  /** How long it took until something was durable, and until publishers were told; `undefined` while there is nothing. */
  get times(): EngineTimes {
    return { sync: this.#store?.syncTimes, publishAck: this.#jetstreams?.ackTimes.state };
  }

  /** Why nothing is stored any more, if a write or a sync has failed. */
  get storeFailure(): Error | undefined {
    return this.#store?.failure;
  }

  /** Opens it, if the options want it, and gives every account its part. */
  async open(engineOptions: ResolvedEngineOptions): Promise<void> {
    const { jetstream: options, dataDirectory, sync, encryption, limits } = engineOptions;
    if (!options.enabled) return;
    const { host, info, operator } = this.#engine;
    const store = await LogStore.open({ directory: dataDirectory, sync, encryption }, host);
    this.#store = store;
    const { id, name } = info;
    const { domain } = options;
    const jetstreams = new JetStreams({
      host,
      store,
      server: { id, name, version: SERVER_VERSION, apiLevel: JETSTREAM_API_LEVEL, domain },
      options,
      payloadMax: limits.payloadMax,
      systemAccount: this.#engine.accounts.get(this.#engine.systemAccountName),
    });
    this.#jetstreams = jetstreams;
    await this.enableAll(engineOptions);
    // Accounts of operators are known when somebody comes; those that have streams are needed before.
    for (const key of jetstreams.storedAccountKeys) await operator?.accounts.find(key);
  }

  /** The same while everybody is served; if it can't be opened, that goes on without. */
  async switchOn(engineOptions: ResolvedEngineOptions): Promise<void> {
    const { host, info } = this.#engine;
    try {
      await this.open(engineOptions);
      info.hasJetStream = true;
    } catch (error) {
      const { message } = error as Error;
      host.logger.error({ error: message }, "JetStream can't be opened");
      await this.switchOff();
    }
  }

  /** Closes it while everybody is served. What is stored stays, and is there again when it is opened again. */
  async switchOff(): Promise<void> {
    this.#engine.info.hasJetStream = false;
    this.announceShutdown();
    this.stop();
    this.#jetstreams = undefined;
    await this.closeStore();
  }

  /** Tells everybody that it is going to stop. */
  announceShutdown(): void {
    this.#jetstreams?.announceShutdown();
  }

  /** Answers nothing any more. */
  stop(): void {
    this.#jetstreams?.close();
  }

  async closeStore(): Promise<void> {
    const store = this.#store;
    if (store === undefined) return;
    this.#lastStats = store.stats;
    this.#store = undefined;
    await store.close();
    this.#lastStats = store.stats;
  }

  /** Gives each account what `options` let it use of JetStream. */
  async enableAll(options: ResolvedEngineOptions): Promise<void> {
    for (const account of [...this.#engine.accounts.values()]) await this.#enable(account, options);
  }

  /**
   * The same for one that came, or changed, while the engine runs; one without stored streams has it within the turn.
   */
  enableSoon(account: Account): void {
    this.#enable(account, this.#engine.options).catch((error: Error) => {
      const { logger } = this.#engine.host;
      logger.error({ account: account.name, error: error.message }, "JetStream can't be opened");
    });
  }

  /** Gives an account what it may use of JetStream, or tells it that it has none. */
  async #enable(account: Account, options: ResolvedEngineOptions): Promise<void> {
    const { name } = account;
    const { operator, claimed } = this.#engine;
    const own =
      operator === undefined
        ? options.accounts.find((each) => each.name === name)
        : claimed.get(name);
    // Its name here, whatever its options call it.
    const said = { ...own, name };
    const allowed = this.#allowed(said, options);
    await this.#jetstreams?.configure(account, allowed, importsJetStream(said));
  }

  #allowed(own: AccountOptions, options: ResolvedEngineOptions): AccountJetStream | undefined {
    const { systemAccountName, operator } = this.#engine;
    const { name } = own;
    if (name === systemAccountName) return undefined;
    if (operator !== undefined) return accountJetStreamOf(own, false);
    const { accounts } = options;
    // Where nobody has configured accounts, everything is in the global one.
    const usual: readonly string[] = [globalAccountName, systemAccountName];
    const isDefault =
      name === globalAccountName && accounts.every((each) => usual.includes(each.name));
    return accountJetStreamOf(own, isDefault);
  }
}
