import { connect, type Socket } from "node:net";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import type { Role, RoleContext } from "./role.ts";

type Options = RoleOptions["http-crowd"];

/** How often each slow client sends another byte. */
const BYTE_EVERY_MS = 1_000;

/** Somebody who sends headers byte by byte, and begins anew when sent away. */
class SlowClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
  }

  open(): void {
    const socket = connect({ host: "127.0.0.1", port: this.#port });
    this.#socket = socket;
    socket.on("connect", () => socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (!this.#isOver) setTimeout(() => this.open(), BYTE_EVERY_MS);
    });
    socket.resume();
  }

  sendByte(): void {
    if (this.#socket?.writable === true) this.#socket.write("x");
  }

  close(): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }
}

/** Looks on what comes into a station; resolves once the server has answered. */
function openTail(
  { port, station }: Options,
  onData: (chunk: string) => void,
  context: RoleContext,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("connect", () =>
      socket.write(
        `GET /api/v1/stations/${station}/tail?perSecondMax=10 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
      ),
    );
    socket.on("data", (chunk) => {
      const text = String(chunk);
      if (text.startsWith("HTTP/1.1") && !text.startsWith("HTTP/1.1 200")) {
        context.fail(new Error(`a tail was answered ${text.slice(0, 400)}`));
      }
      onData(text);
      resolve(socket);
    });
  });
}

/** Clients that cost a server something without asking for much: slow ones, and those who look on. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const { port, slowCount, tailCount } = options;
  const slow = Array.from({ length: slowCount }, () => new SlowClient(port));
  for (const client of slow) client.open();
  let events = 0;
  const tails: Socket[] = [];
  const count = (text: string): void => {
    events += text.split("event: messages").length - 1;
  };
  for (let i = 0; i < tailCount; i++) tails.push(await openTail(options, count, context));
  const timer = setInterval(() => {
    for (const client of slow) client.sendByte();
  }, BYTE_EVERY_MS);
  return {
    start: () => undefined,
    count: () => events,
    finish: (): Promise<RoleReport> => {
      clearInterval(timer);
      for (const client of slow) client.close();
      for (const socket of tails) socket.destroy();
      if (tailCount > 0 && events === 0) throw new Error("the tails have shown nothing");
      return Promise.resolve({ total: events });
    },
  };
}
