import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { type TestContext, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import {
  type Listener,
  type Socket,
  silentLogger,
  type UpgradeJudge,
  type WebSocketContextOptions,
} from "@oxbow/base";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import fc from "fast-check";
import { type ClientOptions, WebSocket } from "ws";
import { NodeNet } from "../src/node-net.ts";
import { Recorder } from "./support/recorder.ts";

const nodeNet = new NodeNet(silentLogger);
const yes: UpgradeJudge = () => ({ headers: {} });

const usual: WebSocketContextOptions = {
  compression: false,
  inflatedSizeMax: 200_000,
  untrustedSizeMax: 16 * 1024,
};

/** A port that upgrades whoever comes, and what came of each. */
class Port implements AsyncDisposable {
  readonly listener: Listener;
  readonly sockets: Set<Socket> = new Set();
  #waiting: ((result: Socket | Error) => void)[] = [];
  #results: (Socket | Error)[] = [];

  private constructor(listener: Listener) {
    this.listener = listener;
  }

  static async open(
    t: TestContext | undefined,
    options: Partial<WebSocketContextOptions> = {},
    judge: UpgradeJudge = yes,
  ): Promise<Port> {
    const context = nodeNet.createWebSocketContext({ ...usual, ...options });
    const listener: Listener = await nodeNet.listen({ host: "127.0.0.1", port: 0 }, (socket) => {
      port.sockets.add(socket);
      socket.startWebSocket(context, judge, (result) => port.#give(result));
    });
    const port = new Port(listener);
    t?.after(() => port[Symbol.asyncDispose]());
    return port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.listener.port}/`;
  }

  /** What came of the next connection. */
  next(): Promise<Socket | Error> {
    const result = this.#results.shift();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, with what it hears. */
  async accepted(): Promise<{ socket: Socket; recorder: Recorder }> {
    const socket = await this.next();
    if (socket instanceof Error) throw socket;
    const recorder = new Recorder();
    socket.attach(recorder);
    return { socket, recorder };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.listener.close();
  }

  #give(result: Socket | Error): void {
    if (!(result instanceof Error)) this.sockets.add(result);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#results.push(result);
    else waiting(result);
  }
}

/** A client that is connected. */
async function connect(port: Port, options: ClientOptions = {}): Promise<WebSocket> {
  const client = new WebSocket(port.url, options);
  await once(client, "open");
  return client;
}

/** The status with which a peer was told goodbye. */
function closeStatus(client: WebSocket): Promise<number> {
  client.on("error", () => {});
  return new Promise((resolve) => client.once("close", resolve));
}

/** A request for an upgrade, with `changes` to its headers; an empty value leaves one out. */
function upgradeRequest(
  changes: Readonly<Record<string, string>> = {},
  line = "GET / HTTP/1.1",
): string {
  const headers: Record<string, string> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...changes,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== "");
  return [line, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}

/** A frame of a client. */
function frame(first: number, payload: Buffer, mask = 0x01020304): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([first, 0x80 | payload.length])
      : Buffer.from([first, 0xfe, payload.length >> 8, payload.length & 0xff]);
  const key = Buffer.alloc(4);
  key.writeUInt32BE(mask);
  return Buffer.concat([head, key, payload.map((byte, at) => byte ^ (key[at % 4] as number))]);
}

function deflated(data: Buffer): Buffer {
  const bytes = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - 4);
}

/** A compressed message in frames of 1,000 bytes. */
function parts(message: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < message.length; at += 1_000) {
    const isLast = at + 1_000 >= message.length;
    const first = (at === 0 ? 0x42 : 0x00) | (isLast ? 0x80 : 0);
    frames.push(frame(first, message.subarray(at, at + 1_000)));
  }
  return frames;
}

async function rawConnection(port: Port): Promise<{ client: net.Socket; text: () => string }> {
  const client = net.connect(port.listener.port, "127.0.0.1");
  const heard: Buffer[] = [];
  client.on("data", (chunk: Buffer) => heard.push(chunk));
  client.on("error", () => {});
  await once(client, "connect");
  return { client, text: () => Buffer.concat(heard).toString("latin1") };
}

test("messages of any kind and fragmentation are bytes, and writes are binary messages", async (t) => {
  const port = await Port.open(t);
  const client = await connect(port);
  const { socket, recorder } = await port.accepted();
  client.send(Buffer.from("bin"));
  client.send("text");
  client.send("a", { fin: false });
  client.send("b", { fin: false });
  client.send("c", { fin: true });
  assert.equal(await recorder.heard("bintextabc"), "bintextabc");
  let flushedCount = 0;
  socket.write(Buffer.from("INFO"), () => flushedCount++);
  const [data, isBinary] = await once(client, "message");
  assert.equal(String(data), "INFO");
  assert.equal(isBinary, true);
  assert.equal(flushedCount, 1);
  assert.equal(socket.pendingBytes, 0);
  assert.equal(socket.remoteAddress, "127.0.0.1");
  client.close();
  assert.equal(await recorder.closed.promise, undefined);
});

test("the first bytes may come together with the request", async (t) => {
  const port = await Port.open(t);
  const { client } = await rawConnection(port);
  client.write(Buffer.concat([Buffer.from(upgradeRequest()), frame(0x82, Buffer.from("early"))]));
  const { recorder } = await port.accepted();
  assert.equal(await recorder.heard("early"), "early");
});

test("compression is agreed on where it is wanted and offered, without context", async (t) => {
  const port = await Port.open(t, { compression: true });
  const client = new WebSocket(port.url);
  const upgraded = once(client, "upgrade");
  const opened = once(client, "open");
  const { socket, recorder } = await port.accepted();
  const [response] = await upgraded;
  assert.equal(
    response.headers["sec-websocket-extensions"],
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  );
  await opened;
  const text = "compress me ".repeat(1_000);
  client.send(text);
  assert.equal(await recorder.heard(text), text);
  const messages: string[] = [];
  client.on("message", (data) => messages.push(String(data)));
  for (const message of [text, "short", text]) socket.write(Buffer.from(message));
  while (messages.length < 3) await once(client, "message");
  assert.deepEqual(messages, [text, "short", text]);
  const plain = await connect(port, { perMessageDeflate: false });
  await port.accepted();
  assert.equal(plain.extensions, "");
  plain.close();
  client.close();
});

test("end says goodbye with a status after what is pending, destroy does not", async (t) => {
  const port = await Port.open(t);
  const client = await connect(port);
  const { socket, recorder } = await port.accepted();
  let size = 0;
  client.on("message", (data) => (size += (data as Buffer).length));
  for (let index = 0; index < 20; index++) socket.write(Buffer.alloc(50_000));
  socket.end({ status: 1008, text: "Authentication Failure" });
  const [status, reason] = await once(client, "close");
  assert.equal(status, 1008);
  assert.equal(String(reason), "Authentication Failure");
  assert.equal(size, 1_000_000);
  assert.equal(await recorder.closed.promise, undefined);
  const second = await connect(port);
  const other = await port.accepted();
  const over = closeStatus(second);
  const flushed: number[] = [];
  for (let index = 0; index < 500; index++) {
    other.socket.write(Buffer.alloc(100_000), () => flushed.push(index));
  }
  other.socket.destroy();
  assert.equal(await over, 1006);
  await other.recorder.closed.promise;
  assert.deepEqual(
    flushed,
    Array.from({ length: 500 }, (_, index) => index),
  );
  assert.equal(other.socket.pendingBytes, 0);
});

test("pause stops the messages, resume brings them in order", async (t) => {
  const port = await Port.open(t);
  const client = await connect(port);
  const { socket, recorder } = await port.accepted();
  const { onData } = recorder;
  recorder.onData = (chunk) => {
    onData.call(recorder, chunk);
    if (String(chunk) === "2") socket.pause();
  };
  for (const message of ["1", "2", "3", "4"]) client.send(message);
  await recorder.heard("12");
  client.send("5");
  // A round trip on another connection gives what is held every chance to come.
  await connect(port);
  await port.accepted();
  assert.equal(recorder.text, "12");
  socket.resume();
  assert.equal(await recorder.heard("12345"), "12345");
});

test("too large messages end the connection with 1009, broken frames with 1002", async (t) => {
  const port = await Port.open(t, { compression: true });
  for (const isTrusted of [false, true]) {
    const client = await connect(port);
    const { socket, recorder } = await port.accepted();
    if (isTrusted) socket.trust();
    const status = closeStatus(client);
    client.send(Buffer.alloc((isTrusted ? usual.inflatedSizeMax : usual.untrustedSizeMax) + 1));
    assert.equal(await status, 1009);
    assert.match(String(await recorder.closed.promise), /the message is too large/);
    assert.equal(recorder.text, "");
  }
  for (const bytes of [
    Buffer.from([0x82, 0x01, 0x00]), // not masked
    frame(0xf2, Buffer.from("reserved bits")),
    frame(0x80, Buffer.from("continues nothing")),
    frame(0x83, Buffer.from("no such opcode")),
    frame(0x89, Buffer.alloc(126)),
    Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
  ]) {
    const { client, text } = await rawConnection(port);
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), bytes]));
    const { recorder } = await port.accepted();
    await once(client, "end");
    client.end();
    assert.ok((await recorder.closed.promise) instanceof Error);
    const close = Buffer.from(text().slice(text().indexOf("\r\n\r\n") + 4), "latin1");
    assert.equal(close[0], 0x88);
    assert.ok([1002, 1009].includes(close.readUInt16BE(2)));
  }
});

test("a stranger may have a compressed message of 16 KiB unfinished, not more", async (t) => {
  const port = await Port.open(t, { compression: true });
  const offer = upgradeRequest({ "Sec-WebSocket-Extensions": "permessage-deflate" });
  const noise = (size: number): Buffer =>
    deflated(Buffer.from(randomBytes(size).toString("base64").slice(0, size)));
  const { client } = await rawConnection(port);
  client.write(Buffer.concat([Buffer.from(offer), ...parts(noise(16_000))]));
  const { recorder } = await port.accepted();
  assert.equal((await recorder.heard("x".repeat(16_000))).length, 16_000);
  client.write(Buffer.concat(parts(noise(16_500))));
  await once(client, "end");
  client.end();
  assert.match(String(await recorder.closed.promise), /the message is too large/);
  const trusted = await rawConnection(port);
  trusted.client.write(offer);
  const friend = await port.accepted();
  friend.socket.trust();
  trusted.client.write(Buffer.concat(parts(noise(120_000))));
  await friend.recorder.heard("x".repeat(120_000));
});

test("class A (CVE-2026-33219): of a frame nothing is kept, however long it says it is", async (t) => {
  const port = await Port.open(t);
  const { client } = await rawConnection(port);
  const head = Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  client.write(Buffer.concat([Buffer.from(upgradeRequest()), head, Buffer.from("begun")]));
  const { recorder } = await port.accepted();
  await recorder.heard("begun");
  client.destroy();
  await recorder.closed.promise;
});

test("pings are answered, and few of them where the peer does not read", async (t) => {
  const port = await Port.open(t);
  const { client, text } = await rawConnection(port);
  client.write(Buffer.concat([Buffer.from(upgradeRequest()), frame(0x89, Buffer.from("one"))]));
  const { recorder } = await port.accepted();
  while (!text().includes("\x8a\x03one")) await once(client, "data");
  const pings = Array.from({ length: 100 }, (_, index) =>
    frame(0x89, Buffer.from(`ping ${index}`)),
  );
  client.write(Buffer.concat([...pings, frame(0x82, Buffer.from("end"))]));
  await recorder.heard("end");
  while (!text().includes("ping 99")) await once(client, "data");
  assert.ok((text().match(/ping /g) ?? []).length <= 10);
  client.destroy();
});

test("class A (CVE-2026-27571): a bomb of compression is not blown up beyond the limit", async (t) => {
  const port = await Port.open(t, { compression: true });
  const zeros = Buffer.alloc(10_000_000);
  const bombs = Array.from({ length: 20 }, async () => {
    const client = await connect(port);
    const { recorder } = await port.accepted();
    const status = closeStatus(client);
    client.send(zeros);
    await recorder.closed.promise;
    assert.equal(recorder.text, "");
    return status;
  });
  assert.deepEqual(new Set(await Promise.all(bombs)), new Set([1009]));
});

test("strangers get nothing compressed, for a compressor is large", async (t) => {
  const port = await Port.open(t, { compression: true });
  const { client, text } = await rawConnection(port);
  const offer = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  client.write(upgradeRequest(offer));
  const { socket } = await port.accepted();
  socket.write(Buffer.alloc(100, "clear"));
  while (!text().includes("clearclear")) await once(client, "data");
  socket.trust();
  socket.write(Buffer.alloc(100, "dense"));
  while (text().charCodeAt(text().indexOf("clearclear") + 100) !== 0xc2) await once(client, "data");
  assert.doesNotMatch(text(), /densedense/);
});

test("requests are judged by method, target and headers, and refused with a status", async (t) => {
  const seen: [string, string, string | undefined][] = [];
  const port = await Port.open(t, {}, ({ method, target, headers }) => {
    seen.push([method, target, headers["x-test"]]);
    return { status: method === "GET" ? 403 : 405 };
  });
  const ask = async (request: string): Promise<string> => {
    const { client, text } = await rawConnection(port);
    client.write(request);
    await once(client, "end");
    client.end();
    assert.ok((await port.next()) instanceof Error);
    return text();
  };
  const refused = await ask(upgradeRequest({ "X-Test": "1" }));
  assert.match(refused, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assert.match(refused, /\r\nSec-WebSocket-Version: 13\r\n/);
  assert.match(refused, /\r\n\r\nForbidden\n$/);
  assert.match(await ask(upgradeRequest({}, "POST /a HTTP/1.1")), /^HTTP\/1\.1 405 /);
  assert.match(await ask(upgradeRequest({ Upgrade: "" }, "GET /b?c HTTP/1.1")), /^HTTP\/1\.1 403 /);
  assert.match(await ask("nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);
  assert.match(await ask(`GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`), /^HTTP\/1\.1 4/);
  assert.deepEqual(seen, [
    ["GET", "/", "1"],
    ["POST", "/a", undefined],
    ["GET", "/b?c", undefined],
  ]);
});

test("what the judge says yes to and the protocol does not is refused as well", async (t) => {
  const port = await Port.open(t, { compression: true });
  for (const changes of [
    { "Sec-WebSocket-Key": "short" },
    { "Sec-WebSocket-Version": "12" },
    { "Sec-WebSocket-Extensions": "permessage-deflate; ;" },
    { Upgrade: "" },
  ]) {
    const { client, text } = await rawConnection(port);
    client.write(upgradeRequest(changes));
    await once(client, "end");
    client.end();
    assert.ok((await port.next()) instanceof Error);
    assert.match(text(), /^HTTP\/1\.1 400 /);
  }
});

test("headers of the answer are added, and no subprotocol is agreed on", async (t) => {
  const port = await Port.open(t, {}, () => ({ headers: { "X-Extra": "yes" } }));
  const { client, text } = await rawConnection(port);
  client.write(upgradeRequest({ "Sec-WebSocket-Protocol": "nats, mqtt" }));
  await port.accepted();
  while (!text().includes("\r\n\r\n")) await once(client, "data");
  assert.match(text(), /\r\nX-Extra: yes\r\n/);
  assert.doesNotMatch(text(), /sec-websocket-protocol/i);
});

test("WebSocket goes over TLS too", async (t) => {
  const authority = new CertificateAuthority();
  const tlsContext = nodeNet.createTlsContext({
    certificates: [authority.issueForLoopback()],
    requiresPeerCertificate: false,
    versionMin: "TLSv1.2",
  });
  const context = nodeNet.createWebSocketContext(usual);
  const accepted = Promise.withResolvers<Socket | Error>();
  const listener = await nodeNet.listen({ host: "127.0.0.1", port: 0 }, (socket) => {
    socket.startTls(tlsContext, Buffer.alloc(0), (secure) => {
      if (secure instanceof Error) accepted.resolve(secure);
      else secure.startWebSocket(context, yes, accepted.resolve);
    });
  });
  t.after(() => listener.close());
  const url = `wss://127.0.0.1:${listener.port}/`;
  const client = new WebSocket(url, { ca: authority.certificate });
  const opened = once(client, "open");
  const socket = await accepted.promise;
  assert.ok(!(socket instanceof Error));
  const recorder = new Recorder();
  socket.attach(recorder);
  assert.equal(socket.tls?.version, "TLSv1.3");
  await opened;
  client.send("secret");
  assert.equal(await recorder.heard("secret"), "secret");
  client.close();
  await recorder.closed.promise;
});

test("whatever comes in whatever chunks, the connection ends or goes on, and nothing escapes", async () => {
  await using port = await Port.open(undefined, { compression: true });
  const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const piece = fc.oneof(
    payload,
    fc.tuple(fc.nat(255), payload).map(([first, bytes]) => frame(first, bytes)),
    fc.constantFrom(
      frame(0x82, Buffer.from("hello")),
      frame(0x02, Buffer.from("begin")),
      frame(0x80, Buffer.from("end")),
      frame(0xc2, Buffer.from("not deflated")),
      frame(0x89, Buffer.from("ping")),
      frame(0x88, Buffer.from([3, 232])),
      frame(0x88, Buffer.from([0])),
    ),
  );
  const extensions = fc.constantFrom("", "permessage-deflate", "permessage-deflate; x", "x;;");
  const request = fc.oneof(
    {
      weight: 4,
      arbitrary: extensions.map((value) => upgradeRequest({ "Sec-WebSocket-Extensions": value })),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  );
  await fc.assert(
    fc.asyncProperty(
      request,
      fc.array(piece, { maxLength: 8 }),
      fc.integer({ min: 1, max: 100 }),
      async (head, pieces, size) => {
        const { client } = await rawConnection(port);
        const bytes = Buffer.concat([Buffer.from(head, "latin1"), ...pieces]);
        for (let at = 0; at < bytes.length; at += size) client.write(bytes.subarray(at, at + size));
        client.end();
        const result = await port.next();
        if (result instanceof Error) return;
        const recorder = new Recorder();
        result.attach(recorder);
        result.write(Buffer.from("INFO"));
        await recorder.closed.promise;
        assert.ok(recorder.text.length <= bytes.length * 2_000);
        assert.equal(recorder.closeCount, 1);
      },
    ),
    { numRuns: 200 },
  );
});
