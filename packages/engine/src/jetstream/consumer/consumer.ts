import type { ByteReader, DurableState } from "@oxbow/log";
import { encodeHeaders } from "@oxbow/wire/nats";
import { ActivityTally } from "../../activity/activity-tally.ts";
import type { MessageView } from "../../routing/message.ts";
import type { MessageSource } from "../../routing/message-source.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import { isSameInstant, type Timestamp } from "../../time/timestamp.ts";
import { offersLevel } from "../api/required-level.ts";
import { type ConsumerConfig, consumerFilters } from "../config/consumer-config.ts";
import type { JetStreamServices } from "../services.ts";
import type { Stream } from "../stream/stream.ts";
import { AckSampling } from "./ack-sampling.ts";
import { AckSubject } from "./ack-subject.ts";
import { type AcknowledgedConsumer, Acknowledgements } from "./acknowledgements.ts";
import { ConsumerAnnouncements } from "./consumer-announcements.ts";
import { ConsumerPause } from "./consumer-pause.ts";
import { ConsumerProgress } from "./consumer-progress.ts";
import { type ConsumerRecord, decodeConsumer, encodeConsumer } from "./consumer-record.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import { InactivityTimer } from "./inactivity-timer.ts";
import { MessageFeed } from "./message-feed.ts";
import type { Outlet } from "./outlet.ts";
import { PullDelivery } from "./pull-delivery.ts";
import type { PullPriority } from "./pull-priority.ts";
import { PushDelivery, type PushedConsumer } from "./push-delivery.ts";
import type { StartPosition } from "./start-position.ts";

/** Messages that are looked at for the first one that waits. */
const oldestStepsMax = 1_000;

/**
 * A consumer: its configuration, its progress through the stream, and what moves that on. A feed says which message is
 * next, an outlet sends it, a loop brings the one to the other, and acknowledgements come back.
 */
export class Consumer implements AcknowledgedConsumer, PushedConsumer, ConsumerRecord {
  /** Its own name also where the configuration has none: the server made one up. */
  readonly name: string;
  readonly created: Timestamp;
  readonly progress: ConsumerProgress;
  readonly #services: JetStreamServices;
  readonly #stream: Stream;
  readonly #feed: MessageFeed;
  readonly #outlet: Outlet;
  readonly #loop: DeliveryLoop;
  readonly #acknowledgements: Acknowledgements;
  readonly #inactivity: InactivityTimer;
  readonly #pause: ConsumerPause;
  readonly #announcements: ConsumerAnnouncements;
  readonly #sampling: AckSampling;
  readonly #members: ActivityTally;
  readonly #subscriptions: InternalSubscription[] = [];
  #config: ConsumerConfig;
  #state: DurableState | undefined;
  #isClosed = false;

  constructor(
    services: JetStreamServices,
    stream: Stream,
    name: string,
    config: ConsumerConfig,
    created: Timestamp,
    progress: ConsumerProgress,
  ) {
    const { clock } = services;
    const deliver = (): void => this.deliver();
    const onChanged = (): void => this.#state?.markDirty();
    this.#services = services;
    this.#stream = stream;
    this.#config = config;
    this.name = name;
    this.created = created;
    this.progress = progress;
    this.#members = new ActivityTally(services.account, stream.name, name);
    this.#announcements = new ConsumerAnnouncements(services, stream.name, name);
    this.#feed = new MessageFeed(services, stream.log, config, progress, {
      onReady: deliver,
      onReadyLater: () => this.#loop.runNextTurn(),
      onChanged,
      onReplaced: () => this.#state?.markReplaced(),
      onExhausted: (...exhausted) => this.#announcements.exhausted(...exhausted),
      onLost: (...lost) => this.#announcements.lost(...lost),
    });
    this.#outlet =
      config.deliver_subject === ""
        ? new PullDelivery(services, config, this.#feed, this, deliver)
        : new PushDelivery(services, config, this.#feed, this);
    const subject = new AckSubject(stream.name, name);
    this.#pause = new ConsumerPause(clock, () => this.#onResumed());
    this.#loop = new DeliveryLoop(
      services,
      stream.log,
      this.#feed,
      this.#outlet,
      subject,
      this.#pause,
      onChanged,
    );
    this.#loop.message.isHeadersOnly = config.headers_only;
    this.#sampling = new AckSampling(services.random, config.sample_freq);
    const isForAll = config.ack_policy === "all";
    this.#acknowledgements = new Acknowledgements(
      services,
      this,
      this.#feed.timer,
      subject,
      this.#sampling,
      isForAll,
    );
    this.#inactivity = new InactivityTimer(clock, {
      isInUse: () => this.#outlet.isInUse,
      workLeftMs: () => (config.deliver_subject === "" ? this.#feed.timer.lastDueInMs : 0),
      onInactive: () => services.onInactive(stream, this),
    });
  }

  /** A new consumer of a stream, at the position its configuration means. */
  static create(
    services: JetStreamServices,
    stream: Stream,
    name: string,
    config: ConsumerConfig,
    created: Timestamp,
    start: StartPosition,
  ): Consumer {
    const progress = new ConsumerProgress(start.sequence, config.ack_policy !== "none");
    progress.skips.reset(start.skipList, start.resumeSequence);
    return new Consumer(services, stream, name, config, created, progress);
  }

  get config(): ConsumerConfig {
    return this.#config;
  }

  get streamName(): string {
    return this.#stream.name;
  }

  /** The subjects it wants; none at all mean every one. */
  get filters(): readonly string[] {
    return consumerFilters(this.#config);
  }

  /** Whether the message is still to be delivered to it, or acknowledged by it. */
  needs(sequence: number, subjectId: number): boolean {
    return this.#feed.filter.matches(subjectId) && this.progress.needs(sequence);
  }

  /** Messages of the stream that it has not delivered yet, exact; those too that are not durable yet. */
  get pendingCount(): number {
    return this.#feed.pending.current;
  }

  /** Bytes of all that it has delivered since it was made or the server started. */
  get deliveredBytes(): number {
    return this.#loop.deliveredBytes;
  }

  /**
   * When the first message was stored that is not acknowledged or not delivered, as far as a few steps can tell; 0 if
   * there is none.
   */
  get oldestWaitingMs(): number {
    const { pending, shownFloor, nextSequence } = this.progress;
    if (pending.size === 0 && this.pendingCount === 0) return 0;
    const { log } = this.#stream;
    const first = Math.max(
      pending.size > 0 ? shownFloor.stream + 1 : nextSequence,
      log.firstSequence,
    );
    for (let sequence = first; sequence < first + oldestStepsMax; sequence++) {
      const subjectId = log.subjectIdOf(sequence);
      if (subjectId !== 0 && this.#feed.filter.matches(subjectId)) return log.timeOf(sequence);
      if (sequence > log.lastSequence) return 0;
    }
    return log.timeOf(first);
  }

  /** Pull requests that wait. */
  get waitingCount(): number {
    return this.#outlet.waitingCount;
  }

  /** Counts the pull requests that wait for those who made them. */
  countPulls(): void {
    this.#outlet.countPulls();
  }

  /** Who of the clients with a priority gets what; `undefined` without such a policy. */
  get priority(): PullPriority | undefined {
    return this.#outlet.priority;
  }

  /** Whether somebody subscribes to the subject that its messages are pushed to. */
  get isBound(): boolean {
    return this.#outlet.isBound;
  }

  get burstSize(): number {
    const { max_msg_size: size } = this.#stream.config;
    return size > 0 ? size : this.#services.ingest.limits.payloadMax;
  }

  /** Milliseconds until its pause is over, 0 if it is not paused. */
  get pauseLeftMs(): number {
    return this.#pause.leftMs;
  }

  /** Whether its progress survives the process. */
  get isDurable(): boolean {
    const { store } = this.#services;
    const { direct, mem_storage: isInMemory } = this.#config;
    return store.isDurable && this.#stream.config.storage === "file" && !isInMemory && !direct;
  }

  /** Whether it delivers nothing yet. */
  get isHeld(): boolean {
    return this.#loop.isHeld;
  }

  /** Lets it deliver nothing, and not go for want of use, before {@link release}. To be called before {@link start}. */
  hold(): void {
    this.#loop.isHeld = true;
  }

  /** Delivers what there is, at once: whoever created it knows of it. */
  release(): void {
    if (this.#isClosed || !this.#loop.isHeld) return;
    this.#loop.isHeld = false;
    this.#outlet.onReleased();
    this.#watchInactivity();
    this.deliver();
  }

  /** Begins to serve. `state` is where its progress is kept. */
  start(state: DurableState): void {
    this.#state = state;
    this.progress.isRecorded = this.isDurable;
    state.adopt({
      encodeSnapshot: (writer) => encodeConsumer(writer, this),
      encodeDelta: (writer) => this.progress.encodeDelta(writer),
    });
    const prefix = `${this.#stream.name}.${this.name}`;
    this.#subscribe(`$JS.API.CONSUMER.MSG.NEXT.${prefix}`, (message) => this.#onPull(message));
    // Without acks nobody listens for them, so that an ack with a reply comes back as "no responders".
    if (this.#feed.tracksAck && this.#config.ack_policy !== "flow_control") {
      const { ackScope } = this.#services;
      this.#subscribe(`$JS.ACK.${prefix}.*.*.*.*.*`, (message) => this.#onAck(message, 0));
      // Nobody is given such a subject yet, but who has it from a server that does so may use it here.
      this.#subscribe(`$JS.ACK.${ackScope}${prefix}.*.*.*.*.>`, (message) =>
        this.#onAck(message, ackScope.length),
      );
    }
    this.#pause.set(this.#config.pause_until);
    this.#feed.start();
    this.#outlet.start();
    this.#watchInactivity();
  }

  /** Takes a changed configuration, which the caller has checked. */
  update(config: ConsumerConfig): void {
    const before = this.#config;
    this.#config = config;
    this.#sampling.frequency = config.sample_freq;
    this.#feed.update(config);
    this.#outlet.update(config);
    this.#loop.message.isHeadersOnly = config.headers_only;
    this.#state?.markReplaced();
    this.#watchInactivity();
    if (!isSameInstant(config.pause_until, before.pause_until)) this.#onPauseChanged();
    this.#stream.consumerChanged(this);
    this.deliver();
  }

  /**
   * Goes on at `sequence`, or, for 0, after what is acknowledged, as if nothing had been delivered from there on.
   *
   * @returns The sequence.
   */
  reset(sequence: number): number {
    const neededFrom = this.progress.neededFrom;
    const start = sequence > 0 ? sequence : this.progress.floorStream + 1;
    this.#feed.reset(start);
    this.#state?.markReplaced();
    this.#stream.consumerChanged(this, Math.min(neededFrom, this.progress.neededFrom));
    this.deliverLater();
    return start;
  }

  /** Ends it; its progress stays in the store. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) {
      this.#services.account.unsubscribe(subscription);
    }
    this.#outlet.close();
    this.#inactivity.close();
    this.#pause.close();
    this.#loop.close();
    this.#feed.close();
  }

  /** Ends it and forgets its progress; whoever waits for messages is told. */
  delete(): void {
    this.close();
    this.#outlet.onDeleted();
    this.#state?.delete();
  }

  /** Delivers what there is to whoever waits for it. */
  deliver(): void {
    this.#loop.run();
  }

  deliverLater(): void {
    this.#loop.runNextTurn();
  }

  onInterest(): void {
    this.#watchInactivity();
  }

  onStoredUpTo(sequence: number, consumerSequence: number): void {
    this.#acknowledgements.takeAll(sequence, consumerSequence);
  }

  /** The server is about to stop: whoever waits for messages is told. */
  onShutdown(): void {
    this.#outlet.onShutdown();
  }

  /** Messages of the stream were committed. */
  onCommitted(): void {
    if (this.#feed.pending.onCommitted() && this.#outlet.isOpen) this.#loop.run();
  }

  /** Nothing is committed any more: who waits for what was to be committed is told that there is nothing. */
  onFailed(): void {
    if (this.#outlet.isOpen) this.#loop.run();
  }

  /** A message of the stream is gone. */
  onRemoved(sequence: number, subjectId: number): void {
    this.#feed.onRemoved(sequence, subjectId);
  }

  /** Many messages of the stream are gone. */
  onTruncated(): void {
    this.#feed.onTruncated();
  }

  onNext(
    reply: Buffer,
    buffer: Buffer,
    start: number,
    end: number,
    source: MessageSource | undefined,
  ): void {
    this.#outlet.onRequest(reply, buffer, start, end, this.#members.of(source));
  }

  onAcknowledged(): void {
    this.#feed.onAcknowledged();
  }

  #onPauseChanged(): void {
    this.#pause.set(this.#config.pause_until);
    this.#announcements.paused(this.#pause.isOn, this.#config.pause_until);
  }

  #onResumed(): void {
    this.#announcements.paused(this.#pause.isOn, this.#config.pause_until);
    this.deliver();
  }

  #onPull(message: MessageView): void {
    if (!message.hasReply) return;
    const start = message.payloadStart + message.headersSize;
    const reply = Buffer.from(message.replyBuffer.subarray(message.replyStart, message.replyEnd));
    if (!offersLevel(message, this.#services.server.apiLevel)) {
      const status = { code: 412, text: "Required Api Level" };
      this.#services.sender.send(reply, Buffer.alloc(0), encodeHeaders(status, []));
      return;
    }
    this.#inactivity.touch();
    const { payloadBuffer: buffer, payloadEnd: end, source } = message;
    const { waiting } = this.#stream;
    if (!waiting.isActive) {
      this.onNext(reply, buffer, start, end, source);
      return;
    }
    const body = Buffer.from(buffer.subarray(start, end));
    waiting.behind(() => {
      if (!this.#isClosed) this.onNext(reply, body, 0, body.length, source);
    });
  }

  #onAck(message: MessageView, scopeSize: number): void {
    this.#inactivity.touch();
    this.#acknowledgements.take(message, scopeSize);
  }

  /** A consumer that somebody is bound to does not go, however long nothing happens. */
  #watchInactivity(): void {
    if (this.isHeld || this.#outlet.isBound) this.#inactivity.close();
    else this.#inactivity.watch(nsToMs(this.#config.inactive_threshold));
  }

  #subscribe(subject: string, handle: (message: MessageView) => void): void {
    const subscription = new InternalSubscription(subject, handle);
    this.#subscriptions.push(subscription);
    this.#services.account.subscribe(subscription);
  }

  /** Makes a consumer of what was recovered of it; `undefined` if that can't be read. */
  static restore(
    services: JetStreamServices,
    stream: Stream,
    name: string,
    snapshot: ByteReader,
    deltas: readonly ByteReader[],
  ): Consumer | undefined {
    const record = decodeConsumer(snapshot, deltas);
    if (record === undefined) return undefined;
    const { config, created, progress } = record;
    return new Consumer(services, stream, name, config, created, progress);
  }
}
