import type { DurableState, Log } from "@oxbow/log";
import type { MessageView } from "../../routing/message.ts";
import { subjectsOverlap } from "../../subjects/subject.ts";
import { compileTransform, type SubjectTransform } from "../../subjects/subject-transform.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { accountKey } from "../account-key.ts";
import type { JsApiError } from "../config/errors.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import type { Consumer } from "../consumer/consumer.ts";
import { AtomicBatches } from "../ingest/atomic-batches.ts";
import { CounterTotals } from "../ingest/counter-totals.ts";
import { FastBatches } from "../ingest/fast-batches.ts";
import { type IngestContext, isPlain } from "../ingest/ingest-context.ts";
import { WaitingLine } from "../ingest/waiting-line.ts";
import { Schedules } from "../schedule/schedules.ts";
import type { JetStreamServices } from "../services.ts";
import { Sourcing } from "../sourcing/sourcing.ts";
import { ConsumedRetention } from "./consumed-retention.ts";
import { DeleteMarkers } from "./delete-markers.ts";
import { DirectGet } from "./direct-get.ts";
import { DuplicateWindow } from "./duplicate-window.ts";
import { Expiry } from "./expiry.ts";
import { logLimits } from "./log-limits.ts";
import { readMessageIds } from "./message-ids.ts";
import { ackPrefixOf, type PublishAcks } from "./publish-acks.ts";
import { Republisher } from "./republisher.ts";
import { ingestHeld } from "./stream-ingest.ts";
import { encodeStreamState } from "./stream-state.ts";
import { StreamSubscription } from "./stream-subscription.ts";

/**
 * A stream: its configuration, its log, the subscriptions through which messages come in, and its consumers.
 * Its state in the store is its configuration; what is in the log is the log's.
 */
export class Stream implements IngestContext {
  readonly name: string;
  readonly created: Timestamp;
  readonly log: Log;
  readonly consumers: Map<string, Consumer> = new Map();
  readonly acks: PublishAcks;
  readonly ackPrefix: Buffer;
  readonly isAsync: boolean;
  readonly clock: JetStreamServices["clock"];
  readonly turnClock: JetStreamServices["turnClock"];
  readonly store: JetStreamServices["store"];
  readonly sender: JetStreamServices["sender"];
  readonly duplicates: DuplicateWindow;
  readonly ingestRoom: JetStreamServices["ingest"];
  readonly advisories: JetStreamServices["advisories"];
  readonly apiLevel: number;
  readonly waiting: WaitingLine;
  readonly atomicBatches: AtomicBatches;
  readonly fastBatches: FastBatches;
  readonly counters: CounterTotals | undefined;
  lastMessageId = "";
  isPlain = false;
  inputTransform: SubjectTransform | undefined;
  republisher: Republisher | undefined;
  schedules: Schedules | undefined;
  /** The streams that this one feeds on. */
  readonly sourcing: Sourcing;
  readonly #services: JetStreamServices;
  readonly #state: DurableState;
  /** What the log has read of its journal does not count as stored now. */
  readonly #openedBytes: number;
  #config: StreamConfig;
  #subscriptions: StreamSubscription[] = [];
  /** Unless it keeps messages up to its limits, whatever consumers say. */
  #retention: ConsumedRetention | undefined;
  #directGet: DirectGet | undefined;
  readonly #expiry: Expiry;
  #isClosed = false;

  constructor(
    services: JetStreamServices,
    config: StreamConfig,
    created: Timestamp,
    log: Log,
    state: DurableState,
  ) {
    this.#services = services;
    this.#config = config;
    this.name = config.name;
    this.created = created;
    this.log = log;
    this.#state = state;
    this.#openedBytes = log.addedBytes;
    this.acks = services.acks;
    this.ackPrefix = ackPrefixOf(config.name, services.server.domain);
    this.isAsync = config.persist_mode === "async";
    this.clock = services.clock;
    this.turnClock = services.turnClock;
    this.store = services.store;
    this.sender = services.sender;
    this.ingestRoom = services.ingest;
    this.advisories = services.advisories;
    this.apiLevel = services.server.apiLevel;
    this.atomicBatches = new AtomicBatches(this);
    this.fastBatches = new FastBatches(this);
    this.waiting = new WaitingLine((message) => ingestHeld(this, message), services.onRelief);
    this.counters = config.allow_msg_counter
      ? new CounterTotals(log, services.ingest.limits.batch.messagesMax)
      : undefined;
    this.#prepareIngest();
    this.#retain();
    this.#expiry = new Expiry(log, services.clock);
    const windowMs = nsToMs(config.duplicate_window);
    this.duplicates = new DuplicateWindow(services.clock, windowMs, () => log.firstSequence);
    this.sourcing = new Sourcing(services, this);
    state.adopt({
      encodeSnapshot: (writer) => encodeStreamState(writer, this.#config, this.created),
      encodeDelta: (writer) => encodeStreamState(writer, this.#config, this.created),
    });
    log.listener = {
      onCommitted: () => this.#onCommitted(),
      onRemoved: (sequence, subjectId) => this.#onRemoved(sequence, subjectId),
      onTruncated: () => this.#onTruncated(),
      onDamaged: (sequence) => services.onDamaged(this, sequence),
    };
  }

  /** Bytes of messages that were stored since it was made or the server started. */
  get storedBytes(): number {
    return this.log.addedBytes - this.#openedBytes;
  }

  get config(): StreamConfig {
    return this.#config;
  }

  /** Begins to take messages: applies the limits, and subscribes. */
  start(): void {
    this.log.isCompressed = this.#config.compression === "s2";
    this.log.setLimits(logLimits(this.#config));
    this.#subscribe();
    this.#expire();
    this.#schedule();
    this.sourcing.configure(this.#config);
  }

  /** Finds the message ids of the duplicate window in the log, after a restart. */
  async restoreDuplicates(): Promise<void> {
    const { log, duplicates } = this;
    const fromMs = this.clock.nowMs() - nsToMs(this.#config.duplicate_window);
    this.lastMessageId = await readMessageIds(log, fromMs, duplicates);
  }

  /** Changes the configuration, which the caller has checked. */
  update(config: StreamConfig): void {
    const isRetainedOtherwise = config.retention !== this.#config.retention;
    this.#config = config;
    if (!config.allow_atomic) this.atomicBatches.clear();
    if (!config.allow_batched) this.fastBatches.clear();
    this.#prepareIngest();
    this.duplicates.windowMs = nsToMs(config.duplicate_window);
    this.log.isCompressed = config.compression === "s2";
    this.log.setLimits(logLimits(config));
    this.#unsubscribe();
    this.#subscribe();
    this.#expire();
    this.#schedule();
    this.sourcing.configure(config);
    this.#state.markReplaced();
    if (!isRetainedOtherwise) return;
    this.#retain();
    this.reviewRetention();
  }

  addConsumer(consumer: Consumer): void {
    this.consumers.set(consumer.name, consumer);
    consumer.progress.onSettled = this.#retention?.release;
    this.#retention?.onChanged(this.log.lastSequence + 1);
    this.#watchCommits();
  }

  /**
   * A consumer wants other messages than before, or begins elsewhere.
   *
   * @param sequence - Below this, it needed no message before and needs none now.
   */
  consumerChanged(consumer: Consumer, sequence: number = consumer.progress.neededFrom): void {
    this.#retention?.onChanged(sequence);
  }

  /** Its consumers that clients get to see: without those that feed streams elsewhere. A new array. */
  get publicConsumers(): Consumer[] {
    return [...this.consumers.values()].filter(({ config }) => !config.direct);
  }

  /** How many consumers count against limits. */
  get limitedConsumerCount(): number {
    let count = 0;
    for (const { config } of this.consumers.values()) {
      if (!config.direct && !config.sourcing) count++;
    }
    return count;
  }

  removeConsumer(consumer: Consumer): void {
    this.consumers.delete(consumer.name);
    consumer.progress.onSettled = undefined;
    this.#retention?.onDeleted(consumer.progress.neededFrom);
    this.#watchCommits();
  }

  /** Its consumers are there again after a restart: what none of them needs goes. */
  reviewRetention(): void {
    this.#retention?.review(this.log.firstSequence);
  }

  isWanted({ subjectBuffer, subjectStart, subjectEnd }: MessageView): boolean {
    return this.#retention?.isWanted(subjectBuffer, subjectStart, subjectEnd) ?? true;
  }

  /** Whether any of its subjects overlaps with any of `subjects`. */
  overlaps(subjects: readonly string[]): boolean {
    return this.#config.subjects.some((own) =>
      subjects.some((other) => subjectsOverlap(own, other)),
    );
  }

  /** Ends it: nothing is taken any more, timers end. Its data stays. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsubscribe();
    this.#expiry.close();
    this.#retention?.close();
    this.#retention = undefined;
    this.republisher?.close();
    this.schedules?.close();
    this.sourcing.close();
    this.duplicates.close();
    this.waiting.close();
    this.atomicBatches.clear();
    this.fastBatches.clear();
    this.log.listener = undefined;
  }

  /** Ends it and removes its configuration and messages, durably with the next commit. */
  delete(): void {
    this.close();
    this.schedules?.delete();
    this.sourcing.delete();
    this.#state.delete();
    this.store.deleteLog(this.log);
  }

  takeRoom(charge: number): JsApiError | undefined {
    return this.#services.takeRoom(this.#config.storage, charge);
  }

  onPressure(message: MessageView): void {
    this.#services.onPressure(message);
  }

  #onCommitted(): void {
    this.republisher?.flush();
    for (const consumer of this.consumers.values()) consumer.onCommitted();
    this.#expiry.onCommitted();
  }

  /** A stream without consumers whose messages do not expire and are not republished has nothing to do when some are committed. */
  #watchCommits(): void {
    const { max_age: maxAge, allow_msg_ttl: allowsTtl } = this.#config;
    const canExpire = maxAge > 0n || allowsTtl;
    this.log.reportsCommits =
      this.consumers.size > 0 || canExpire || this.republisher !== undefined;
  }

  /** What the account or the server may store has changed. */
  limitsChanged(): void {
    this.isPlain = isPlain(this.#config, this.ingestRoom) && !this.#services.hasStorageLimit();
  }

  /** Takes messages in the way the configuration says. */
  #prepareIngest(): void {
    const { subject_transform: transform, republish } = this.#config;
    const { account, random } = this.#services;
    this.limitsChanged();
    this.inputTransform =
      transform === null || transform.dest === ""
        ? undefined
        : compileTransform(transform.src, transform.dest, random);
    if (republish !== null) {
      const { name: streamName, log, clock } = this;
      this.republisher ??= new Republisher({ streamName, log, account, clock, random });
    }
    this.republisher?.configure(republish);
  }

  /** Keeps messages in the way the configuration says. */
  #retain(): void {
    const { retention } = this.#config;
    this.#retention?.close();
    this.#retention =
      retention === "limits"
        ? undefined
        : new ConsumedRetention(this.log, this.clock, this.consumers, retention);
    for (const { progress } of this.consumers.values()) {
      progress.onSettled = this.#retention?.release;
    }
  }

  #onRemoved(sequence: number, subjectId: number): void {
    this.schedules?.onRemoved(sequence);
    for (const consumer of this.consumers.values()) consumer.onRemoved(sequence, subjectId);
  }

  #onTruncated(): void {
    this.schedules?.onTruncated();
    for (const consumer of this.consumers.values()) consumer.onTruncated();
  }

  #subscribe(): void {
    const { account } = this.#services;
    for (const subject of this.#config.subjects) {
      const subscription = new StreamSubscription(subject, this, account);
      this.#subscriptions.push(subscription);
      account.subscribe(subscription);
    }
    if (this.#config.allow_direct) {
      this.#directGet = new DirectGet(this, this.#services);
      this.#directGet.open();
    }
  }

  #unsubscribe(): void {
    for (const subscription of this.#subscriptions) {
      this.#services.account.unsubscribe(subscription);
    }
    this.#subscriptions = [];
    this.#directGet?.close();
    this.#directGet = undefined;
  }

  /** Ends messages in time, in the way the configuration says. */
  #expire(): void {
    const { subject_delete_marker_ttl: markerNs } = this.#config;
    this.#watchCommits();
    this.#expiry.start(markerNs > 0n ? new DeleteMarkers(this, markerNs) : undefined);
  }

  /** Fires schedules. Where they are allowed from now on, there may be some already, from a stream that this one followed. */
  #schedule(): void {
    if (!this.#config.allow_msg_schedules) return;
    if (this.schedules !== undefined) {
      this.schedules.start();
      return;
    }
    const { store, clock, log, name } = this;
    const key = `schedules/${accountKey(this.#services.account.name)}/${name}`;
    const isKnown = store.state(key) !== undefined;
    const nothing = { encodeSnapshot: () => {}, encodeDelta: () => {} };
    const state =
      this.#config.storage === "file"
        ? (store.state(key) ?? store.createState(key, nothing))
        : undefined;
    this.schedules = new Schedules(this, clock, state);
    if (isKnown || log.count === 0) this.schedules.start();
    else this.#rebuildSchedules(this.schedules);
  }

  #rebuildSchedules(schedules: Schedules): void {
    schedules.rebuild().catch((error: Error) => {
      const { name: stream } = this;
      this.#services.logger.error({ stream, error: error.message }, "schedules can't be read");
    });
  }
}
