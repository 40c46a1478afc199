import type { TlsContext, TlsContextOptions, TlsSession } from "./tls.ts";
import type { UpgradeJudge, WebSocketContext, WebSocketContextOptions } from "./web-socket.ts";

/** The network as the packages see it: byte streams, no Node types. */
export interface Net {
  /**
   * Starts to accept connections. Port 0 picks a free one. Rejects with Node's `code` (`EADDRINUSE`, `EACCES` …).
   */
  listen(
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener>;
  /**
   * Makes certificates and rules ready for {@link Socket.startTls}.
   *
   * @throws What is wrong with them, in the words of the TLS library; also where there is no TLS (the simulator).
   */
  createTlsContext(options: TlsContextOptions): TlsContext;
  /** Makes ready for {@link Socket.startWebSocket}. Throws where there is no WebSocket (the simulator). */
  createWebSocketContext(options: WebSocketContextOptions): WebSocketContext;
  /** Addresses of this machine that others may reach it at: those of its interfaces, without loopback and link-local. */
  publicAddresses(): readonly string[];
}

/** An open listening port. */
export interface Listener {
  readonly host: string;
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Stops accepting; connections that are open stay open. May be called twice. */
  close(): Promise<void>;
}

/** What the owner of a connection hears from it. Set with {@link Socket.attach}. */
export interface SocketHandler {
  /** Bytes came. The chunk belongs to the handler and is not reused by the socket. */
  onData(chunk: Buffer): void;
  /** What was written has left the process: `pendingBytes` is 0 again. */
  onDrain(): void;
  /** The connection is over, for whatever reason; called exactly once, and nothing is called after it. */
  onClose(error: Error | undefined): void;
}

/** One connection. */
export interface Socket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** How it is encrypted; `undefined`: it is not. */
  readonly tls: TlsSession | undefined;
  /** Bytes given to `write` that have not left the process. */
  readonly pendingBytes: number;
  /** Sets who hears of this connection. An owner may pass it on to another: from then on only that one hears. */
  attach(handler: SocketHandler): void;
  /**
   * Sends `data`, which is borrowed until `flushed` is called (also when the connection fails).
   * Nothing is refused: the caller watches `pendingBytes`.
   */
  write(data: Uint8Array, flushed?: () => void): void;
  /** Stops `onData` until {@link resume}. */
  pause(): void;
  resume(): void;
  /**
   * Sends what is pending, then closes.
   *
   * @param farewell - What to say last, where the transport has a place for it (WebSocket).
   */
  end(farewell?: Farewell): void;
  /** Closes now, dropping what is pending. */
  destroy(): void;
  /** The peer has shown who it is: what the transport withholds from strangers (memory) it gives from here on. */
  trust(): void;
  /**
   * Waits for the peer's TLS handshake and encrypts the connection. From here on this socket can only be destroyed,
   * which also ends a handshake under way; its handler hears nothing more.
   *
   * @param head - What was read of the handshake before.
   * @param done - Called once, later, with the encrypted connection, or with the reason why there is none (code
   * `ECONNRESET`: the peer has left); then everything is closed. Not called after {@link destroy}. There is no limit of
   * time.
   */
  startTls(context: TlsContext, head: Buffer, done: (result: Socket | Error) => void): void;
  /**
   * Speaks HTTP until the peer asks for WebSocket, whose messages are then the bytes of the connection. Else as
   * {@link startTls}: a request that `judge` refuses is answered, and ends the connection.
   */
  startWebSocket(
    context: WebSocketContext,
    judge: UpgradeJudge,
    done: (result: Socket | Error) => void,
  ): void;
}

/** The last word on a WebSocket connection. */
export interface Farewell {
  /** Status of the close frame (RFC 6455, section 7.4). */
  readonly status: number;
  /** At most 123 bytes. */
  readonly text: string;
}
