import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/nats-core";
import { permissionDenied } from "../connection/forbidden.ts";
import type { Link, LinkUser } from "../connection/link.ts";
import { clientError } from "../errors.ts";

/** How long one request for messages waits at the server. */
const expiresMs = 30_000;
/** The server says so often that it is there while it has nothing. */
const heartbeatMs = 10_000;
/** Silence after which a request is given up and made anew. */
const silenceMs = 2.5 * heartbeatMs;
/** Time before a request is made anew that the server has turned down. */
const retryMs = 250;

/** Where messages are pulled from, and what is done with them. */
export interface PullOptions {
  readonly stream: string;
  readonly consumer: string;
  /** Messages that were asked for, or came and were not released, at a time. */
  readonly countMax: number;
  onMessage(message: Msg): void;
  /** Looks whether the consumer is there: throws if it never will be, resolves to `false` if that is not known. */
  check(): Promise<boolean>;
  /** There will be no more messages. */
  onEnd(error: Error): void;
  /** More of what a request for messages says. With it there is one request at a time, so that others can be counted. */
  extra?(): Readonly<Record<string, unknown>>;
  /** The pin that a request had counts no more. */
  onUnpinned?(): void;
}

/** The request was made with the pin of before. */
const wrongPinCode = 423;
/** A request that is there for its pin only goes by itself after this. */
const pinRequestMs = 100;

/**
 * Pulls messages of a consumer of JetStream (ADR-37 of NATS). It asks for as many as there is room for, again when half of it
 * is free, and anew when the connection was lost, the request ran out, or the server has fallen silent.
 */
export class Pull implements LinkUser {
  readonly #link: Link;
  readonly #options: PullOptions;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #leave: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #subject: string;
  #countMax: number;
  /** Asked for, and not come yet. */
  #asked = 0;
  /** Come, and not released. */
  #held = 0;
  #reserved = 0;
  /** Requests of before count no more. */
  #generation = 0;
  #seenAtMs = 0;
  #askedAnewAtMs = Number.NEGATIVE_INFINITY;
  #isChecking = false;
  #isOver = false;

  constructor(link: Link, options: PullOptions) {
    this.#link = link;
    this.#options = options;
    this.#countMax = options.countMax;
    this.#subject = `$JS.API.CONSUMER.MSG.NEXT.${options.stream}.${options.consumer}`;
    this.#inbox = createInbox(link.inboxPrefix);
    this.#subscription = link.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => this.#receive(error, message),
    });
    this.#leave = link.use(this);
    this.#timer = setInterval(() => this.#watch(), heartbeatMs);
    this.#timer.unref();
    this.#anew();
  }

  /** Messages that came are no longer kept: there is room for others. */
  release(count = 1): void {
    this.#held -= count;
    this.#refill();
  }

  /** From now on so many are asked for at least, whatever there is room for. */
  reserve(count: number): void {
    this.#reserved = count;
    this.#refill();
  }

  /** Asks once more, as what is asked with is another. */
  askAnew(): void {
    this.#askedAnewAtMs = performance.now();
    this.#anew();
  }

  /** How many requests of this one may wait at the server. */
  get requests(): number {
    const isOneBefore = performance.now() - this.#askedAnewAtMs < expiresMs;
    return (this.#asked > 0 ? 1 : 0) + (isOneBefore ? 1 : 0);
  }

  /** Asks with this pin for a message that has no room: nothing comes of it but that the pin is in use. */
  keepPin(): void {
    if (this.#isOver || !this.#link.isUp || this.#link.nc.isClosed()) return;
    const request = {
      batch: 1,
      max_bytes: 1,
      expires: nanos(pinRequestMs),
      ...this.#options.extra?.(),
    };
    this.#link.nc.publish(this.#subject, JSON.stringify(request), {
      reply: `${this.#inbox}.p${this.#generation}`,
    });
  }

  /** Ends it. Messages that are on their way still come until this resolves. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#leave();
    if (this.#link.isUp) await this.#subscription.drain().catch(() => undefined);
  }

  onUp(): void {
    this.#anew();
  }

  onClosed(error: Error): void {
    this.#end(error);
  }

  onForbidden(subject: string, error: Error): void {
    if (subject === this.#subject) this.#end(permissionDenied(error));
  }

  #anew(): void {
    this.#generation++;
    this.#asked = 0;
    this.#seenAtMs = performance.now();
    this.#refill();
  }

  #refill(): void {
    const room = Math.max(this.#countMax - this.#held, this.#reserved) - this.#asked;
    if (this.#isOver || this.#isChecking || !this.#link.isUp || room <= 0) return;
    if (this.#link.nc.isClosed()) return;
    const isOneAtATime = this.#options.extra !== undefined;
    if (this.#asked > 0 && (isOneAtATime || room < this.#countMax / 2)) return;
    this.#asked += room;
    const request = {
      batch: room,
      expires: nanos(expiresMs),
      idle_heartbeat: nanos(heartbeatMs),
      ...this.#options.extra?.(),
    };
    const reply = `${this.#inbox}.${this.#generation}`;
    this.#link.nc.publish(this.#subject, JSON.stringify(request), { reply });
  }

  #receive(error: Error | null, message: Msg): void {
    if (error !== null) {
      this.#end(error);
      return;
    }
    this.#seenAtMs = performance.now();
    if (message.reply === "" || message.reply === undefined) {
      this.#heed(message);
      return;
    }
    if (this.#asked > 0) this.#asked--;
    this.#held++;
    this.#options.onMessage(message);
  }

  /** A word of the server's instead of a message. */
  #heed({ subject, headers }: Msg): void {
    const code = headers?.code ?? 0;
    if (code === 100 || this.#isOver) return;
    const request = subject.slice(this.#inbox.length + 1);
    if (code === wrongPinCode) {
      // What was asked before is about a pin of before.
      if (request.replace("p", "") === String(this.#generation)) this.#options.onUnpinned?.();
      return;
    }
    if (/Priority Group/.test(headers?.description ?? "")) {
      this.#end(needsToKnow(this.#options));
      return;
    }
    if (request !== String(this.#generation)) return;
    const left = Number(headers?.get("Nats-Pending-Messages"));
    this.#asked = left > 0 ? Math.max(0, this.#asked - left) : 0;
    if (code === 404 || code === 408) {
      this.#refill();
      return;
    }
    const most = /MaxRequestBatch of (\d+)/i.exec(headers?.description ?? "")?.[1];
    if (most !== undefined) this.#countMax = Math.min(this.#countMax, Number(most));
    void this.#check();
  }

  #watch(): void {
    if (!this.#link.isUp || this.#asked === 0) return;
    if (performance.now() - this.#seenAtMs > silenceMs) void this.#check();
  }

  /** Goes on if the consumer is still there. */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#isOver) return;
    this.#isChecking = true;
    try {
      for (let isThere = false; !isThere && !this.#isOver; ) {
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
        isThere = await this.#options.check();
      }
    } catch (error) {
      this.#end(error as Error);
    }
    this.#isChecking = false;
    this.#anew();
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#leave();
    if (!this.#link.isClosed) this.#subscription.unsubscribe();
    this.#options.onEnd(error);
  }
}

function needsToKnow({ stream, consumer }: PullOptions): Error {
  const text = `consumer ${consumer} of stream ${stream} has a priority group that this client does not know of: if the group is ordered by key, allow to ask $JS.API.CONSUMER.INFO.${stream}.${consumer}`;
  return clientError("PERMISSION_DENIED", text);
}
