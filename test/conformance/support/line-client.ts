import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { withDeadline } from "../../interop/support/deadline.ts";

/**
 * A connection seen as lines of text, in the way the golden transcripts were written down: INFO lines and empty lines
 * are left out, payloads are lines like any other.
 */
export class LineClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #rest = "";
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => this.#split(chunk));
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  static async open(port: number): Promise<LineClient> {
    const client = new LineClient(connect(port, "127.0.0.1"));
    await withDeadline(once(client.#socket, "connect"), () => "a connection");
    return client;
  }

  write(text: string): void {
    if (!this.#isClosed) this.#socket.write(text);
  }

  /** The next line, or `undefined` once the server has closed the connection. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isClosed) {
      const event = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await withDeadline(event, () => "a line");
    }
    return this.#lines.shift();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #split(text: string): void {
    const lines = (this.#rest + text).split("\r\n");
    this.#rest = lines.pop() ?? "";
    this.#lines.push(...lines.filter((line) => line !== "" && !line.startsWith("INFO ")));
    this.#wake?.();
  }
}
