import type { Account } from "../../routing/account.ts";
import type { PullRequest } from "../config/pull-request.ts";

/** A pull request that waits for messages. */
export interface WaitingRequest {
  /** Where messages and statuses go. */
  readonly reply: Buffer;
  /** Messages still to deliver. */
  left: number;
  /** Bytes still to deliver, 0 for no limit. */
  bytesLeft: number;
  delivered: number;
  readonly noWait: boolean;
  /** Whether the request bounds the bytes. */
  readonly hasBytesLimit: boolean;
  /** On the monotonic clock; `Infinity` for a request without expiry. */
  readonly expiresAtMs: number;
  readonly heartbeatMs: number;
  /** When the next idle heartbeat is due, on the monotonic clock; `Infinity` for none. */
  heartbeatAtMs: number;
}

/** How a request ended without being filled, or that it is still alive. */
export interface PullQueueEvents {
  onExpired(request: WaitingRequest): void;
  onNoMessages(request: WaitingRequest): void;
  onHeartbeat(request: WaitingRequest): void;
}

/**
 * The pull requests of a consumer, served in turn: each gets one message and goes to the end, so that members of a
 * group share what comes.
 */
export class PullQueue {
  readonly #account: Account;
  readonly #max: number;
  #requests: WaitingRequest[] = [];
  #head = 0;

  constructor(account: Account, max: number) {
    this.#account = account;
    this.#max = max;
  }

  get length(): number {
    return this.#requests.length - this.#head;
  }

  get isFull(): boolean {
    return this.length >= this.#max;
  }

  /** The request to serve next. */
  get first(): WaitingRequest | undefined {
    return this.#requests[this.#head];
  }

  add(reply: Buffer, request: PullRequest, nowMs: number): void {
    this.#requests.push({
      reply,
      left: request.batch,
      bytesLeft: Math.max(0, request.maxBytes),
      delivered: 0,
      noWait: request.noWait,
      hasBytesLimit: request.maxBytes > 0,
      expiresAtMs: request.expiresMs === 0 ? Number.POSITIVE_INFINITY : nowMs + request.expiresMs,
      heartbeatMs: request.heartbeatMs,
      heartbeatAtMs:
        request.heartbeatMs > 0 ? nowMs + request.heartbeatMs : Number.POSITIVE_INFINITY,
    });
  }

  /** Takes the first request out. */
  shift(): void {
    this.#requests[this.#head++] = undefined as never;
    if (this.#head === this.#requests.length) {
      this.#requests.length = 0;
      this.#head = 0;
    } else if (this.#head > 64 && this.#head * 2 > this.#requests.length) {
      this.#requests = this.#requests.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Moves the first request to the end. */
  rotate(): void {
    const first = this.first;
    if (first === undefined || this.length === 1) return;
    this.shift();
    this.#requests.push(first);
  }

  /** Messages that all requests together still ask for. */
  get wanted(): number {
    let wanted = 0;
    for (let i = this.#head; i < this.#requests.length; i++) {
      wanted += (this.#requests[i] as WaitingRequest).left;
    }
    return wanted;
  }

  /**
   * Drops the requests that are over: expired, without anybody listening any more, or, at the end of the stream,
   * those that do not wait. Tells of due heartbeats.
   *
   * @returns When to look again, on the monotonic clock; `Infinity` for never.
   */
  sweep(nowMs: number, isAtEnd: boolean, events: PullQueueEvents): number {
    let next = Number.POSITIVE_INFINITY;
    const kept: WaitingRequest[] = [];
    for (const request of this.#requests.slice(this.#head)) {
      if (nowMs >= request.expiresAtMs) {
        events.onExpired(request);
        continue;
      }
      const isOver = request.expiresAtMs === Number.POSITIVE_INFINITY || request.delivered > 0;
      if (isAtEnd && request.noWait && isOver) {
        events.onNoMessages(request);
        continue;
      }
      if (!this.#account.hasInterest(request.reply, 0, request.reply.length)) continue;
      if (nowMs >= request.heartbeatAtMs) {
        events.onHeartbeat(request);
        request.heartbeatAtMs = nowMs + request.heartbeatMs;
      }
      next = Math.min(next, request.expiresAtMs, request.heartbeatAtMs);
      kept.push(request);
    }
    this.#requests = kept;
    this.#head = 0;
    return next;
  }

  /** Takes all requests out. */
  drain(): WaitingRequest[] {
    const all = this.#requests.slice(this.#head);
    this.#requests = [];
    this.#head = 0;
    return all;
  }
}
