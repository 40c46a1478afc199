import type net from "node:net";
import type tls from "node:tls";
import {
  assert,
  type Socket,
  type SocketHandler,
  type TlsContext,
  type TlsSession,
} from "@oxbow/base";
import { NodeTlsContext, sessionOf } from "./node-tls.ts";

/**
 * How long a connection that we ended waits for the peer to end it too. Closing with unread input makes the kernel
 * send a reset, which can overtake the last bytes we sent: an error message would be lost with it.
 */
const LINGER_MS = 1000;

/** How many entries of the queue of writes are used up before it is cut. */
const QUEUE_CUT_COUNT = 1024;

/** A TCP connection, or one of TLS. Its errors reach the handler as the reason of `onClose` and nobody else. */
export class NodeSocket implements Socket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsSession | undefined;
  readonly #socket: net.Socket;
  #handler: SocketHandler | undefined;
  #error: Error | undefined;
  #isClosed = false;
  /** Set while somebody else makes a better connection of this one: makes them forget about it. */
  #cancelStart: (() => void) | undefined = undefined;
  #pendingBytes = 0;
  /** Sizes and callbacks of the writes under way, oldest first, from `#head` on: no closure is made per write. */
  #sizes: number[] = [];
  #callbacks: ((() => void) | undefined)[] = [];
  #head = 0;
  readonly #onWritten = (error?: Error | null): void => {
    // After a failure Node calls back out of order; what is left is released in order by the close that follows.
    if (!error) this.#release();
  };

  constructor(socket: net.Socket | tls.TLSSocket) {
    this.#socket = socket;
    this.tls = "encrypted" in socket ? sessionOf(socket) : undefined;
    this.remoteAddress = socket.remoteAddress ?? "";
    this.remotePort = socket.remotePort ?? 0;
    socket.on("error", (error) => (this.#error = error));
    socket.on("close", () => this.#closed());
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  attach(handler: SocketHandler): void {
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (this.#isClosed) process.nextTick(() => handler.onClose(this.#error));
    else if (isFirst) this.#socket.on("data", (chunk: Buffer) => this.#handler?.onData(chunk));
  }

  write(data: Uint8Array, flushed?: () => void): void {
    if (!this.#socket.writable) {
      // The connection is over or ending: Node would take this for an error and drop what is still pending.
      if (flushed) process.nextTick(flushed);
      return;
    }
    this.#pendingBytes += data.length;
    this.#sizes.push(data.length);
    this.#callbacks.push(flushed);
    this.#socket.write(data, this.#onWritten);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#socket.destroyed) return;
    // From here on input is read only to be thrown away.
    this.#socket.removeAllListeners("data");
    this.#socket.resume();
    this.#socket.end(() => {
      const timeout = setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
      this.#socket.once("close", () => clearTimeout(timeout));
    });
  }

  destroy(): void {
    this.#cancelStart?.();
    this.#socket.destroy();
  }

  startTls(context: TlsContext, head: Buffer, done: (result: Socket | Error) => void): void {
    assert(
      context instanceof NodeTlsContext,
      "a TLS context is made by the network it is used with",
    );
    assert(!this.tls, "a connection is encrypted once");
    this.#handOver(head);
    this.#cancelStart = context.secure(this.#socket, (result) => {
      this.#cancelStart = undefined;
      if (result instanceof Error) this.#socket.destroy();
      done(result instanceof Error ? result : new NodeSocket(result));
    });
  }

  /** Leaves the connection to somebody else, who reads on from `head`. */
  #handOver(head: Buffer): void {
    this.#handler = undefined;
    this.#socket.removeAllListeners("data");
    this.#socket.pause();
    if (head.length > 0) this.#socket.unshift(head);
  }

  /** Takes the oldest write off the queue. */
  #release(): void {
    const size = this.#sizes[this.#head] as number;
    const flushed = this.#callbacks[this.#head];
    this.#callbacks[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#sizes.length || this.#head >= QUEUE_CUT_COUNT) this.#cut();
    this.#pendingBytes -= size;
    flushed?.();
    if (this.#pendingBytes === 0 && !this.#isClosed) this.#handler?.onDrain();
  }

  /** Drops the used part of the queue. It is cut once half of it is used, so that an entry moves once or twice. */
  #cut(): void {
    if (this.#head === this.#sizes.length) {
      this.#sizes.length = 0;
      this.#callbacks.length = 0;
    } else if (this.#head * 2 > this.#sizes.length) {
      this.#sizes.splice(0, this.#head);
      this.#callbacks.splice(0, this.#head);
    } else {
      return;
    }
    this.#head = 0;
  }

  #closed(): void {
    this.#isClosed = true;
    while (this.#head < this.#sizes.length) this.#release();
    this.#handler?.onClose(this.#error);
  }
}
