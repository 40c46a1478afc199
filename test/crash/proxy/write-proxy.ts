import { createServer, type Server, Socket } from "node:net";
import { type Frame, FrameSplitter } from "./frames.ts";

/** When whoever writes by a proxy dies. */
export interface Death {
  /** After so many writes, which the server has answered; 0 for before the first one. */
  readonly writes: number;
  /** Called when it is time. By then no answer to the last write has gone back. */
  readonly kill: () => void;
}

/** What went by a proxy since it was told to count. */
export interface ProxyCount {
  /** Names of the writes, in their order. */
  readonly writes: readonly string[];
  readonly isDead: boolean;
}

/**
 * Stands between a server and whoever writes to it, counts what is written, and ends all of its connections after the
 * n-th write: so a process is cut off between two writes without having a part in it. What it sends then goes nowhere.
 */
export class WriteProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #nameOf: (subject: string) => string | undefined;
  readonly #sockets = new Set<Socket>();
  /** Reply subjects of writes that the server has not answered. */
  readonly #unanswered = new Set<string>();
  readonly #died = Promise.withResolvers<void>();
  #writes: string[] = [];
  #death: Death | undefined = undefined;
  #isCounting = false;
  #isDying = false;
  #isDead = false;

  private constructor(targetPort: number, nameOf: (subject: string) => string | undefined) {
    this.#targetPort = targetPort;
    this.#nameOf = nameOf;
    this.#server = createServer((socket) => this.#connect(socket));
  }

  /**
   * @param targetPort - Of the server, on the loopback interface.
   * @param nameOf - What a message to a subject writes; `undefined` if nothing.
   */
  static async open(
    targetPort: number,
    nameOf: (subject: string) => string | undefined,
  ): Promise<WriteProxy> {
    const proxy = new WriteProxy(targetPort, nameOf);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy is closed");
    return `nats://127.0.0.1:${address.port}`;
  }

  get count(): ProxyCount {
    return { writes: this.#writes, isDead: this.#isDead };
  }

  /** Resolves once all connections are ended. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  /** Counts from here on. */
  begin(death?: Death): void {
    this.#writes = [];
    this.#isCounting = true;
    this.#death = death;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #connect(client: Socket): void {
    const server = new Socket();
    server.connect(this.#targetPort, "127.0.0.1");
    for (const socket of [client, server]) {
      socket.setNoDelay();
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    const [said, told] = [new FrameSplitter(), new FrameSplitter()];
    client.on("data", (chunk: Buffer) => {
      for (const frame of said.take(chunk)) {
        // A write that asks for no answer may be the last one.
        if (this.#isLetBy(frame)) server.write(frame.bytes, () => this.#dieIfAnswered());
      }
    });
    server.on("data", (chunk: Buffer) => {
      for (const frame of told.take(chunk)) if (this.#isToldOf(frame)) client.write(frame.bytes);
    });
  }

  /** Whether the server gets it. */
  #isLetBy({ verb, subject, reply }: Frame): boolean {
    if (this.#isDying) return false;
    const isMessage = verb === "PUB" || verb === "HPUB";
    const name = this.#isCounting && isMessage ? this.#nameOf(subject) : undefined;
    if (name === undefined) return true;
    if (this.#death?.writes === 0) {
      this.#isDying = true;
      this.#dieIfAnswered();
      return false;
    }
    this.#writes.push(name);
    if (reply !== undefined) this.#unanswered.add(reply);
    if (this.#writes.length === this.#death?.writes) this.#isDying = true;
    return true;
  }

  /** Whether the client gets it. */
  #isToldOf({ subject }: Frame): boolean {
    const isAnswer = subject !== "" && this.#unanswered.delete(subject);
    if (!this.#isDying) return true;
    if (isAnswer) this.#dieIfAnswered();
    return false;
  }

  #dieIfAnswered(): void {
    if (!this.#isDying || this.#isDead || this.#unanswered.size > 0) return;
    this.#isDead = true;
    this.#death?.kill();
    for (const socket of this.#sockets) socket.destroy();
    this.#died.resolve();
  }
}
