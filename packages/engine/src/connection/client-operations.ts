import type { Clock } from "@oxbow/base";
import {
  type ClientHandler,
  OK_FRAME,
  PONG_FRAME,
  PROTOCOL_ERROR_TEXTS,
  type ProtocolErrorKind,
} from "@oxbow/wire/nats";
import type { ClientEntry } from "./client-entry.ts";
import type { ClientPublisher } from "./client-publisher.ts";
import type { ClientSubscriptions } from "./client-subscriptions.ts";
import {
  type ConnectOptions,
  defaultConnectOptions,
  parseConnectOptions,
} from "./connect-options.ts";
import { subscribeViolation } from "./error-texts.ts";
import type { KeepAlive } from "./keep-alive.ts";
import type { Outbox } from "./outbox.ts";

/** First protocol version whose clients take INFO at any time. */
export const protocolWithInfo = 1;

/** The connection that operations come by. */
export interface OperatedConnection {
  readonly outbox: Outbox;
  /** Tells the client about the server, and once CONNECT is there about its account. */
  sendInfo(): void;
  sendError(text: string): void;
  /** Tells the client, and the log, what it may not do. */
  sendViolation(text: string): void;
  /** CONNECT was read; what becomes of it is another matter. */
  onConnectRead(options: ConnectOptions): void;
  close(errorText: string): void;
  closeQuietly(reason: string): void;
}

/** What works for the operations of one client. */
export interface OperationParts {
  readonly clock: Clock;
  readonly entry: ClientEntry;
  readonly keepAlive: KeepAlive;
  readonly publisher: ClientPublisher;
  readonly subscriptions: ClientSubscriptions;
}

/** What one client says, operation by operation, and what it has said of itself. */
export class ClientOperations implements ClientHandler {
  /** Operations received so far, PONG not counted. */
  activityCount = 0;
  /** When it last published, subscribed or unsubscribed, in wall-clock milliseconds; first, when it came. */
  lastActivityAtMs: number;
  readonly #connection: OperatedConnection;
  readonly #parts: OperationParts;
  readonly #publisher: ClientPublisher;
  #options: ConnectOptions = defaultConnectOptions;
  #isConnectReceived = false;
  #isFirstPongSent = false;

  constructor(connection: OperatedConnection, parts: OperationParts, startedAtMs: number) {
    this.#connection = connection;
    this.#parts = parts;
    this.#publisher = parts.publisher;
    this.lastActivityAtMs = startedAtMs;
  }

  /** What its last CONNECT says. */
  get options(): ConnectOptions {
    return this.#options;
  }

  get isConnectReceived(): boolean {
    return this.#isConnectReceived;
  }

  /** Whether the client takes INFO at any time. */
  get takesInfo(): boolean {
    return this.#isFirstPongSent && this.#options.protocol >= protocolWithInfo;
  }

  onPublish(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    this.activityCount++;
    this.#publisher.publish(
      buffer,
      subjectStart,
      subjectEnd,
      replyStart,
      replyEnd,
      headersSize,
      payloadStart,
      payloadEnd,
    );
  }

  onOversized(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    headersStart: number,
    headersEnd: number,
    size: number,
  ): void {
    this.#publisher.refuseOversized(
      buffer,
      subjectStart,
      subjectEnd,
      headersStart,
      headersEnd,
      size,
    );
  }

  onSubscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queueStart: number,
    queueEnd: number,
    sidStart: number,
    sidEnd: number,
  ): void {
    this.activityCount++;
    this.noteActivity();
    const queue = buffer.toString("utf8", queueStart, queueEnd);
    this.#connection.outbox.trace?.onSubscribe(
      buffer,
      subjectStart,
      subjectEnd,
      queue,
      sidStart,
      sidEnd,
    );
    const outcome = this.#parts.subscriptions.subscribe(
      buffer,
      subjectStart,
      subjectEnd,
      queue,
      sidStart,
      sidEnd,
    );
    if (outcome === "not-permitted") {
      const subject = buffer.toString("utf8", subjectStart, subjectEnd);
      this.#connection.sendViolation(subscribeViolation(subject, queue));
    } else if (outcome === "too-long") {
      const subject = buffer.toString("utf8", subjectStart, subjectEnd);
      this.#connection.sendViolation(`${subscribeViolation(subject, "")}, too many tokens`);
    } else if (outcome === "too-many") this.#connection.sendError("maximum subscriptions exceeded");
    else if (outcome === "invalid-subject") this.#connection.sendError("Invalid Subject");
    else this.confirm();
  }

  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    this.#connection.outbox.trace?.onUnsubscribe(buffer, sidStart, sidEnd, max);
    this.activityCount++;
    this.noteActivity();
    this.confirm();
    this.#parts.subscriptions.unsubscribe(buffer, sidStart, sidEnd, max);
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    this.#connection.outbox.trace?.onConnect(buffer, start, end);
    this.activityCount++;
    const options = parseConnectOptions(buffer.toString("utf8", start, end), this.#options);
    if (options === undefined) {
      this.#connection.closeQuietly("Protocol Violation");
      return;
    }
    // The client may come back as somebody else, who must not keep what it subscribed to before.
    if (this.#isConnectReceived) this.#parts.subscriptions.endAll();
    this.#isConnectReceived = true;
    this.#parts.keepAlive.onConnect();
    this.#options = options;
    this.#publisher.options = options;
    this.#connection.onConnectRead(options);
    this.#parts.entry.connect();
  }

  /** Somebody who needs not say who it is begins without CONNECT. */
  onEarlyOperation(): boolean {
    this.#isConnectReceived = this.#parts.entry.skipConnect();
    return this.#isConnectReceived;
  }

  /** A client has nothing to tell the server with INFO, but it has to be JSON. */
  onInfo(buffer: Buffer, start: number, end: number): void {
    try {
      JSON.parse(buffer.toString("utf8", start, end));
    } catch {
      this.#connection.closeQuietly("Protocol Violation");
    }
  }

  onPing(): void {
    this.#connection.outbox.trace?.onPing();
    this.activityCount++;
    this.#connection.outbox.writeBytes(PONG_FRAME);
    if (!this.#isConnectReceived || this.#isFirstPongSent) return;
    this.#isFirstPongSent = true;
    if (this.#options.protocol >= protocolWithInfo) this.#connection.sendInfo();
  }

  onPong(): void {
    this.#connection.outbox.trace?.onPong();
    this.#parts.keepAlive.onPong();
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    const text = PROTOCOL_ERROR_TEXTS[kind];
    if (text === undefined) this.#connection.closeQuietly("Protocol Violation");
    else this.#connection.close(text);
  }

  /** The client did what counts as activity. */
  noteActivity(): void {
    this.lastActivityAtMs = this.#parts.clock.nowMs();
  }

  /** Says that an operation was taken, to a client that wants to hear it. */
  confirm(): void {
    if (this.#options.verbose) this.#connection.outbox.writeBytes(OK_FRAME);
  }
}
