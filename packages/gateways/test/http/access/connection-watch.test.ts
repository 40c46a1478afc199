import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { suite, test } from "node:test";
import { StandingClock } from "@oxbow/testkit/clock";
import { ConnectionWatch } from "../../../src/http/access/connection-watch.ts";

const limits = {
  connectionsMax: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  uploadBytesMin: 1_000,
};

/** A server whose connections are watched, by a clock that stands. */
class WatchedServer implements AsyncDisposable {
  readonly clock = new StandingClock();
  readonly watch: ConnectionWatch;
  readonly #door = createServer();
  readonly #sockets: Socket[] = [];

  constructor(answer: RequestListener) {
    const http = createHttp(answer);
    this.watch = new ConnectionWatch(http, this.clock, limits);
    this.#door.on("connection", (socket) => {
      if (this.watch.take(socket)) http.emit("connection", socket);
      else socket.destroy();
    });
  }

  async open(): Promise<void> {
    this.#door.listen(0, "127.0.0.1");
    await once(this.#door, "listening");
  }

  /** Connects, and resolves once the server knows. */
  async connect(): Promise<Socket> {
    const taken = once(this.#door, "connection");
    const socket = connect((this.#door.address() as AddressInfo).port, "127.0.0.1");
    this.#sockets.push(socket);
    await Promise.all([once(socket, "connect"), taken]);
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.watch.close();
    this.#door.close();
    await once(this.#door, "close");
  }
}

/** What comes until it ends, whichever way. */
async function textOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  socket.on("error", () => undefined);
  if (!socket.closed) await once(socket, "close");
  return text;
}

suite("connections that take their time", () => {
  test("a thousand who send headers byte by byte are all there can be, and are sent away", async () => {
    await using server = new WatchedServer((_request, response) => response.end("answer"));
    await server.open();
    const slow: Socket[] = [];
    for (let i = 0; i < 1_000; i++) slow.push(await server.connect());
    const ends = slow.map(textOf);
    for (const socket of slow) socket.write("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    assert.equal(server.watch.size, 1_000);
    const late = await server.connect();
    assert.equal(await textOf(late), "");
    server.clock.advance(9_000);
    assert.equal(server.watch.size, 1_000);
    for (const socket of slow) socket.write("x");
    server.clock.advance(2_000);
    assert.equal(server.watch.size, 0);
    for (const text of await Promise.all(ends)) assert.match(text, /^(HTTP\/1.1 408 |$)/);
    const next = await server.connect();
    next.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.match(await textOf(next), /200 OK[\s\S]*answer/);
  });

  test("a body has its time, an answer as long as it takes, and the next request comes soon", async () => {
    const asked = Promise.withResolvers<() => void>();
    await using server = new WatchedServer((request, response) => {
      request.resume();
      if (request.url === "/long") asked.resolve(() => response.end("at last"));
      else response.end("now");
    });
    await server.open();
    const long = await server.connect();
    long.write("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await asked.promise;
    server.clock.advance(600_000);
    const first = once(long, "data");
    answer();
    assert.match(String((await first)[0]), /at last/);
    // Kept for the next request, for a while; once that begins it has to come.
    server.clock.advance(50_000);
    assert.equal(server.watch.size, 1);
    server.clock.advance(20_000);
    assert.equal(server.watch.size, 0);

    const slowBody = await server.connect();
    const asks = Promise.withResolvers<void>();
    slowBody.once("data", () => asks.resolve());
    slowBody.write(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
    );
    await asks.promise;
    server.clock.advance(29_000);
    assert.equal(server.watch.size, 1);
    server.clock.advance(70_000);
    assert.equal(server.watch.size, 0);
  });

  test("an upload may take any time as long as it goes on, and not longer", async () => {
    const begun = Promise.withResolvers<IncomingMessage>();
    await using server = new WatchedServer((request) => begun.resolve(request));
    await server.open();
    const socket = await server.connect();
    const head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    socket.write(head);
    const request = await begun.promise;
    server.watch.expectUpload(request);
    const send = async (bytes: number): Promise<void> => {
      const [before, after] = [request.socket.bytesRead, request.socket.bytesRead + bytes];
      assert.ok(before < after);
      socket.write(Buffer.alloc(bytes));
      while (request.socket.bytesRead < after) await once(request, "data");
    };
    for (let i = 0; i < 10; i++) {
      await send(1_000);
      server.clock.advance(31_000);
      assert.equal(server.watch.size, 1, `after ${i}`);
    }
    // A byte now and then is no upload.
    await send(999);
    server.clock.advance(31_000);
    assert.equal(server.watch.size, 0);
    await textOf(socket);
  });
});
