import type net from "node:net";
import type tls from "node:tls";
import {
  assert,
  type Socket,
  type SocketHandler,
  type TlsContext,
  type TlsSession,
  type UpgradeJudge,
  type WebSocketContext,
} from "@oxbow/base";
import { NodeTlsContext, sessionOf } from "./node-tls.ts";
import { NodeWebSocket } from "./node-web-socket.ts";
import { NodeWebSocketContext, type Upgraded } from "./node-web-socket-context.ts";
import { PendingWrites } from "./pending-writes.ts";

/**
 * How long a connection that we ended waits for the peer to end it too. Closing with unread input makes the kernel
 * send a reset, which can overtake the last bytes we sent: an error message would be lost with it.
 */
const LINGER_MS = 1000;

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
  readonly #writes: PendingWrites = new PendingWrites();
  readonly #onWritten = (error?: Error | null): void => {
    // After a failure Node calls back out of order; what is left is released in order by the close that follows.
    if (!error) this.#release();
  };

  constructor(socket: net.Socket | tls.TLSSocket) {
    this.#socket = socket;
    this.tls = "encrypted" in socket ? sessionOf(socket) : undefined;
    // An IPv4 address that came in by IPv6 is shown as what it is.
    this.remoteAddress = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
    this.remotePort = socket.remotePort ?? 0;
    socket.on("error", (error) => (this.#error = error));
    socket.on("close", () => this.#closed());
  }

  get pendingBytes(): number {
    return this.#writes.bytes;
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
    this.#writes.add(data.length, flushed);
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

  trust(): void {}

  startWebSocket(
    context: WebSocketContext,
    judge: UpgradeJudge,
    done: (result: Socket | Error) => void,
  ): void {
    assert(
      context instanceof NodeWebSocketContext,
      "a context is made by the network it is used with",
    );
    this.#handOver(Buffer.alloc(0));
    this.#cancelStart = context.upgrade(this.#socket, judge, (result) => {
      this.#cancelStart = undefined;
      if (result instanceof Error) done(result);
      else done(this.#speakWebSocket(result, context));
    });
  }

  #speakWebSocket({ head, compression }: Upgraded, context: NodeWebSocketContext): Socket {
    const options = { ...context.options, compression };
    return new NodeWebSocket(this.#socket, this, head, options);
  }

  /** Leaves the connection to somebody else, who reads on from `head`. */
  #handOver(head: Buffer): void {
    this.#handler = undefined;
    this.#socket.removeAllListeners("data");
    this.#socket.pause();
    if (head.length > 0) this.#socket.unshift(head);
  }

  /** The oldest write has left. */
  #release(): void {
    this.#writes.release();
    if (this.#writes.bytes === 0 && !this.#isClosed) this.#handler?.onDrain();
  }

  #closed(): void {
    this.#isClosed = true;
    this.#writes.releaseAll();
    this.#handler?.onClose(this.#error);
  }
}
