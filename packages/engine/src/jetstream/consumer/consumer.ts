import type { Timer } from "@oxbow/base";
import { type ByteReader, type ByteWriter, type DurableState, RecordView } from "@oxbow/log";
import { appendHeaders } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import {
  type ConsumerConfig,
  consumerFilters,
  decodeConsumerConfig,
  encodeConsumerConfig,
} from "../config/consumer-config.ts";
import { nsToMs } from "../config/duration.ts";
import { checkPullRequest, type PullRefusal, parsePullRequest } from "../config/pull-request.ts";
import type { Timestamp } from "../config/timestamp.ts";
import type { JetStreamServices } from "../services.ts";
import type { Stream } from "../stream/stream.ts";
import { SubjectFilter } from "../stream/subject-search.ts";
import { AckSubject } from "./ack-subject.ts";
import { AckTimer } from "./ack-timer.ts";
import { type AcknowledgedConsumer, Acknowledgements } from "./acknowledgements.ts";
import { ConsumerProgress } from "./consumer-progress.ts";
import { InactivityTimer } from "./inactivity-timer.ts";
import { PendingCount } from "./pending-count.ts";
import { PullQueue, type WaitingRequest } from "./pull-queue.ts";
import { PullReplies } from "./pull-replies.ts";
import { ReplayPacer } from "./replay-pacer.ts";
import type { StartPosition } from "./start-position.ts";

const FORMAT = 1;
/** Deliveries in one go before others get their turn: a long backlog must not hold up the loop. */
const DELIVERIES_PER_TURN_MAX = 1024;
/** How long to wait after the disk could not be read before it is asked again. */
const LOAD_RETRY_MS = 1_000;

/** A consumer: its configuration, its progress through the stream, and the pull requests it serves. */
export class Consumer implements AcknowledgedConsumer {
  /** Its own name also where the configuration has none: the server made one up. */
  readonly name: string;
  readonly created: Timestamp;
  readonly progress: ConsumerProgress;
  readonly waiting: PullQueue;
  readonly #services: JetStreamServices;
  readonly #stream: Stream;
  #config: ConsumerConfig;
  #filter: SubjectFilter;
  readonly #tracksAck: boolean;
  #state: DurableState | undefined;
  readonly #ackSubject: AckSubject;
  readonly #ackTimer: AckTimer;
  readonly #record = new RecordView();
  readonly #message = new MessageView();
  readonly #acknowledgements: Acknowledgements;
  readonly #pending: PendingCount;
  readonly #replies: PullReplies;
  readonly #inactivity: InactivityTimer;
  readonly #subscriptions: InternalSubscription[] = [];
  #sweepTimer: Timer | undefined;
  #isDelivering = false;
  #isTurnScheduled = false;
  /** Whether somebody asked for deliveries during one. */
  #isAskedAgain = false;
  /** For `replay_policy: original`. */
  readonly #pacer: ReplayPacer | undefined;
  /** Runs while nothing new is delivered: in a pause of the replay, or after the disk could not be read. */
  #pauseTimer: Timer | undefined;
  /** Whether a delivery had to wait because too many messages are pending. */
  #wasHeldUp = false;
  #isLoading = false;
  #isClosed = false;

  constructor(
    services: JetStreamServices,
    stream: Stream,
    name: string,
    config: ConsumerConfig,
    created: Timestamp,
    progress: ConsumerProgress,
  ) {
    this.#services = services;
    this.#stream = stream;
    this.#config = config;
    this.name = name;
    this.created = created;
    this.progress = progress;
    this.#filter = new SubjectFilter(stream.log, consumerFilters(config));
    this.#tracksAck = config.ack_policy !== "none";
    this.waiting = new PullQueue(services.account, config.max_waiting);
    this.#pacer =
      config.replay_policy === "original" ? new ReplayPacer(stream.log.lastSequence) : undefined;
    this.#ackSubject = new AckSubject(stream.name, name);
    this.#ackTimer = new AckTimer(services.clock, progress, config, {
      onRedeliver: () => this.deliver(),
      onExhausted: (sequence, deliveries) => this.#onExhausted(sequence, deliveries),
    });
    const isForAll = config.ack_policy === "all";
    this.#acknowledgements = new Acknowledgements(
      services,
      this,
      this.#ackTimer,
      this.#ackSubject,
      isForAll,
    );
    this.#pending = new PendingCount(stream.log, progress, this.#filter);
    this.#replies = new PullReplies(services.sender, progress);
    this.#inactivity = new InactivityTimer(services.clock, {
      isInUse: () => {
        this.#sweep(false);
        return this.waiting.length > 0;
      },
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
    return this.#filter.matches(subjectId) && this.progress.needs(sequence);
  }

  /** Messages of the stream that it has not delivered yet, exact. */
  get pendingCount(): number {
    return this.#pending.value;
  }

  /** Whether its progress survives the process. */
  get isDurable(): boolean {
    const { store } = this.#services;
    return store.isDurable && this.#stream.config.storage === "file" && !this.#config.mem_storage;
  }

  /** Begins to serve. `state` is where its progress is kept. */
  start(state: DurableState): void {
    this.#state = state;
    this.progress.isRecorded = this.isDurable;
    state.adopt({
      encodeSnapshot: (writer) => this.#encode(writer),
      encodeDelta: (writer) => this.progress.encodeDelta(writer),
    });
    this.#forgetRemoved();
    this.#pending.recount();
    const prefix = `${this.#stream.name}.${this.name}`;
    this.#subscribe(`$JS.API.CONSUMER.MSG.NEXT.${prefix}`, (message) => this.#onPull(message));
    // Without acks nobody listens for them, so that an ack with a reply comes back as "no responders".
    if (this.#tracksAck) this.#subscribe(`$JS.ACK.${prefix}.>`, (message) => this.#onAck(message));
    this.#ackTimer.arm();
    this.#inactivity.watch(nsToMs(this.#config.inactive_threshold));
  }

  /** Takes a changed configuration, which the caller has checked. */
  update(config: ConsumerConfig): void {
    this.#config = config;
    this.#filter = new SubjectFilter(this.#stream.log, consumerFilters(config));
    this.#ackTimer.update(config);
    this.#ackTimer.arm();
    this.#pending.filter = this.#filter;
    this.#state?.markReplaced();
    this.#inactivity.watch(nsToMs(config.inactive_threshold));
    this.#stream.consumerChanged(this);
    this.deliver();
  }

  /** Ends it; its progress stays in the store. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) {
      this.#services.account.unsubscribe(subscription);
    }
    this.#sweepTimer?.cancel();
    this.#inactivity.close();
    this.#pauseTimer?.cancel();
    this.#ackTimer.close();
  }

  /** Ends it and forgets its progress; whoever waits for messages is told. */
  delete(): void {
    this.close();
    for (const { reply } of this.waiting.drain()) {
      this.#replies.status(reply, 409, "Consumer Deleted");
    }
    this.#state?.delete();
  }

  /** Messages of the stream were committed. */
  onCommitted(): void {
    this.#pending.onCommitted();
    if (this.waiting.length > 0) this.deliver();
  }

  /** A message of the stream is gone. */
  onRemoved(sequence: number, subjectId: number): void {
    if (this.progress.isAwaited(sequence)) this.#pending.lost(sequence, subjectId);
    else this.#forget(sequence);
  }

  /** Many messages of the stream are gone. */
  onTruncated(): void {
    this.#forgetRemoved();
    this.progress.skipTo(this.#stream.log.firstSequence);
    this.#pending.recount();
    this.#touched();
  }

  /** Delivers what there is to whoever waits for it. */
  readonly deliver = (): void => {
    if (this.#isLoading || this.#isClosed) return;
    if (this.#isDelivering) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isDelivering = true;
    let isAtEnd = false;
    let left = DELIVERIES_PER_TURN_MAX;
    while (this.waiting.length > 0 && !isAtEnd) {
      if (left-- === 0) {
        this.#deliverNextTurn();
        break;
      }
      isAtEnd = !this.#deliverOne();
    }
    if (this.progress.isDirty) this.#touched();
    const isWaiting = this.#isLoading || this.#isStalled || this.#pauseTimer !== undefined;
    if (!this.#isClosed) this.#sweep(isAtEnd && !isWaiting);
    this.#isDelivering = false;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.#deliverNextTurn();
  };

  /** Whether as many messages are pending as may be. */
  get #isStalled(): boolean {
    const max = this.#config.max_ack_pending;
    return this.#tracksAck && max > 0 && this.progress.pending.size >= max;
  }

  /** Delivers one message to the first request; false if there is none to deliver now. */
  #deliverOne(): boolean {
    const redelivery = this.#nextRedelivery();
    const sequence = redelivery === 0 ? this.#nextNew() : redelivery;
    if (sequence === 0) return false;
    const result = this.#stream.log.read(sequence, this.#record);
    if (result === "pending") {
      this.#load(sequence);
      return false;
    }
    if (result !== "ready") {
      this.#passOver(sequence, redelivery !== 0);
      return true;
    }
    const deliveries = redelivery === 0 ? 1 : this.progress.deliveriesOf(sequence) + 1;
    return this.#send(sequence, deliveries);
  }

  /** The next message that has to be delivered again, 0 if there is none. */
  #nextRedelivery(): number {
    const { max_deliver: max } = this.#config;
    for (;;) {
      const sequence = this.#ackTimer.nextRedelivery;
      if (sequence === 0) return 0;
      const deliveries = this.progress.deliveriesOf(sequence);
      if (max <= 0 || deliveries < max) return sequence;
      this.#onExhausted(sequence, deliveries);
    }
  }

  /** The next message that was never delivered, 0 if there is none or too many are pending. */
  #nextNew(): number {
    const { progress } = this;
    if (this.#isStalled) {
      this.#wasHeldUp = true;
      return 0;
    }
    const { log } = this.#stream;
    if (progress.skips.length > 0) return this.#paced(progress.skips.first);
    if (progress.nextSequence > log.committedSequence) return 0;
    const sequence = this.#filter.isAll
      ? log.nextSequence(progress.nextSequence)
      : log.nextMatching(progress.nextSequence, this.#filter.matches);
    if (sequence > log.committedSequence) {
      // Nothing here is for this consumer: not to be looked at again.
      progress.skipTo(log.committedSequence + 1);
      return 0;
    }
    return this.#pacer === undefined ? sequence : this.#paced(sequence);
  }

  /** The sequence, or 0 if the pause before it is not over yet. */
  #paced(sequence: number): number {
    const { clock } = this.#services;
    const timeMs = this.#stream.log.timeOf(sequence);
    const delayMs = this.#pacer?.delayMs(sequence, timeMs, clock.monotonicMs()) ?? 0;
    if (delayMs <= 0) return sequence;
    this.#pause(delayMs);
    return 0;
  }

  #pause(delayMs: number): void {
    this.#pauseTimer ??= this.#services.clock.setTimer(delayMs, () => {
      this.#pauseTimer = undefined;
      this.deliver();
    });
  }

  /** Sends the message that `#record` points at; false if nobody is there to take it. */
  #send(sequence: number, deliveries: number): boolean {
    const record = this.#record;
    const { progress } = this;
    this.#ackSubject.write(
      deliveries,
      sequence,
      progress.deliveredConsumer + 1,
      record.timestampSeconds,
      record.timestampNanos,
      deliveries === 1 ? Math.max(0, this.#pending.value - 1) : this.#pending.value,
    );
    this.#fillMessage();
    const message = this.#message;
    const size =
      message.subjectEnd -
      message.subjectStart +
      this.#ackSubject.end +
      message.payloadEnd -
      message.payloadStart;
    for (let request = this.waiting.first; request !== undefined; request = this.waiting.first) {
      if (request.hasBytesLimit && size > request.bytesLeft) {
        this.#replies.ended(request, 409, "Message Size Exceeds MaxBytes");
        this.waiting.shift();
        continue;
      }
      const { reply } = request;
      if (this.#services.account.publishTo(reply, 0, reply.length, message) === 0) {
        this.waiting.shift();
        continue;
      }
      this.#delivered(sequence, deliveries);
      this.#served(request, size);
      return true;
    }
    return false;
  }

  /** Points the message at the record; without its payload if only headers are wanted. */
  #fillMessage(): void {
    const record = this.#record;
    const message = this.#message;
    message.setSubject(record.bytes, record.subjectStart, record.subjectEnd);
    message.setReply(this.#ackSubject.bytes, 0, this.#ackSubject.end);
    if (!this.#config.headers_only) {
      message.setPayload(record.bytes, record.bodyStart, record.bodyEnd, record.headersSize);
      return;
    }
    const headersEnd = record.bodyStart + record.headersSize;
    const headers = appendHeaders(record.bytes, record.bodyStart, headersEnd, [
      ["Nats-Msg-Size", String(record.bodyEnd - headersEnd)],
    ]);
    message.setPayload(headers, 0, headers.length, headers.length);
  }

  #delivered(sequence: number, deliveries: number): void {
    const nowMs = this.#services.clock.nowMs();
    this.progress.deliver(sequence, deliveries, nowMs);
    if (deliveries === 1) {
      this.#pending.value--;
      this.#pacer?.delivered(this.#stream.log.timeOf(sequence), this.#services.clock.monotonicMs());
    } else {
      this.#ackTimer.forget(sequence);
    }
    if (this.#tracksAck) this.#ackTimer.delivered(deliveries);
  }

  /** Counts a delivery on the request it went to, and ends the request when it is filled. */
  #served(request: WaitingRequest, size: number): void {
    request.delivered++;
    request.left--;
    if (request.hasBytesLimit) {
      request.bytesLeft -= size;
      if (request.bytesLeft === 0) request.left = 0;
    }
    if (request.heartbeatMs > 0) {
      request.heartbeatAtMs = this.#services.clock.monotonicMs() + request.heartbeatMs;
    }
    if (request.left > 0) {
      this.waiting.rotate();
      return;
    }
    this.waiting.shift();
    if (request.bytesLeft > 0) this.#replies.ended(request, 409, "Batch Completed");
  }

  /** Leaves out a message that is gone or damaged. */
  #passOver(sequence: number, isRedelivery: boolean): void {
    if (isRedelivery) {
      this.#forget(sequence);
      return;
    }
    // What is damaged is still counted by the log, and so is here; what is gone was taken out when it went.
    const subjectId = this.#stream.log.subjectIdOf(sequence);
    if (subjectId !== 0) this.#pending.lost(sequence, subjectId);
    this.progress.skipTo(sequence + 1);
  }

  /** Waits no more for a message that is gone. */
  #forget(sequence: number): void {
    this.#ackTimer.forget(sequence);
    if (!this.progress.ack(sequence, this.#services.clock.nowMs())) return;
    this.#touched();
    // Not at once: whoever removed the message may be in the middle of a change to the log.
    if (this.#wasHeldUp) this.#deliverNextTurn();
  }

  #forgetRemoved(): void {
    const { log } = this.#stream;
    const { pending, deliveries } = this.progress;
    for (const sequence of [...pending.keys(), ...deliveries.keys()]) {
      if (log.subjectIdOf(sequence) === 0) this.#forget(sequence);
    }
  }

  #load(sequence: number): void {
    this.#isLoading = true;
    this.#stream.log.load(sequence, (error) => {
      this.#isLoading = false;
      if (this.#isClosed) return;
      if (error === null) {
        this.deliver();
        return;
      }
      this.#services.logger.error({ consumer: this.name, sequence }, error.message);
      this.#pause(LOAD_RETRY_MS);
    });
  }

  #deliverNextTurn(): void {
    if (this.#isTurnScheduled) return;
    this.#isTurnScheduled = true;
    this.#services.clock.afterTurn(() => {
      this.#isTurnScheduled = false;
      this.deliver();
    });
  }

  #onPull(message: MessageView): void {
    if (!message.hasReply) return;
    const start = message.payloadStart + message.headersSize;
    const reply = Buffer.from(message.replyBuffer.subarray(message.replyStart, message.replyEnd));
    this.#inactivity.touch();
    this.onNext(reply, message.payloadBuffer, start, message.payloadEnd);
  }

  /** Takes the pull request in `[start, end)`, answered on `reply`, whose bytes are kept. */
  onNext(reply: Buffer, buffer: Buffer, start: number, end: number): void {
    const request = parsePullRequest(buffer, start, end);
    const refusal = request.kind === "refusal" ? request : checkPullRequest(request, this.#config);
    if (refusal !== undefined || request.kind === "refusal") {
      const { status, description } = refusal as PullRefusal;
      this.#replies.status(reply, status, description);
      return;
    }
    const nowMs = this.#services.clock.monotonicMs();
    if (this.waiting.isFull) this.waiting.sweep(nowMs, false, this.#replies);
    if (request.noWait) {
      const available = this.pendingCount + this.#ackTimer.redeliveryCount;
      if (available === 0 && request.expiresMs <= 0) {
        this.#replies.status(reply, 404, "No Messages");
        return;
      }
      if (available > 0 && available < this.waiting.wanted) {
        this.#replies.status(reply, 408, "Requests Pending");
        return;
      }
    }
    if (this.waiting.isFull) {
      // A client with heartbeats notices by itself; a refusal would only make it ask again at once.
      if (request.heartbeatMs <= 0) this.#replies.status(reply, 409, "Exceeded MaxWaiting");
      return;
    }
    this.waiting.add(reply, request, nowMs);
    this.deliver();
  }

  #onAck(message: MessageView): void {
    this.#inactivity.touch();
    this.#acknowledgements.take(message);
  }

  /** Deliveries were acknowledged: there may be room for others. */
  onAcknowledged(): void {
    this.#touched();
    if (!this.#wasHeldUp || this.#isStalled) return;
    this.#wasHeldUp = false;
    this.deliver();
  }

  #onExhausted(sequence: number, deliveries: number): void {
    this.#ackTimer.forget(sequence);
    this.progress.exhaust(sequence, deliveries);
    this.#touched();
    if (this.#wasHeldUp) this.#deliverNextTurn();
    this.#services.advisories.maxDeliveries(this.streamName, this.name, sequence, deliveries);
  }

  #touched(): void {
    this.#state?.markDirty();
  }

  #sweep(isAtEnd: boolean): void {
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
    if (this.waiting.length === 0) return;
    const nowMs = this.#services.clock.monotonicMs();
    const nextMs = this.waiting.sweep(nowMs, isAtEnd, this.#replies);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#sweepTimer = this.#services.clock.setTimer(Math.max(1, nextMs - nowMs), this.deliver);
  }

  #subscribe(subject: string, handle: (message: MessageView) => void): void {
    const subscription = new InternalSubscription(subject, handle);
    this.#subscriptions.push(subscription);
    this.#services.account.subscribe(subscription);
  }

  #encode(writer: ByteWriter): void {
    writer.integer(FORMAT);
    writer.blob(encodeConsumerConfig(this.#config));
    writer.integer(this.created.seconds);
    writer.integer(this.created.nanos);
    this.progress.encodeSnapshot(writer);
  }

  /** Makes a consumer of what was recovered of it; `undefined` if that can't be read. */
  static restore(
    services: JetStreamServices,
    stream: Stream,
    name: string,
    snapshot: ByteReader,
    deltas: readonly ByteReader[],
  ): Consumer | undefined {
    const format = snapshot.integer();
    const config = decodeConsumerConfig(snapshot.blob());
    const created = { seconds: snapshot.integer(), nanos: snapshot.integer(), offsetMinutes: 0 };
    if (format !== FORMAT || !config.ok) return undefined;
    const progress = new ConsumerProgress(1, config.value.ack_policy !== "none");
    if (!progress.restoreSnapshot(snapshot)) return undefined;
    for (const delta of deltas) progress.restoreDelta(delta);
    return new Consumer(services, stream, name, config.value, created, progress);
  }
}
