/** The network as the packages see it: byte streams only, no TLS details, no Node types. */
export interface Net {
  /**
   * Starts to accept connections. Port 0 picks a free one. Rejects with Node's `code` (`EADDRINUSE`, `EACCES` …).
   */
  listen(
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener>;
}

/** An open listening port. */
export interface Listener {
  readonly host: string;
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Stops accepting; connections that are open stay open. May be called twice. */
  close(): Promise<void>;
}

/** What the owner of a connection hears from it. Set once with {@link Socket.attach}. */
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
  /** Bytes given to `write` that have not left the process. */
  readonly pendingBytes: number;
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
}
