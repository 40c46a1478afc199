import type { MsgHdrs } from "@nats-io/nats-core";
import type { OxbowError } from "@oxbow/base";
import { clientError } from "../errors.ts";
import type { AnswerListener, AnswerTap } from "./answer-tap.ts";
import type { ClientSettings } from "./connect-options.ts";
import { permissionDenied } from "./forbidden.ts";
import type { Link, LinkUser } from "./link.ts";

/** A request, which does no harm when it comes twice unless it says so. */
export interface Request {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** What is told, instead of sending it again, of one that would mean something else the second time. */
  readonly unrepeatable?: string | undefined;
  /** The answer lies at `[start, end)` of `bytes`, whose memory is borrowed. */
  onAnswer(bytes: Uint8Array, start: number, end: number): void;
  /** There is nobody to give one. */
  onUnanswered(): void;
  onFail(error: Error): void;
}

interface Pending {
  readonly request: Request;
  readonly reply: string;
  readonly sizeBytes: number;
  sentAtMs: number;
}

/** What an entry takes beside its payload, about. */
const overheadBytes = 256;

/**
 * Requests whose answer is awaited, however often the connection is lost meanwhile: without one they wait here, and with
 * the next one they are sent (again) in the order in which they were made. How much waits is bounded.
 */
export class Requests implements LinkUser, AnswerListener {
  readonly #link: Link;
  readonly #tap: AnswerTap;
  readonly #settings: ClientSettings;
  readonly #prefix: string;
  readonly #pending = new Map<number, Pending>();
  #bytes = 0;
  #made = 0;
  #refused: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onEmpty: (() => void)[] = [];

  constructor(link: Link, settings: ClientSettings, tap: AnswerTap) {
    this.#link = link;
    this.#tap = tap;
    this.#settings = settings;
    this.#prefix = tap.listen(this);
    link.use(this);
  }

  /** How long an answer may take. */
  get timeoutMs(): number {
    return this.#settings.requestTimeoutMs;
  }

  /** Requests without an answer. */
  get count(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request, or keeps it until there is a connection.
   *
   * @throws OxbowError `BUFFER_FULL`, `CONNECTION_CLOSED`, `PERMISSION_DENIED`
   */
  send(request: Request): void {
    this.#link.assertOpen();
    if (this.#refused !== undefined) throw this.#refused;
    const sizeBytes = request.payload.length + overheadBytes;
    const { bufferMessagesMax, bufferBytesMax } = this.#settings;
    if (
      this.#pending.size >= bufferMessagesMax ||
      (this.#bytes + sizeBytes > bufferBytesMax && this.#pending.size > 0)
    ) {
      throw bufferFull(this.#pending.size, this.#bytes, this.#link.isUp);
    }
    const number = this.#made++;
    const pending = { request, reply: this.#prefix + number, sizeBytes, sentAtMs: 0 };
    this.#pending.set(number, pending);
    this.#bytes += sizeBytes;
    if (this.#link.isUp) this.#transmit(number, pending);
    this.#timer ??= this.#watch();
  }

  /** Resolves once everything has its answer, or after a time. */
  async settled(timeoutMs: number): Promise<void> {
    if (this.#pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  onAnswer(number: number, bytes: Uint8Array, start: number, end: number): void {
    // What was sent twice is answered twice.
    this.#take(number)?.request.onAnswer(bytes, start, end);
  }

  onUnanswered(number: number): void {
    this.#take(number)?.request.onUnanswered();
  }

  onRefused(pattern: string, cause: Error): void {
    const text = `the user may not subscribe to ${pattern}, where answers come: give connect an inboxPrefix`;
    this.#refused = clientError("PERMISSION_DENIED", text, { cause });
    for (const number of [...this.#pending.keys()]) this.#fail(number, this.#refused);
  }

  onUp(): void {
    for (const [number, pending] of [...this.#pending]) {
      const { unrepeatable } = pending.request;
      if (pending.sentAtMs > 0 && unrepeatable !== undefined) {
        this.#fail(number, clientError("REQUEST_TIMEOUT", unrepeatable));
      } else {
        this.#transmit(number, pending);
      }
    }
  }

  onForbidden(subject: string, cause: Error): void {
    for (const [number, { request }] of [...this.#pending]) {
      if (request.subject !== subject) continue;
      this.#fail(number, permissionDenied(cause));
    }
  }

  onClosed(error: Error): void {
    for (const number of [...this.#pending.keys()]) this.#fail(number, error);
  }

  #transmit(number: number, pending: Pending): void {
    const { request, reply } = pending;
    const { subject, payload, headers } = request;
    pending.sentAtMs = performance.now();
    this.#tap.attach();
    try {
      this.#link.nc.publish(
        subject,
        payload,
        headers === undefined ? { reply } : { reply, headers },
      );
    } catch (error) {
      this.#fail(number, error as Error);
    }
  }

  #fail(number: number, error: Error): void {
    this.#take(number)?.request.onFail(error);
  }

  #take(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    if (pending === undefined) return undefined;
    this.#pending.delete(number);
    this.#bytes -= pending.sizeBytes;
    if (this.#pending.size === 0) {
      const waiting = this.#onEmpty;
      if (waiting.length > 0) {
        this.#onEmpty = [];
        for (const resolve of waiting) resolve();
      }
    }
    return pending;
  }

  /** Sent in order, so that the oldest is the first: one timer does for all. */
  #watch(): NodeJS.Timeout {
    const { requestTimeoutMs } = this.#settings;
    const timer = setInterval(
      () => {
        if (this.#pending.size === 0) {
          clearInterval(timer);
          this.#timer = undefined;
          return;
        }
        if (!this.#link.isUp) return;
        const latest = performance.now() - requestTimeoutMs;
        for (const [number, { sentAtMs, request }] of this.#pending) {
          if (sentAtMs > latest) break;
          const text = `no answer on ${request.subject} in ${requestTimeoutMs} ms: it may have been done or not. Look at the server, or allow more with requestTimeoutMs`;
          this.#fail(number, clientError("REQUEST_TIMEOUT", text));
        }
      },
      Math.max(10, Math.min(1_000, requestTimeoutMs / 4)),
    );
    timer.unref();
    return timer;
  }
}

function bufferFull(count: number, bytes: number, isUp: boolean): OxbowError {
  const why = isUp
    ? "await produce before the next ones, or use produceMany, which waits by itself"
    : "there is no connection: wait until it is back (ox.status()), and produce again";
  const text = `${count} messages with ${bytes} bytes wait to be acknowledged, and no more are kept: ${why}. The bounds are connect's buffer.messagesMax and buffer.bytesMax`;
  return clientError("BUFFER_FULL", text);
}
