import type net from "node:net";
import type { Farewell, Socket, SocketHandler, TlsSession } from "@oxbow/base";
import type { WebSocket } from "ws";
import type { NodeWebSocketContext } from "./node-web-socket-context.ts";
import { PendingWrites } from "./pending-writes.ts";

/** Messages of fewer bytes only grow by compression. */
const COMPRESSED_SIZE_MIN = 65;

const statusNormal = 1000;
const statusTooBig = 1009;

/** A WebSocket connection: each write is a binary message, and messages of any kind are chunks. */
export class NodeWebSocket implements Socket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsSession | undefined;
  readonly #webSocket: WebSocket;
  readonly #isCompressed: boolean;
  readonly #untrustedSizeMax: number;
  #handler: SocketHandler | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isPaused = false;
  /** Messages that came while it was paused: those of one chunk from the network. */
  #held: Buffer[] = [];
  readonly #writes: PendingWrites = new PendingWrites();
  /** Strangers get no compressor: one takes more memory than all else together. */
  #isTrusted = false;
  /** Ends the watch on a stranger's memory. */
  #endWatch: (() => void) | undefined;
  readonly #onWritten = (error?: Error | null): void => {
    // After a failure the callbacks come out of order; the close that follows releases what is left in order.
    if (error) return;
    this.#writes.release();
    if (this.#writes.bytes === 0 && !this.#isClosed) this.#handler?.onDrain();
  };

  constructor(
    webSocket: WebSocket,
    carrier: net.Socket,
    peer: {
      readonly remoteAddress: string;
      readonly remotePort: number;
      readonly tls: TlsSession | undefined;
    },
    context: NodeWebSocketContext,
  ) {
    this.#webSocket = webSocket;
    this.remoteAddress = peer.remoteAddress;
    this.remotePort = peer.remotePort;
    this.tls = peer.tls;
    this.#isCompressed = webSocket.extensions !== "";
    this.#untrustedSizeMax = context.options.untrustedSizeMax;
    this.#watch(carrier);
    webSocket.on("message", (data) => this.#onMessage(data as Buffer));
    webSocket.on("error", (error) => (this.#error ??= error));
    webSocket.on("close", () => this.#closed());
  }

  get pendingBytes(): number {
    return this.#writes.bytes;
  }

  attach(handler: SocketHandler): void {
    this.#handler = handler;
    if (this.#isClosed) process.nextTick(() => handler.onClose(this.#error));
    else if (this.#held.length > 0) process.nextTick(() => this.#giveHeld());
  }

  write(data: Uint8Array, flushed?: () => void): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) {
      if (flushed) process.nextTick(flushed);
      return;
    }
    this.#writes.add(data.length, flushed);
    const compress = this.#isCompressed && this.#isTrusted && data.length >= COMPRESSED_SIZE_MIN;
    this.#webSocket.send(data, { binary: true, compress }, this.#onWritten);
  }

  pause(): void {
    this.#isPaused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#webSocket.resume();
    if (this.#held.length > 0) process.nextTick(() => this.#giveHeld());
  }

  end(farewell?: Farewell): void {
    // From here on input is read only for the peer's close frame.
    this.#held = [];
    this.#endWatch?.();
    this.#webSocket.removeAllListeners("message");
    this.#webSocket.resume();
    this.#webSocket.close(farewell?.status ?? statusNormal, farewell?.text);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  trust(): void {
    this.#isTrusted = true;
    this.#endWatch?.();
  }

  startTls(): void {
    throw new Error("a WebSocket connection is encrypted below WebSocket, or not at all");
  }

  startWebSocket(): void {
    throw new Error("the connection speaks WebSocket already");
  }

  #onMessage(data: Buffer): void {
    if (this.#isPaused || this.#handler === undefined || this.#held.length > 0)
      this.#held.push(data);
    else this.#handler.onData(data);
  }

  #giveHeld(): void {
    while (!this.#isPaused && !this.#isClosed && this.#held.length > 0) {
      this.#handler?.onData(this.#held.shift() as Buffer);
    }
  }

  /**
   * Until the peer is trusted, ends the connection when a message is not there after `#untrustedSizeMax` bytes: the
   * limit for messages is far above, and their beginnings are kept.
   */
  #watch(carrier: net.Socket): void {
    let unfinishedSize = 0;
    const count = (chunk: Buffer): void => void (unfinishedSize += chunk.length);
    const reset = (): void => void (unfinishedSize = 0);
    const check = (): void => {
      if (unfinishedSize <= this.#untrustedSizeMax) return;
      this.#error ??= new Error("too large a message before authentication");
      this.end({ status: statusTooBig, text: "too large before authentication" });
      // Not one byte more, not even of the peer's close frame.
      this.#webSocket.pause();
    };
    // Before the chunk is read, and after it.
    carrier.prependListener("data", count);
    this.#webSocket.on("message", reset);
    carrier.on("data", check);
    this.#endWatch = () => {
      carrier.off("data", count);
      carrier.off("data", check);
      this.#webSocket.off("message", reset);
      this.#endWatch = undefined;
    };
  }

  #closed(): void {
    this.#isClosed = true;
    this.#endWatch?.();
    this.#writes.releaseAll();
    this.#handler?.onClose(this.#error);
  }
}
