import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * A real nats-server with JetStream on a free port and in a directory of its own, and just enough of a client to send it
 * requests whose bodies no client library would send.
 */
export class NatsPeer implements AsyncDisposable {
  /** The version it says it is. */
  readonly version: string;
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  readonly #directory: string;
  readonly #waiting = new Map<string, (body: string) => void>();
  #received: Buffer = Buffer.alloc(0);
  #requestCount = 0;

  private constructor(process: ChildProcess, socket: Socket, directory: string, info: Buffer) {
    this.#process = process;
    this.#socket = socket;
    this.#directory = directory;
    const json = info.subarray(info.indexOf("{"), info.lastIndexOf("}") + 1).toString();
    this.version = (JSON.parse(json) as { version: string }).version;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.write('CONNECT {"verbose":false,"pedantic":false}\r\nSUB _R.* 1\r\n');
  }

  /** Starts the `nats-server` found on PATH; `undefined` if there is none. */
  static async start(): Promise<NatsPeer | undefined> {
    const directory = await mkdtemp(join(tmpdir(), "oxbow-nats-"));
    const server = spawn("nats-server", ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", directory], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const port = await new Promise<number | undefined>((resolve) => {
      server.once("error", () => resolve(undefined));
      server.once("exit", () => resolve(undefined));
      createInterface({ input: server.stderr }).on("line", (line) => {
        const found = /Listening for client connections on .*:(\d+)$/.exec(line);
        if (found !== null) resolve(Number(found[1]));
      });
    });
    if (port === undefined) {
      await rm(directory, { recursive: true, force: true });
      return undefined;
    }
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    let info = Buffer.alloc(0);
    while (!info.includes("\r\n")) {
      const [chunk] = (await once(socket, "data")) as [Buffer];
      info = Buffer.concat([info, chunk]);
    }
    return new NatsPeer(server, socket, directory, info);
  }

  /** Sends a request and resolves with the body of its answer. */
  request(subject: string, body: string): Promise<string> {
    const reply = `_R.${++this.#requestCount}`;
    this.#socket.write(`PUB ${subject} ${reply} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
    return new Promise((resolve) => this.#waiting.set(reply, resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
    await rm(this.#directory, { recursive: true, force: true });
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const lineEnd = this.#received.indexOf("\r\n");
      if (lineEnd < 0) return;
      const fields = this.#received.toString("utf8", 0, lineEnd).split(" ");
      let end = lineEnd + 2;
      if (fields[0] === "PING") this.#socket.write("PONG\r\n");
      if (fields[0] === "MSG") {
        const bodyStart = end;
        end += Number(fields.at(-1)) + 2;
        if (this.#received.length < end) return;
        this.#waiting.get(fields[1] ?? "")?.(this.#received.toString("utf8", bodyStart, end - 2));
      }
      this.#received = this.#received.subarray(end);
    }
  }
}
