import type { Timer } from "@oxbow/base";
import type { ActivityEntry } from "../../activity/activity-ledger.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import { checkPullRequest, type PullRefusal, parsePullRequest } from "../config/pull-request.ts";
import type { JetStreamServices } from "../services.ts";
import type { DeliveredMessage } from "./delivered-message.ts";
import type { MessageFeed } from "./message-feed.ts";
import type { Outlet } from "./outlet.ts";
import { type PrioritizedConsumer, PullPriority } from "./pull-priority.ts";
import { PullQueue, type WaitingRequest } from "./pull-queue.ts";
import { PullReplies } from "./pull-replies.ts";

/** Delivers to those who ask: each pull request gets messages on its reply subject until it is filled or over. */
export class PullDelivery implements Outlet {
  readonly isBound = false;
  readonly #services: JetStreamServices;
  readonly #feed: MessageFeed;
  readonly #deliver: () => void;
  readonly #waiting: PullQueue;
  readonly #replies: PullReplies;
  readonly #consumer: PrioritizedConsumer;
  #config: ConsumerConfig;
  #priority: PullPriority | undefined;
  /** The header line that tells a pinned client its id. */
  #pinLine: Buffer = Buffer.alloc(0);
  #pinLineId = "";
  #sweepTimer: Timer | undefined;

  /** @param deliver - Runs the delivery loop. */
  constructor(
    services: JetStreamServices,
    config: ConsumerConfig,
    feed: MessageFeed,
    consumer: PrioritizedConsumer,
    deliver: () => void,
  ) {
    this.#services = services;
    this.#config = config;
    this.#feed = feed;
    this.#consumer = consumer;
    this.#deliver = deliver;
    this.#waiting = new PullQueue(services.account, config.max_waiting);
    this.#prioritize();
    this.#replies = new PullReplies(services.sender, feed.progress);
  }

  get isOpen(): boolean {
    return this.#waiting.length > 0;
  }

  get isInUse(): boolean {
    this.#sweep(false);
    return this.#waiting.length > 0;
  }

  get waitingCount(): number {
    this.#sweep(false);
    return this.#waiting.length;
  }

  start(): void {}

  onReleased(): void {}

  get priority(): PullPriority | undefined {
    return this.#priority;
  }

  take(message: DeliveredMessage, size: number): boolean {
    const waiting = this.#waiting;
    this.#priority?.beginTurn();
    let skippedCount = 0;
    for (let request = waiting.first; request !== undefined; request = waiting.first) {
      const turn = this.#priority?.turnOf(request) ?? "serve";
      if (turn === "skip") {
        waiting.rotate();
        if (++skippedCount >= waiting.length) return false;
        continue;
      }
      if (turn === "stale") {
        this.#replies.ended(request, 423, "Nats-Wrong-Pin-Id");
        waiting.shift();
        continue;
      }
      if (request.hasBytesLimit && size > request.bytesLeft) {
        this.#replies.ended(request, 409, "Message Size Exceeds MaxBytes");
        this.#priority?.giveBack(request);
        waiting.shift();
        continue;
      }
      if (this.#send(request, message)) {
        this.#served(request, size);
        return true;
      }
      this.#priority?.giveBack(request);
      waiting.shift();
    }
    return false;
  }

  onDelivered(): void {}

  onIdle(isAtEnd: boolean): void {
    this.#sweep(isAtEnd);
  }

  update(config: ConsumerConfig): void {
    this.#config = config;
    this.#priority?.update(config);
    this.#prioritize();
  }

  close(): void {
    this.#sweepTimer?.cancel();
    this.#priority?.close();
  }

  onDeleted(): void {
    for (const { reply } of this.#waiting.drain()) {
      this.#replies.status(reply, 409, "Consumer Deleted");
    }
  }

  onShutdown(): void {
    for (const request of this.#waiting.drain()) {
      this.#replies.ended(request, 409, "Server Shutdown");
    }
  }

  countPulls(): void {
    this.#waiting.countPulls();
  }

  onRequest(
    reply: Buffer,
    buffer: Buffer,
    start: number,
    end: number,
    member: ActivityEntry | undefined,
  ): void {
    const waiting = this.#waiting;
    const request = parsePullRequest(buffer, start, end);
    const refusal = request.kind === "refusal" ? request : checkPullRequest(request, this.#config);
    if (refusal !== undefined || request.kind === "refusal") {
      const { status, description } = refusal as PullRefusal;
      this.#replies.status(reply, status, description);
      return;
    }
    if (this.#priority?.onRequest(request.id) === false) {
      this.#replies.status(reply, 423, "Nats-Pin-Id mismatch");
      return;
    }
    const nowMs = this.#services.clock.monotonicMs();
    if (waiting.isFull) waiting.sweep(nowMs, -1, this.#replies);
    if (request.noWait) {
      const available = this.#feed.pending.current + this.#feed.timer.redeliveryCount;
      if (available === 0 && request.expiresMs <= 0) {
        this.#replies.status(reply, 404, "No Messages");
        return;
      }
      if (available > 0 && available < waiting.wanted) {
        this.#replies.status(reply, 408, "Requests Pending");
        return;
      }
    }
    if (waiting.isFull) {
      // A client with heartbeats notices by itself; a refusal would only make it ask again at once.
      if (request.heartbeatMs <= 0) this.#replies.status(reply, 409, "Exceeded MaxWaiting");
      return;
    }
    // What is pending now it gets, and so waits for the commit of it.
    const awaited = request.noWait ? this.#feed.pending.lastSequence : 0;
    waiting.add(reply, request, nowMs, awaited, member);
    this.#deliver();
  }

  /** Sends the message to who made the request; false if nobody listens there any more. */
  #send({ reply }: WaitingRequest, message: DeliveredMessage): boolean {
    const { account } = this.#services;
    const pinId = this.#priority?.pinId ?? "";
    if (pinId !== "") {
      // The header can't be taken off again for another request.
      if (!account.hasInterest(reply, 0, reply.length)) return false;
      message.addHeader(this.#pinLineOf(pinId));
    }
    return account.publishTo(reply, 0, reply.length, message.view) > 0;
  }

  #pinLineOf(pinId: string): Buffer {
    if (pinId !== this.#pinLineId) {
      this.#pinLineId = pinId;
      this.#pinLine = Buffer.from(`Nats-Pin-Id: ${pinId}`);
    }
    return this.#pinLine;
  }

  #prioritize(): void {
    const { priority_policy: policy } = this.#config;
    this.#waiting.isPrioritized = policy === "prioritized";
    if (policy === "none") return;
    this.#priority ??= new PullPriority(
      this.#services,
      this.#config,
      this.#consumer,
      this.#feed,
      this.#deliver,
    );
  }

  /** Counts a delivery on the request it went to, and ends the request when it is filled. */
  #served(request: WaitingRequest, size: number): void {
    request.delivered++;
    request.left--;
    const { member } = request;
    if (member !== undefined) {
      member.messages++;
      member.bytes += size;
      member.lastAtMs = this.#services.turnClock.turnMs;
    }
    if (request.hasBytesLimit) {
      request.bytesLeft -= size;
      if (request.bytesLeft === 0) request.left = 0;
    }
    if (request.heartbeatMs > 0) {
      request.heartbeatAtMs = this.#services.clock.monotonicMs() + request.heartbeatMs;
    }
    if (request.left > 0) {
      this.#waiting.rotate();
      return;
    }
    this.#waiting.shift();
    if (request.bytesLeft > 0) this.#replies.ended(request, 409, "Batch Completed");
  }

  /** Everything up to here is committed, or never will be. */
  get #settledSequence(): number {
    if (this.#services.store.failure !== undefined) return Number.POSITIVE_INFINITY;
    return this.#feed.committedSequence;
  }

  #sweep(isAtEnd: boolean): void {
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
    if (this.#waiting.length === 0) return;
    const nowMs = this.#services.clock.monotonicMs();
    const endSequence = isAtEnd ? this.#settledSequence : -1;
    const nextMs = this.#waiting.sweep(nowMs, endSequence, this.#replies);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#sweepTimer = this.#services.clock.setTimer(Math.max(1, nextMs - nowMs), this.#deliver);
  }
}
