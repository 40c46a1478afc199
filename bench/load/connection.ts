import { connect, type Socket } from "node:net";
import { type Frame, type FrameHandler, Scanner } from "./scanner.ts";

/** Larger than any message of any case, because a frame must lie in the buffer as a whole. */
const READ_BUFFER_SIZE = 256 * 1024;

const CONNECT_LINE =
  'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"echo":true,' +
  '"protocol":1,"lang":"javascript","version":"1.0.0","name":"bench"}\r\nPING\r\n';

/** What a connection tells its owner. */
export interface ConnectionHandler {
  /** One delivered message; `buffer` and `frame` are valid during the call only. */
  onMessage(buffer: Buffer, frame: Frame): void;
  /** Everything that one read brought has been reported: the moment to send what the messages gave rise to. */
  onReadEnd(): void;
  /** The server reported an error or the socket broke; never called after {@link Connection.close}. */
  onFailure(error: Error): void;
}

/**
 * A bare NATS client connection for load generation: it reads into one reused buffer, parses in place and writes
 * prepared bytes.
 */
export class Connection implements FrameHandler {
  readonly #handler: ConnectionHandler;
  readonly #scanner: Scanner;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(READ_BUFFER_SIZE);
  readonly #pongs: (() => void)[] = [];
  #socket: Socket | undefined;
  /** The bytes `[0, end)` have been received and belong to an incomplete frame. */
  #end = 0;
  #closed = false;

  private constructor(handler: ConnectionHandler) {
    this.#handler = handler;
    this.#scanner = new Scanner(this);
  }

  /** Connects to the loopback port and completes the handshake. */
  static async open(port: number, handler: ConnectionHandler): Promise<Connection> {
    const connection = new Connection(handler);
    await connection.#connect(port);
    return connection;
  }

  /** The same, and subscribes to `subject` with the sid 1; resolves once the server has the subscription. */
  static async openSubscribed(
    port: number,
    subject: string,
    handler: ConnectionHandler,
  ): Promise<Connection> {
    const connection = await Connection.open(port, handler);
    connection.write(`SUB ${subject} 1\r\n`);
    await connection.flush();
    return connection;
  }

  /** Bytes handed to {@link write} that the kernel has not taken yet. */
  get unsentSize(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** Sends bytes, which must not change until the server has evidently received them or `onSent` is called. */
  write(bytes: Uint8Array | string, onSent?: () => void): void {
    this.#socket?.write(bytes, onSent);
  }

  /** Resolves once the server has processed everything written before. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#pongs.push(resolve);
      this.write("PING\r\n");
    });
  }

  /** Closes the socket at once. */
  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  /** @internal For the scanner. */
  onMessage(buffer: Buffer, frame: Frame): void {
    this.#handler.onMessage(buffer, frame);
  }

  /** @internal For the scanner. */
  onLine(line: string): void {
    if (line === "PING") this.write("PONG\r\n");
    else if (line === "PONG") this.#pongs.shift()?.();
    else if (line.startsWith("-ERR")) this.#fail(new Error(`server answered ${line}`));
  }

  #connect(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: "127.0.0.1",
        port,
        noDelay: true,
        onread: {
          // Reading behind the incomplete frame keeps frames contiguous without copying whole reads.
          buffer: () => this.#buffer.subarray(this.#end),
          callback: (size) => {
            this.#received(size);
            return true;
          },
        },
      });
      this.#socket = socket;
      socket.once("error", (error) => {
        reject(error);
        this.#fail(error);
      });
      socket.once("close", () => {
        reject(new Error("connection closed during the handshake"));
        this.#fail(new Error("server closed the connection"));
      });
      this.#pongs.push(resolve);
      socket.once("connect", () => socket.write(CONNECT_LINE));
    });
  }

  #received(size: number): void {
    const end = this.#end + size;
    const consumed = this.#scanner.scan(this.#buffer, end);
    if (consumed < end) this.#buffer.copyWithin(0, consumed, end);
    this.#end = end - consumed;
    if (this.#end === READ_BUFFER_SIZE) this.#fail(new Error("message larger than the buffer"));
    this.#handler.onReadEnd();
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#handler.onFailure(error);
  }
}
