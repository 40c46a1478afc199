import type { Timer } from "@oxbow/base";
import { encodeHeaders, findHeader, type HeaderEntry, type HeaderValue } from "@oxbow/wire/nats";
import type { InterestWatch } from "../../routing/interest-watch.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import type { JetStreamServices } from "../services.ts";
import type { DeliveredMessage } from "./delivered-message.ts";
import { FlowControl } from "./flow-control.ts";
import { IdleHeartbeat } from "./idle-heartbeat.ts";
import type { MessageFeed } from "./message-feed.ts";
import type { Outlet } from "./outlet.ts";
import { RateLimit } from "./rate-limit.ts";

const noBytes: Buffer = Buffer.alloc(0);
const LAST_CONSUMER = "Nats-Last-Consumer";
const LAST_STREAM = "Nats-Last-Stream";
/** How long to wait after a message found nobody although somebody subscribes. */
const UNTAKEN_RETRY_MS = 1_000;

/** The consumer whose messages are pushed. */
export interface PushedConsumer {
  readonly name: string;
  readonly streamName: string;
  /** Whether nothing may be sent yet. */
  readonly isHeld: boolean;
  /** Bytes that its rate limit lets through at once. */
  readonly burstSize: number;
  /** Runs the delivery loop. */
  deliver(): void;
  /** The same after this turn. */
  deliverLater(): void;
  /** Somebody has begun, or everybody has ceased, to subscribe to where its messages go. */
  onInterest(): void;
  /** A client has stored everything up to `sequence`, whose delivery had `consumerSequence`. */
  onStoredUpTo(sequence: number, consumerSequence: number): void;
}

/**
 * Delivers to a subject, for as long as somebody subscribes to exactly that: as fast as flow control, the rate limit and
 * the subscribers themselves allow, and with heartbeats when there is nothing to deliver.
 */
export class PushDelivery implements Outlet {
  readonly waitingCount = 0;
  readonly priority = undefined;
  /** Whether somebody subscribes to where the messages go. */
  isBound = false;
  readonly #services: JetStreamServices;
  readonly #consumer: PushedConsumer;
  readonly #feed: MessageFeed;
  readonly #flow: FlowControl | undefined;
  /** For consumers whose messages count as acknowledged when flow control is answered (ADR-60). */
  readonly #acksByFlow: boolean;
  readonly #flowSubscription: InternalSubscription | undefined;
  readonly #heartbeat: IdleHeartbeat;
  #config: ConsumerConfig;
  #subject: Buffer;
  #watch: InterestWatch | undefined;
  #rate: RateLimit | undefined;
  /** Runs while the rate limit or a retry has to be waited for. */
  #waitTimer: Timer | undefined;
  /** Whether anything was sent since the loop was idle. */
  #hasSent = false;

  constructor(
    services: JetStreamServices,
    config: ConsumerConfig,
    feed: MessageFeed,
    consumer: PushedConsumer,
  ) {
    this.#services = services;
    this.#config = config;
    this.#feed = feed;
    this.#consumer = consumer;
    this.#subject = Buffer.from(config.deliver_subject);
    this.#acksByFlow = config.ack_policy === "flow_control";
    this.#heartbeat = new IdleHeartbeat(services.clock, nsToMs(config.idle_heartbeat), () =>
      this.#beat(),
    );
    if (!config.flow_control) return;
    const prefix = `$JS.FC.${consumer.streamName}.${consumer.name}.`;
    this.#flow = new FlowControl(prefix, services.random);
    this.#flowSubscription = new InternalSubscription(`${prefix}*`, (message) =>
      this.#onFlowAnswer(message),
    );
  }

  get isOpen(): boolean {
    return this.isBound && this.#waitTimer === undefined && this.#flow?.isFull !== true;
  }

  get isInUse(): boolean {
    return this.isBound;
  }

  start(): void {
    if (this.#flowSubscription !== undefined) {
      this.#services.account.subscribe(this.#flowSubscription);
    }
    this.#limitRate();
    this.#watchInterest();
  }

  onReleased(): void {
    if (this.isBound) this.#heartbeat.start();
  }

  take({ view }: DeliveredMessage, size: number): boolean {
    if (this.#rate !== undefined && !this.#mayPass(this.#rate, size)) return false;
    const subject = this.#subject;
    if (this.#services.account.publishTo(subject, 0, subject.length, view) === 0) {
      this.#onUntaken();
      return false;
    }
    this.#rate?.sent(size);
    this.#hasSent = true;
    return true;
  }

  onDelivered(size: number): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    const asks = flow.sent(size) || (this.#acksByFlow && this.#feed.isStalled);
    if (asks && flow.requestSubject === "") this.#requestAnswer(flow);
  }

  onIdle(): void {
    if (!this.#hasSent) return;
    this.#hasSent = false;
    this.#heartbeat.touch();
  }

  onRequest(reply: Buffer): void {
    const status = { code: 409, text: "Consumer is push based" };
    this.#services.sender.send(reply, noBytes, encodeHeaders(status, []));
  }

  countPulls(): void {}

  update(config: ConsumerConfig): void {
    const before = this.#config;
    this.#config = config;
    if (config.rate_limit_bps !== before.rate_limit_bps) this.#limitRate();
    const isElsewhere = config.deliver_subject !== before.deliver_subject;
    if (!isElsewhere && config.deliver_group === before.deliver_group) return;
    this.#subject = Buffer.from(config.deliver_subject);
    if (isElsewhere) this.#feed.timer.expireAll();
    this.#watchInterest();
  }

  close(): void {
    this.#watch?.close();
    this.#waitTimer?.cancel();
    this.#heartbeat.stop();
    if (this.#flowSubscription !== undefined) {
      this.#services.account.unsubscribe(this.#flowSubscription);
    }
  }

  onDeleted(): void {}

  onShutdown(): void {}

  #watchInterest(): void {
    const { deliver_subject: subject, deliver_group: group } = this.#config;
    this.#watch?.close();
    this.#watch = this.#services.account.watchInterest(subject, group, () => this.#onInterest());
    this.#onInterest();
  }

  #onInterest(): void {
    const isBound = this.#watch?.hasInterest === true;
    if (isBound === this.isBound) return;
    this.isBound = isBound;
    if (isBound) {
      if (!this.#consumer.isHeld) this.#heartbeat.start();
      this.#consumer.deliverLater();
    } else {
      this.#heartbeat.stop();
    }
    this.#consumer.onInterest();
  }

  /** A message found nobody: whoever subscribed has just gone, or refuses for a reason of their own. */
  #onUntaken(): void {
    this.#onInterest();
    if (this.isBound) this.#waitFor(UNTAKEN_RETRY_MS);
  }

  /** Whether the rate limit lets a message pass now; if not, it is tried again when it does. */
  #mayPass(rate: RateLimit, size: number): boolean {
    const waitMs = rate.waitMs(size, this.#services.clock.monotonicMs());
    if (waitMs > 0) this.#waitFor(waitMs);
    return waitMs === 0;
  }

  #waitFor(delayMs: number): void {
    this.#waitTimer ??= this.#services.clock.setTimer(delayMs, () => {
      this.#waitTimer = undefined;
      this.#consumer.deliver();
    });
  }

  #limitRate(): void {
    const { rate_limit_bps: bps } = this.#config;
    const nowMs = this.#services.clock.monotonicMs();
    this.#rate = bps === 0 ? undefined : new RateLimit(bps, this.#consumer.burstSize, nowMs);
    this.#waitTimer?.cancel();
    this.#waitTimer = undefined;
  }

  #requestAnswer(flow: FlowControl): void {
    const status = { code: 100, text: "FlowControl Request" };
    this.#services.sender.send(this.#subject, noBytes, encodeHeaders(status, []), flow.begin());
  }

  #onFlowAnswer(message: MessageView): void {
    if (this.#flow?.answered(message.subjectText()) !== true) return;
    if (this.#acksByFlow) {
      const sequence = numberIn(message, lastStreamName);
      if (sequence > 0) this.#consumer.onStoredUpTo(sequence, numberIn(message, lastConsumerName));
    }
    this.#consumer.deliver();
  }

  #beat(): void {
    const { progress } = this.#feed;
    const entries: HeaderEntry[] = [
      [LAST_CONSUMER, String(progress.deliveredConsumer)],
      [LAST_STREAM, String(progress.nextSequence - 1)],
    ];
    const stalled = this.#flow?.requestSubject ?? "";
    if (stalled !== "") entries.push(["Nats-Consumer-Stalled", stalled]);
    const headers = encodeHeaders({ code: 100, text: "Idle Heartbeat" }, entries);
    this.#services.sender.send(this.#subject, noBytes, headers);
    const flow = this.#flow;
    if (flow === undefined || !this.#acksByFlow || flow.requestSubject !== "") return;
    if (progress.pending.size > 0) this.#requestAnswer(flow);
  }
}

const lastConsumerName = Buffer.from(LAST_CONSUMER);
const lastStreamName = Buffer.from(LAST_STREAM);

/** The number in a header of the message, 0 if there is none. */
function numberIn(message: MessageView, name: Buffer): number {
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  const value: HeaderValue = { start: 0, end: 0 };
  if (!findHeader(buffer, start, start + headersSize, name, value)) return 0;
  const text = buffer.toString("latin1", value.start, value.end).trim();
  const number = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(number) ? number : 0;
}
