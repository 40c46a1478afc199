import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { withDeadline } from "../support/deadline.ts";

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it is answered. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A web server on the loopback interface that keeps what comes, and answers as it is told, else with 200. */
export class Receiver implements AsyncDisposable {
  readonly #server: Server;
  readonly #received: Received[] = [];
  readonly #answers: Answer[] = [];
  #wake: () => void = () => undefined;
  #taken = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { url: path = "", headers } = request;
        const {
          status,
          headers: more = {},
          body = "ok",
        } = this.#answers.shift() ?? { status: 200 };
        response.writeHead(status, more).end(body);
        this.#received.push({ path, headers, body: Buffer.concat(chunks).toString() });
        this.#wake();
      });
    });
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    const { promise, resolve } = Promise.withResolvers<void>();
    receiver.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** All that came until now. */
  get count(): number {
    return this.#received.length;
  }

  /** Whether there is one that nobody has taken yet. */
  get hasMore(): boolean {
    return this.#taken < this.#received.length;
  }

  /** Answers the next requests so. */
  answer(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  /** The next request that nobody has taken yet. */
  async next(): Promise<Received> {
    for (;;) {
      const received = this.#received[this.#taken];
      if (received !== undefined) {
        this.#taken++;
        return received;
      }
      const more = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await withDeadline(more, () => `request ${this.#taken + 1} of a notification`);
    }
  }

  /** The notice of the next request to a webhook. */
  async nextNotice(): Promise<Record<string, unknown>> {
    const { body } = await this.next();
    return (JSON.parse(body) as { readonly data: Record<string, unknown> }).data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }
}
