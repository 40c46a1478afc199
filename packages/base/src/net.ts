import type { TlsContext, TlsContextOptions, TlsSession } from "./tls.ts";

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
  /** Sends what is pending, then closes. */
  end(): void;
  /** Closes now, dropping what is pending. */
  destroy(): void;
  /**
   * Waits for the peer's TLS handshake and encrypts the connection. From here on this socket can only be destroyed,
   * which also ends a handshake under way; its handler hears nothing more.
   *
   * @param head - What was read of the handshake before.
   * @param done - Called once, later, with the encrypted connection, or with the reason why there is none; then
   * everything is closed. Not called after {@link destroy}. There is no limit of time.
   */
  startTls(context: TlsContext, head: Buffer, done: (result: Socket | Error) => void): void;
}
