import type { ActivityEntry } from "../../activity/activity-ledger.ts";
import type { Account } from "../../routing/account.ts";
import type { PullRequest } from "../config/pull-request.ts";

/** A pull request that waits for messages. */
export interface WaitingRequest {
  /** Where messages and statuses go. */
  readonly reply: Buffer;
  /** Messages still to deliver; below 0 if the client asked for that, which is served as one. */
  left: number;
  /** Bytes still to deliver, 0 or less for no limit. */
  bytesLeft: number;
  delivered: number;
  readonly noWait: boolean;
  /** For one that does not wait: the last message that it may get, if it was not committed when the request came. */
  readonly awaitedSequence: number;
  /** Whether it names a priority group. */
  readonly hasGroup: boolean;
  /** For `overflow`: how many messages must be left, or pending, before it gets any; 0 for no threshold. */
  readonly minPending: number;
  readonly minAckPending: number;
  /** For `prioritized`: lower ones come first. */
  readonly priority: number;
  /** For `pinned_client`: the id its client was given, `""` for none. */
  pinId: string;
  /** Whether the request bounds the bytes. */
  readonly hasBytesLimit: boolean;
  /** On the monotonic clock; `Infinity` for a request without expiry. */
  readonly expiresAtMs: number;
  readonly heartbeatMs: number;
  /** When the next idle heartbeat is due, on the monotonic clock; `Infinity` for none. */
  heartbeatAtMs: number;
  /** Where is counted what its client gets; `undefined` if nothing is. */
  readonly member: ActivityEntry | undefined;
}

/** How a request ended without being filled, or that it is still alive. */
export interface PullQueueEvents {
  onExpired(request: WaitingRequest): void;
  onNoMessages(request: WaitingRequest): void;
  onHeartbeat(request: WaitingRequest): void;
}

/** Where requests stand that name no priority at all. */
const LAST_PRIORITY = Number.MAX_SAFE_INTEGER;

/** What a sweep finds of a request. */
type Fate = "waits" | "heartbeat" | "expired" | "unserved" | "abandoned";

interface Notice {
  readonly request: WaitingRequest;
  readonly fate: Fate;
}

/**
 * The pull requests of a consumer, served in turn: each gets one message and goes to the end, so that members of a
 * group share what comes.
 */
export class PullQueue {
  readonly #account: Account;
  readonly #max: number;
  /** Whether requests are served by priority, and in turn only within one. */
  isPrioritized: boolean;
  #requests: WaitingRequest[] = [];
  #head = 0;

  constructor(account: Account, max: number, isPrioritized = false) {
    this.#account = account;
    this.#max = max;
    this.isPrioritized = isPrioritized;
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

  /** @param awaitedSequence - See {@link WaitingRequest}, as for `member`. */
  add(
    reply: Buffer,
    request: PullRequest,
    nowMs: number,
    awaitedSequence = 0,
    member: ActivityEntry | undefined = undefined,
  ): void {
    this.#insert({
      reply,
      left: request.batch,
      bytesLeft: request.maxBytes,
      delivered: 0,
      noWait: request.noWait,
      awaitedSequence,
      hasGroup: request.group !== "",
      minPending: request.minPending,
      minAckPending: request.minAckPending,
      priority: request.isObject ? request.priority : LAST_PRIORITY,
      pinId: request.id,
      hasBytesLimit: request.maxBytes > 0,
      expiresAtMs: request.expiresMs === 0 ? Number.POSITIVE_INFINITY : nowMs + request.expiresMs,
      heartbeatMs: request.heartbeatMs,
      heartbeatAtMs:
        request.heartbeatMs > 0 ? nowMs + request.heartbeatMs : Number.POSITIVE_INFINITY,
      member,
    });
  }

  /** Counts the requests for those who made them. */
  countPulls(): void {
    for (let i = this.#head; i < this.#requests.length; i++) {
      const { member } = this.#requests[i] as WaitingRequest;
      if (member !== undefined) member.pulls++;
    }
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

  /** Moves the first request to the end, or to that of its priority. */
  rotate(): void {
    const first = this.first;
    if (first === undefined || this.length === 1) return;
    this.shift();
    this.#insert(first);
  }

  #insert(request: WaitingRequest): void {
    const requests = this.#requests;
    let at = requests.length;
    if (this.isPrioritized) {
      while (at > this.#head && (requests[at - 1] as WaitingRequest).priority > request.priority) {
        at--;
      }
    }
    if (at === requests.length) requests.push(request);
    else requests.splice(at, 0, request);
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
   * Drops the requests that are over: expired, without anybody listening any more, or, at the end of what is there,
   * those that do not wait. Tells of them, and of due heartbeats, when all of that is done.
   *
   * @param endSequence - Everything up to here was delivered; -1 if there may be more to deliver now.
   * @returns When to look again, on the monotonic clock; `Infinity` for never.
   */
  sweep(nowMs: number, endSequence: number, events: PullQueueEvents): number {
    const requests = this.#requests;
    let next = Number.POSITIVE_INFINITY;
    let kept = this.#head;
    let notices: Notice[] | undefined;
    for (let i = this.#head; i < requests.length; i++) {
      const request = requests[i] as WaitingRequest;
      const fate = this.#fateOf(request, nowMs, endSequence);
      if (fate !== "waits" && fate !== "abandoned") (notices ??= []).push({ request, fate });
      if (fate === "heartbeat") request.heartbeatAtMs = nowMs + request.heartbeatMs;
      if (fate !== "waits" && fate !== "heartbeat") continue;
      next = Math.min(next, request.expiresAtMs, request.heartbeatAtMs);
      requests[kept++] = request;
    }
    requests.length = kept;
    if (kept === this.#head) this.drain();
    if (notices !== undefined) for (const notice of notices) tell(notice, events);
    return next;
  }

  #fateOf(request: WaitingRequest, nowMs: number, endSequence: number): Fate {
    if (nowMs >= request.expiresAtMs) return "expired";
    const isOver = request.expiresAtMs === Number.POSITIVE_INFINITY || request.delivered > 0;
    const isAtEnd = endSequence >= request.awaitedSequence;
    if (isAtEnd && request.noWait && isOver) return "unserved";
    if (!this.#account.hasInterest(request.reply, 0, request.reply.length)) return "abandoned";
    return nowMs >= request.heartbeatAtMs ? "heartbeat" : "waits";
  }

  /** Takes all requests out. */
  drain(): WaitingRequest[] {
    const all = this.#requests.slice(this.#head);
    this.#requests = [];
    this.#head = 0;
    return all;
  }
}

function tell({ request, fate }: Notice, events: PullQueueEvents): void {
  if (fate === "expired") events.onExpired(request);
  else if (fate === "unserved") events.onNoMessages(request);
  else events.onHeartbeat(request);
}
