import type { Clock, Logger, Random } from "@oxbow/base";
import type { DurableState, Log, LogStore } from "@oxbow/log";
import type { JetStreamOptions } from "../engine-options.ts";
import { randomConsumerName } from "../random-name.ts";
import type { Account } from "../routing/account.ts";
import type { MessageSource } from "../routing/message-source.ts";
import { hashName } from "../routing/name-hash.ts";
import type { InternalSubscription } from "../routing/subscription.ts";
import { now } from "../time/clock-time.ts";
import type { Timestamp } from "../time/timestamp.ts";
import { accountKey } from "./account-key.ts";
import {
  type AccountJetStream,
  effectiveLimits,
  nothingAllowed,
  type ReservedElsewhere,
} from "./account-limits.ts";
import { Advisories } from "./advisories.ts";
import { Api } from "./api/api.ts";
import type { ConsumerConfig } from "./config/consumer-config.ts";
import { jsError } from "./config/errors.ts";
import type { JetStreamLimits, JetStreamUsage } from "./config/limits.ts";
import type { StreamConfig } from "./config/stream-config.ts";
import { Consumer } from "./consumer/consumer.ts";
import type { StartPosition } from "./consumer/start-position.ts";
import type { IngestRoom } from "./ingest/ingest-room.ts";
import { logStatsSubscription } from "./log-stats.ts";
import { Sender } from "./sender.ts";
import type { JetStreamServices } from "./services.ts";
import type { RestoredConsumer } from "./snapshot/stream-restoration.ts";
import { type StorageLimits, StorageRoom } from "./storage-room.ts";
import { StoredNames } from "./stored-names.ts";
import { StoredStreams } from "./stored-streams.ts";
import { PublishAcks } from "./stream/publish-acks.ts";
import { Stream } from "./stream/stream.ts";
import { TurnClock } from "./turn-clock.ts";

/** Why reading from a publisher is paused. */
const PRESSURE = "journal";
/** A stream that is being restored. */
interface Restoration {
  /** Says so to the next start. */
  readonly state: DurableState;
  readonly cancel: () => void;
}

/** What JetStream needs of the engine. */
export interface JetStreamParts {
  readonly account: Account;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: LogStore;
  readonly server: JetStreamServices["server"];
  /** What the account may use. */
  readonly allowed: AccountJetStream;
  /** What the JetStreams of all accounts share. */
  readonly shared: SharedJetStream;
}

/** What the JetStreams of all accounts share. */
export interface SharedJetStream {
  /** May be replaced by others while all run. */
  options: JetStreamOptions;
  readonly ingest: IngestRoom;
  /** The account of the servers. */
  readonly systemAccount: Account | undefined;
  /** What all streams of the server may take. */
  readonly room: StorageRoom;
  /** What streams of accounts other than this one have reserved. */
  reservedElsewhere(account: string): ReservedElsewhere;
}

function storageLimitsOf({ limits = nothingAllowed }: AccountJetStream): StorageLimits {
  return limits;
}

/**
 * JetStream for one account: its streams and consumers, and the API that manages them. The streams lie in the store as
 * states `stream/<account>/<stream>` beside logs `<account>/<stream>`, consumers as `consumer/<account>/<stream>/<name>`.
 */
export class JetStream {
  readonly services: JetStreamServices;
  readonly #names: StoredNames;
  readonly #streams: Map<string, Stream> = new Map();
  readonly #paused: Set<MessageSource> = new Set();
  /** By name of the stream. */
  readonly #restorations: Map<string, Restoration> = new Map();
  readonly #shared: SharedJetStream;
  readonly #room: StorageRoom;
  #allowed: AccountJetStream;
  readonly #api: Api;
  readonly #logStats: InternalSubscription;
  #isClosed = false;

  constructor(parts: JetStreamParts) {
    const { account, clock, random, logger, store, server } = parts;
    const sender = new Sender(account);
    const { systemAccount } = parts.shared;
    const system = systemAccount === undefined ? undefined : new Sender(systemAccount);
    const { room: serverRoom, ingest } = parts.shared;
    this.#names = new StoredNames(account.name);
    this.#shared = parts.shared;
    this.#allowed = parts.allowed;
    this.#room = new StorageRoom(storageLimitsOf(parts.allowed), () => this.#streams.values());
    this.services = {
      account,
      clock,
      turnClock: new TurnClock(clock),
      random,
      logger,
      store,
      server,
      sender,
      acks: new PublishAcks(account),
      ackScope: `${server.domain ?? "_"}.${hashName(account.name)}.`,
      advisories: new Advisories(sender, clock, random, server, system),
      ingest,
      hasStorageLimit: () => serverRoom.isLimited || this.#room.isLimited,
      takeRoom: (storage, charge) => {
        if (!serverRoom.take(storage, charge)) return jsError(10023);
        if (this.#room.take(storage, charge)) return undefined;
        serverRoom.giveBack(storage, charge);
        return jsError(10002);
      },
      onPressure: ({ source }) => {
        if (source === undefined || this.#paused.has(source)) return;
        this.#paused.add(source);
        source.pauseReading(PRESSURE);
      },
      onRelief: () => this.relieve(),
      onInactive: (stream, consumer) => this.deleteConsumer(stream, consumer),
      onDamaged: (stream, sequence) => {
        logger.error({ stream: stream.name, sequence }, "a stored message is damaged");
        this.services.advisories.messageDamaged(stream.name, sequence);
      },
    };
    this.#api = new Api(this);
    this.#logStats = logStatsSubscription(this.services);
  }

  /** Brings back what the store holds of the account, and begins to serve. */
  async open(): Promise<void> {
    await new StoredStreams(this.services, this.#names, this.#streams).restore();
    this.#api.open();
    this.services.account.subscribe(this.#logStats);
  }

  /** What the account may use, in its own words. */
  get allowed(): AccountJetStream {
    return this.#allowed;
  }

  /** Lets the account use more, or less; what it has stays. */
  allow(allowed: AccountJetStream): void {
    this.#allowed = allowed;
    this.#room.setLimits(storageLimitsOf(allowed));
    for (const stream of this.#streams.values()) stream.limitsChanged();
  }

  /** What requests are held against now. */
  get limits(): JetStreamLimits {
    const elsewhere = this.#shared.reservedElsewhere(this.services.account.name);
    return effectiveLimits(this.#allowed.limits ?? nothingAllowed, this.#shared.options, elsewhere);
  }

  /** Whether requests with members that nobody knows are refused. */
  get isStrict(): boolean {
    return this.#shared.options.isStrict;
  }

  /** Requests to the API that may wait at a time. */
  get requestQueueMax(): number {
    return this.#shared.options.requestQueueMax;
  }

  get streams(): ReadonlyMap<string, Stream> {
    return this.#streams;
  }

  /** Requests to the API since the start, and how many of them were refused. */
  get apiTotal(): number {
    return this.#api.total;
  }

  get apiErrors(): number {
    return this.#api.errors;
  }

  /** The streams in the order of their names. */
  sortedStreams(): Stream[] {
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  stream(name: string): Stream | undefined {
    return this.#streams.get(name);
  }

  /** What the account's streams take, without the stream `except`. */
  usage(except?: string): JetStreamUsage {
    const usage = { streamCount: 0, memoryReserved: 0, storageReserved: 0 };
    for (const { config } of this.#streams.values()) {
      if (config.name === except) continue;
      usage.streamCount++;
      const reserved = Math.max(0, config.max_bytes);
      if (config.storage === "memory") usage.memoryReserved += reserved;
      else usage.storageReserved += reserved;
    }
    return usage;
  }

  /** Whether any stream but `except` has a subject in common with `subjects`. */
  hasOverlap(subjects: readonly string[], except: string): boolean {
    for (const stream of this.#streams.values()) {
      if (stream.name !== except && stream.overlaps(subjects)) return true;
    }
    return false;
  }

  /** Creates a stream from a configuration that was checked; durable with the next commit. */
  createStream(config: StreamConfig): Stream {
    const { services } = this;
    const { store, clock } = services;
    const created = now(clock);
    const log = store.createLog(this.#names.log(config.name), config.storage);
    if (config.first_seq > 1) log.skipTo(config.first_seq);
    const state = this.#newState(config.storage === "file", this.#names.stream(config.name));
    const stream = new Stream(services, config, created, log, state);
    this.#streams.set(config.name, stream);
    stream.start();
    services.advisories.streamAction(config.name, "create");
    return stream;
  }

  /**
   * Creates the log of a stream that is to be restored, which nobody sees before it is adopted. What a crash leaves of it
   * goes at the next start.
   *
   * @param cancel - Abandons it.
   */
  createRestoredLog(config: StreamConfig, cancel: () => void): Log {
    const { store } = this.services;
    const { name, storage } = config;
    const state = this.#newState(true, this.#names.restoration(name));
    this.#restorations.set(name, { state, cancel });
    return store.createLog(this.#names.log(name), storage);
  }

  /** Whether a stream of that name is being restored. */
  isRestoring(name: string): boolean {
    return this.#restorations.has(name);
  }

  /** Lets go of what {@link createRestoredLog} made. */
  abandonRestoredLog(name: string, log: Log): void {
    this.services.store.deleteLog(log);
    this.#endRestoration(name);
  }

  /** Makes a stream of a log that was restored, with its consumers; durable with the next commit, as a whole. */
  async adoptRestoredLog(
    config: StreamConfig,
    created: Timestamp,
    log: Log,
    consumers: readonly RestoredConsumer[],
  ): Promise<Stream> {
    const { services } = this;
    const state = this.#newState(config.storage === "file", this.#names.stream(config.name));
    const stream = new Stream(services, config, created, log, state);
    this.#streams.set(config.name, stream);
    this.#endRestoration(config.name);
    for (const { name, config, created, progress } of consumers) {
      const since = created ?? now(services.clock);
      const consumer = new Consumer(services, stream, name, config, since, progress);
      stream.addConsumer(consumer);
      consumer.start(this.#newState(consumer.isDurable, this.#names.consumer(stream.name, name)));
    }
    await stream.restoreDuplicates();
    if (this.#isClosed) return stream;
    stream.start();
    stream.reviewRetention();
    services.advisories.streamAction(config.name, "create");
    return stream;
  }

  updateStream(stream: Stream, config: StreamConfig): void {
    stream.update(config);
    this.services.advisories.streamAction(stream.name, "modify");
  }

  deleteStream(stream: Stream): void {
    // First, so that its consumers go without a thought to messages that go as well.
    stream.close();
    for (const consumer of [...stream.consumers.values()]) this.deleteConsumer(stream, consumer);
    this.#streams.delete(stream.name);
    stream.delete();
    this.services.advisories.streamAction(stream.name, "delete");
  }

  /**
   * Creates a consumer from a configuration that was checked; gives it a name if it has none. It delivers nothing before
   * it is released, which is to be when it is durable: after a crash nobody may have got messages of one that never was.
   */
  createConsumer(stream: Stream, config: ConsumerConfig, start: StartPosition): Consumer {
    const { services } = this;
    let name = config.name;
    while (name === "" || (config.name === "" && stream.consumers.has(name))) {
      name = randomConsumerName(services.random);
    }
    const consumer = Consumer.create(services, stream, name, config, now(services.clock), start);
    consumer.hold();
    stream.addConsumer(consumer);
    consumer.start(this.#newState(consumer.isDurable, this.#names.consumer(stream.name, name)));
    services.advisories.consumerAction(stream.name, name, "create");
    return consumer;
  }

  deleteConsumer(stream: Stream, consumer: Consumer): void {
    if (stream.consumers.get(consumer.name) !== consumer) return;
    stream.removeConsumer(consumer);
    consumer.delete();
    this.services.advisories.consumerAction(stream.name, consumer.name, "delete");
  }

  /** Messages became durable: their publishers are told. Returns how many are. */
  onCommitted(): number {
    return this.services.acks.send();
  }

  /** The disk failed: nobody is acknowledged any more, and nobody waits for it. */
  onFailed(): void {
    this.services.acks.clear();
    for (const stream of this.#streams.values()) {
      for (const consumer of stream.consumers.values()) consumer.onFailed();
    }
    this.relieve();
  }

  /** The disk has caught up: publishers may go on. */
  relieve(): void {
    for (const source of this.#paused) source.resumeReading(PRESSURE);
    this.#paused.clear();
  }

  /** The server is about to stop: tells those who wait for messages, while they can still be told. */
  announceShutdown(): void {
    for (const stream of this.#streams.values()) {
      for (const consumer of stream.consumers.values()) consumer.onShutdown();
    }
  }

  /** Ends all of it; what is stored stays. */
  close(): void {
    this.#isClosed = true;
    this.#api.close();
    this.services.account.unsubscribe(this.#logStats);
    for (const stream of this.#streams.values()) {
      for (const consumer of stream.consumers.values()) consumer.close();
      stream.close();
    }
    this.relieve();
  }

  /** The same while the store goes on: what is stored can be opened again, and what was in memory only is gone. */
  retire(): void {
    const { store, account } = this.services;
    for (const { cancel } of [...this.#restorations.values()]) cancel();
    this.close();
    for (const stream of this.#streams.values()) {
      if (stream.config.storage === "memory") stream.delete();
    }
    this.#streams.clear();
    const key = accountKey(account.name);
    // Of whatever kind, which is the first part.
    for (const state of store.states) if (state.key.split("/")[1] === key) state.release();
  }

  #endRestoration(name: string): void {
    this.#restorations.get(name)?.state.delete();
    this.#restorations.delete(name);
  }

  #newState(isDurable: boolean, key: string): DurableState {
    const { store } = this.services;
    // The source follows at once: whoever asks for a state adopts it before anything is committed.
    const source = { encodeSnapshot: () => {}, encodeDelta: () => {} };
    return isDurable ? store.createState(key, source) : store.createVolatileState(key, source);
  }
}
