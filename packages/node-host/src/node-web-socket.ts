import type net from "node:net";
import type { Farewell, Socket, SocketHandler, TlsSession } from "@oxbow/base";
import { type Inflated, inflate, inflateAtOnce } from "./web-socket/deflate.ts";
import { type FrameHandler, FrameReader } from "./web-socket/frame-reader.ts";
import { FrameWriter } from "./web-socket/frame-writer.ts";
import { statusOf } from "./web-socket/status.ts";

/** How long a connection that we closed waits for the peer's close frame, and then for the end of its side. */
const CLOSE_TIMEOUT_MS = 1_000;

/** How a WebSocket connection is spoken. */
export interface NodeWebSocketOptions {
  /** Whether compression was agreed on. */
  readonly compression: boolean;
  /** Largest compressed message, before and after decompression. */
  readonly inflatedSizeMax: number;
  /** The same for a peer that is not trusted. */
  readonly untrustedSizeMax: number;
}

/** Who is at the other end of the connection that carries a WebSocket. */
export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsSession | undefined;
}

/**
 * A WebSocket connection: each write is a binary message, and messages of any kind are bytes, passed on as they come.
 *
 * Strangers are decompressed at once and only up to a limit, and get nothing compressed: there is no state of
 * compression that belongs to a connection.
 */
export class NodeWebSocket implements Socket, FrameHandler {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsSession | undefined;
  readonly #carrier: net.Socket;
  readonly #options: NodeWebSocketOptions;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  #handler: SocketHandler | undefined;
  #error: Error | undefined;
  #isTrusted = false;
  #isPaused = false;
  #isInflating = false;
  /** What was read and not looked at. */
  #unread: Buffer | undefined = undefined;
  /** A message that came while it was paused. */
  #inflated: Buffer | undefined = undefined;
  #isEnding = false;
  #isReadToEnd = false;
  #isClosed = false;
  #closeTimeout: NodeJS.Timeout | undefined = undefined;

  /** @param head - What was read of the first frames. */
  constructor(carrier: net.Socket, peer: Peer, head: Buffer, options: NodeWebSocketOptions) {
    this.remoteAddress = peer.remoteAddress;
    this.remotePort = peer.remotePort;
    this.tls = peer.tls;
    this.#carrier = carrier;
    this.#options = options;
    this.#reader = new FrameReader(this, {
      compression: options.compression,
      deflatedSizeMax: options.untrustedSizeMax,
    });
    this.#writer = new FrameWriter(carrier, () => this.#handler?.onDrain());
    if (head.length > 0) this.#unread = head;
    carrier.on("error", (error) => (this.#error ??= error));
    carrier.on("close", () => this.#closed());
  }

  get pendingBytes(): number {
    return this.#writer.pendingBytes;
  }

  attach(handler: SocketHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    // Whoever does not listen has nothing kept for it.
    if (isFirst) this.#carrier.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    if (this.#isClosed) process.nextTick(() => handler.onClose(this.#error));
    else process.nextTick(() => this.#goOn());
  }

  write(data: Uint8Array, flushed?: () => void): void {
    if (this.#isEnding || !this.#carrier.writable) {
      if (flushed) process.nextTick(flushed);
      return;
    }
    this.#writer.write(data, flushed);
  }

  pause(): void {
    this.#isPaused = true;
    this.#reader.suspend();
    this.#carrier.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    process.nextTick(() => this.#goOn());
  }

  end(farewell?: Farewell): void {
    if (this.#isEnding) return;
    this.#sayGoodbye(farewell?.status ?? statusOf.normal, farewell?.text);
    // From here on input is read only for the peer's close frame.
    this.#isPaused = false;
    this.#inflated = undefined;
    this.#goOn();
  }

  destroy(): void {
    this.#reader.suspend();
    this.#carrier.destroy();
  }

  trust(): void {
    this.#isTrusted = true;
    this.#reader.deflatedSizeMax = this.#options.inflatedSizeMax;
    this.#writer.deflates = this.#options.compression;
  }

  startTls(): void {
    throw new Error("a WebSocket connection is encrypted below WebSocket, or not at all");
  }

  startWebSocket(): void {
    throw new Error("the connection speaks WebSocket already");
  }

  /** Whether nothing is read any more. */
  get #isOver(): boolean {
    return this.#isReadToEnd || this.#carrier.destroyed;
  }

  // What the frames say.

  onData(bytes: Buffer): void {
    if (!this.#isEnding) this.#handler?.onData(bytes);
  }

  onDeflated(message: Buffer): void {
    if (this.#isEnding) return;
    const { untrustedSizeMax, inflatedSizeMax } = this.#options;
    if (!this.#isTrusted) {
      this.#onInflated(inflateAtOnce(message, untrustedSizeMax));
      return;
    }
    this.#isInflating = true;
    this.#reader.suspend();
    let isAtOnce = true;
    inflate(message, inflatedSizeMax, (result) => {
      this.#isInflating = false;
      this.#onInflated(result);
      if (!isAtOnce) this.#goOn();
    });
    isAtOnce = false;
    if (this.#isInflating) this.#carrier.pause();
  }

  onPing(payload: Buffer): void {
    if (!this.#isEnding) this.#writer.pong(payload);
  }

  onClose(status: number | undefined): void {
    if (!this.#isEnding) this.#sayGoodbye(status);
    this.#endCarrier();
  }

  onFault(status: number, reason: string): void {
    this.#error ??= new Error(`WebSocket: ${reason}`);
    if (!this.#isEnding) this.#sayGoodbye(status, reason);
    this.#endCarrier();
  }

  #onChunk(chunk: Buffer): void {
    if (!this.#isPaused && !this.#isInflating && this.#unread === undefined) this.#read(chunk, 0);
    // It is paused, so that this is no more than was on the way.
    else this.#unread = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
  }

  #read(chunk: Buffer, start: number): void {
    let at = start;
    do at = this.#reader.read(chunk, at);
    while (at < chunk.length && !this.#isPaused && !this.#isInflating && !this.#isOver);
    if (this.#isOver) return;
    this.#unread = at < chunk.length ? chunk.subarray(at) : undefined;
  }

  /** Goes on with what came while nothing was read. */
  #goOn(): void {
    if (this.#handler === undefined || this.#isPaused || this.#isInflating || this.#isOver) return;
    const inflated = this.#inflated;
    this.#inflated = undefined;
    if (inflated !== undefined) this.onData(inflated);
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined && !this.#isPaused) this.#read(unread, 0);
    else if (unread !== undefined) this.#unread = unread;
    if (!this.#isPaused && !this.#isInflating) this.#carrier.resume();
  }

  #onInflated(result: Inflated): void {
    if (this.#isOver) return;
    if (result === "too-large") this.onFault(statusOf.tooBig, "the message is too large");
    else if (result === "invalid") {
      this.onFault(statusOf.invalidPayload, "the message cannot be decompressed");
    } else if (this.#isPaused) this.#inflated = result;
    else this.onData(result);
  }

  #sayGoodbye(status: number | undefined, reason?: string): void {
    this.#isEnding = true;
    this.#writer.close(status, reason);
    this.#closeTimeout = setTimeout(() => this.#carrier.destroy(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Nothing more is expected from the peer but the end of its side. */
  #endCarrier(): void {
    if (this.#isReadToEnd) return;
    this.#isReadToEnd = true;
    this.#reader.suspend();
    this.#carrier.removeAllListeners("data");
    this.#unread = undefined;
    this.#carrier.resume();
    this.#writer.end(() => this.#closeTimeout?.refresh());
  }

  #closed(): void {
    this.#isClosed = true;
    clearTimeout(this.#closeTimeout);
    this.#unread = undefined;
    this.#inflated = undefined;
    this.#writer.releaseAll();
    this.#handler?.onClose(this.#error);
  }
}
