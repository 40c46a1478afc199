import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { type TestContext, test } from "node:test";
import { type Listener, type Socket, silentLogger } from "@oxbow/base";
import { NodeNet } from "../src/node-net.ts";
import { readText } from "./support/read-text.ts";
import { Recorder } from "./support/recorder.ts";

interface Pair {
  readonly listener: Listener;
  readonly client: net.Socket;
  readonly socket: Socket;
  readonly recorder: Recorder;
}

/** One connection between a plain client and the port under test. */
async function connected(t: TestContext): Promise<Pair> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = await new NodeNet(silentLogger).listen(
    { host: "127.0.0.1", port: 0 },
    accepted.resolve,
  );
  const client = net.connect({ port: listener.port, host: "127.0.0.1", allowHalfOpen: true });
  client.on("error", () => {});
  const socket = await accepted.promise;
  const recorder = new Recorder();
  socket.attach(recorder);
  t.after(async () => {
    client.destroy();
    socket.destroy();
    await listener.close();
  });
  return { listener, client, socket, recorder };
}

test("data goes both ways and the address is the peer's", async (t) => {
  const { client, socket, recorder } = await connected(t);
  assert.equal(socket.remoteAddress, "127.0.0.1");
  assert.equal(socket.remotePort, client.localPort);
  socket.write(Buffer.from("hello"));
  assert.equal(await readText(client, 5), "hello");
  client.end("bye");
  assert.equal(await recorder.closed.promise, undefined);
  assert.equal(recorder.text, "bye");
});

test("listening on every address of IPv4 takes those of IPv6 too, and shows IPv4 as such", async (t) => {
  const sockets: Socket[] = [];
  const arrived = Promise.withResolvers<void>();
  const listener = await new NodeNet(silentLogger).listen(
    { host: "0.0.0.0", port: 0 },
    (socket) => {
      socket.attach(new Recorder());
      if (sockets.push(socket) === 2) arrived.resolve();
    },
  );
  assert.equal(listener.host, "0.0.0.0");
  const clients = ["127.0.0.1", "::1"].map((host) => net.connect({ port: listener.port, host }));
  t.after(async () => {
    for (const end of [...clients, ...sockets]) end.destroy();
    await listener.close();
  });
  const [, refusal] = clients.map((client) => once(client, "error").catch(() => undefined));
  // A machine may have no IPv6.
  await Promise.race([arrived.promise, refusal]);
  assert.ok(sockets.some(({ remoteAddress }) => remoteAddress === "127.0.0.1"));
});

test("pendingBytes counts exactly what has not been flushed, and drain comes at zero", async (t) => {
  const { client, socket, recorder } = await connected(t);
  client.pause();
  const size = 300_000;
  const flushed: number[] = [];
  // Far more than the kernel's buffers take from a peer that does not read.
  for (let i = 0; i < 64; i += 1) {
    socket.write(Buffer.alloc(size, i), () => {
      flushed.push(i);
      assert.equal(socket.pendingBytes, (64 - flushed.length) * size);
    });
  }
  assert.equal(socket.pendingBytes, 64 * size);
  const drained = new Promise<void>((resolve) => (recorder.onDrained = resolve));
  let receivedSize = 0;
  client.on("data", (chunk) => (receivedSize += chunk.length));
  client.resume();
  await drained;
  assert.equal(socket.pendingBytes, 0);
  assert.deepEqual(
    flushed,
    Array.from({ length: 64 }, (_, i) => i),
  );
  socket.end();
  await once(client, "end");
  assert.equal(receivedSize, 64 * size);
});

test("destroy drops what is pending, releases every buffer and closes once", async (t) => {
  const { client, socket, recorder } = await connected(t);
  client.pause();
  const flushed: number[] = [];
  for (let i = 0; i < 3000; i += 1) socket.write(Buffer.alloc(10_000), () => flushed.push(i));
  socket.destroy();
  assert.equal(await recorder.closed.promise, undefined);
  assert.deepEqual(
    flushed,
    Array.from({ length: 3000 }, (_, i) => i),
  );
  assert.equal(socket.pendingBytes, 0);
  const late = new Promise<void>((resolve) => socket.write(Buffer.from("late"), resolve));
  await late;
  socket.end();
  socket.destroy();
  assert.equal(recorder.closeCount, 1);
  assert.equal(socket.pendingBytes, 0);
});

test("end sends what is pending first", async (t) => {
  const { client, socket, recorder } = await connected(t);
  socket.write(Buffer.alloc(2_000_000, 1));
  socket.end();
  let size = 0;
  client.on("data", (chunk) => (size += chunk.length));
  client.on("end", () => client.end());
  await recorder.closed.promise;
  assert.equal(size, 2_000_000);
});

test("the last words reach a peer that is still sending", async (t) => {
  const { client, socket, recorder } = await connected(t);
  // Unread input at close would make the kernel reset the connection and drop the words.
  client.write(Buffer.alloc(4_000_000));
  await new Promise<void>((resolve) => {
    const { onData } = recorder;
    recorder.onData = (chunk) => {
      onData.call(recorder, chunk);
      resolve();
    };
  });
  socket.write(Buffer.from("-ERR 'too much'\r\n"));
  socket.end();
  const heard: Buffer[] = [];
  client.on("data", (chunk: Buffer) => heard.push(chunk));
  await once(client, "end");
  client.end();
  assert.equal(await recorder.closed.promise, undefined);
  assert.equal(Buffer.concat(heard).toString(), "-ERR 'too much'\r\n");
});

test("a peer that ends gets what was written, then the connection closes", async (t) => {
  const { client, socket, recorder } = await connected(t);
  client.end("last request");
  client.pause();
  await new Promise<void>((resolve) => {
    recorder.onData = () => resolve();
  });
  socket.write(Buffer.from("last answer"));
  assert.equal(await readText(client, 11), "last answer");
  await recorder.closed.promise;
});

test("a reset is the reason of close, and no error escapes", async (t) => {
  const { client, recorder } = await connected(t);
  client.resetAndDestroy();
  assert.equal(((await recorder.closed.promise) as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.equal(recorder.closeCount, 1);
});

test("pause stops the data, resume brings it", async (t) => {
  const { client, socket, recorder } = await connected(t);
  socket.pause();
  const sent = new Promise<void>((resolve) => client.write("held", () => resolve()));
  await sent;
  // A whole round trip on a second connection gives the held bytes every chance to be read.
  const other = await connected(t);
  other.client.write("ping");
  await new Promise<void>((resolve) => (other.recorder.onData = () => resolve()));
  assert.equal(recorder.text, "");
  socket.resume();
  assert.equal(await recorder.heard("held"), "held");
});

test("a taken port is refused, and free again at once after close", async () => {
  const nodeNet = new NodeNet(silentLogger);
  const first = await nodeNet.listen({ host: "127.0.0.1", port: 0 }, () => {});
  const options = { host: "127.0.0.1", port: first.port };
  await assert.rejects(
    nodeNet.listen(options, () => {}),
    { code: "EADDRINUSE" },
  );
  await first.close();
  await first.close();
  await (await nodeNet.listen(options, () => {})).close();
});

test("closing the listener leaves open connections open", async (t) => {
  const { listener, client, socket } = await connected(t);
  await listener.close();
  socket.write(Buffer.from("still here"));
  assert.equal(await readText(client, 10), "still here");
});

test("a connection can be passed on to another handler", async (t) => {
  const { client, socket, recorder } = await connected(t);
  client.write("first");
  assert.equal(await recorder.heard("first"), "first");
  const second = new Recorder();
  socket.attach(second);
  client.end("second");
  assert.equal(await second.heard("second"), "second");
  await second.closed.promise;
  assert.equal(recorder.text, "first");
  assert.equal(recorder.closeCount, 0);
});
