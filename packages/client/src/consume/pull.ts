import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/nats-core";
import { permissionDenied } from "../connection/forbidden.ts";
import type { Link, LinkUser } from "../connection/link.ts";

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
}

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
  /** Requests of before count no more. */
  #generation = 0;
  #seenAtMs = 0;
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

  /** A message that came is no longer kept: there is room for another one. */
  release(): void {
    this.#held--;
    this.#refill();
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
    const room = this.#countMax - this.#asked - this.#held;
    if (this.#isOver || this.#isChecking || !this.#link.isUp || room <= 0) return;
    if (this.#link.nc.isClosed()) return;
    if (this.#asked > 0 && room < this.#countMax / 2) return;
    this.#asked += room;
    const request = {
      batch: room,
      expires: nanos(expiresMs),
      idle_heartbeat: nanos(heartbeatMs),
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
    if (subject !== `${this.#inbox}.${this.#generation}`) return;
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
