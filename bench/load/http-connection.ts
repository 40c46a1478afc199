import { connect, type Socket } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");

/** An answer, valid during the call only. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** What a connection tells its owner. */
export interface HttpHandler {
  onAnswer(answer: HttpAnswer): void;
  /** Never called after {@link HttpConnection.close}. */
  onFailure(error: Error): void;
}

/** A bare connection that is kept alive, for prepared requests whose answers say how long they are. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #handler: HttpHandler;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;

  private constructor(socket: Socket, handler: HttpHandler) {
    this.#socket = socket;
    this.#handler = handler;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** Connects to the loopback port. */
  static open(port: number, handler: HttpHandler): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new HttpConnection(socket, handler));
      });
    });
  }

  write(request: Uint8Array): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf(headEnd);
      if (end < 0) return;
      const head = this.#received.toString("latin1", 0, end);
      const size = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (size === undefined) {
        this.#fail(new Error(`an answer without a length: ${head}`));
        return;
      }
      const bodyStart = end + headEnd.length;
      const bodyEnd = bodyStart + Number(size);
      if (this.#received.length < bodyEnd) return;
      const body = this.#received.subarray(bodyStart, bodyEnd);
      this.#received = this.#received.subarray(bodyEnd);
      this.#handler.onAnswer({ status: Number(head.slice(9, 12)), body });
    }
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#handler.onFailure(error);
  }
}
