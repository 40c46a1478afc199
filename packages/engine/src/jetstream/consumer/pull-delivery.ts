import type { Timer } from "@oxbow/base";
import type { MessageView } from "../../routing/message.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import { checkPullRequest, type PullRefusal, parsePullRequest } from "../config/pull-request.ts";
import type { JetStreamServices } from "../services.ts";
import type { MessageFeed } from "./message-feed.ts";
import type { Outlet } from "./outlet.ts";
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
  #config: ConsumerConfig;
  #sweepTimer: Timer | undefined;

  /** @param deliver - Runs the delivery loop. */
  constructor(
    services: JetStreamServices,
    config: ConsumerConfig,
    feed: MessageFeed,
    deliver: () => void,
  ) {
    this.#services = services;
    this.#config = config;
    this.#feed = feed;
    this.#deliver = deliver;
    this.#waiting = new PullQueue(services.account, config.max_waiting);
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
    return this.#waiting.length;
  }

  start(): void {}

  take(message: MessageView, size: number): boolean {
    const waiting = this.#waiting;
    for (let request = waiting.first; request !== undefined; request = waiting.first) {
      if (request.hasBytesLimit && size > request.bytesLeft) {
        this.#replies.ended(request, 409, "Message Size Exceeds MaxBytes");
        waiting.shift();
        continue;
      }
      const { reply } = request;
      if (this.#services.account.publishTo(reply, 0, reply.length, message) === 0) {
        waiting.shift();
        continue;
      }
      this.#served(request, size);
      return true;
    }
    return false;
  }

  onDelivered(): void {}

  onIdle(isAtEnd: boolean): void {
    this.#sweep(isAtEnd);
  }

  update(config: ConsumerConfig): void {
    this.#config = config;
  }

  close(): void {
    this.#sweepTimer?.cancel();
  }

  onDeleted(): void {
    for (const { reply } of this.#waiting.drain()) {
      this.#replies.status(reply, 409, "Consumer Deleted");
    }
  }

  onRequest(reply: Buffer, buffer: Buffer, start: number, end: number): void {
    const waiting = this.#waiting;
    const request = parsePullRequest(buffer, start, end);
    const refusal = request.kind === "refusal" ? request : checkPullRequest(request, this.#config);
    if (refusal !== undefined || request.kind === "refusal") {
      const { status, description } = refusal as PullRefusal;
      this.#replies.status(reply, status, description);
      return;
    }
    const nowMs = this.#services.clock.monotonicMs();
    if (waiting.isFull) waiting.sweep(nowMs, false, this.#replies);
    if (request.noWait) {
      const available = this.#feed.pending.value + this.#feed.timer.redeliveryCount;
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
    waiting.add(reply, request, nowMs);
    this.#deliver();
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
      this.#waiting.rotate();
      return;
    }
    this.#waiting.shift();
    if (request.bytesLeft > 0) this.#replies.ended(request, 409, "Batch Completed");
  }

  #sweep(isAtEnd: boolean): void {
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
    if (this.#waiting.length === 0) return;
    const nowMs = this.#services.clock.monotonicMs();
    const nextMs = this.#waiting.sweep(nowMs, isAtEnd, this.#replies);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#sweepTimer = this.#services.clock.setTimer(Math.max(1, nextMs - nowMs), this.#deliver);
  }
}
