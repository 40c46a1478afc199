import assert from "node:assert/strict";
import { test } from "node:test";
import type { Socket, SocketHandler } from "@oxbow/base";
import { type SimHost, SimWorld, type SimWorldOptions } from "@oxbow/testkit";
import fc from "fast-check";

class Recorder implements SocketHandler {
  readonly chunks: Buffer[] = [];
  drainCount = 0;
  readonly closes: (string | undefined)[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
  onData(chunk: Buffer): void {
    assert.equal(this.closes.length, 0, "data after close");
    this.chunks.push(chunk);
  }
  onDrain(): void {
    this.drainCount += 1;
  }
  onClose(error: Error | undefined): void {
    this.closes.push((error as { code?: string } | undefined)?.code);
  }
}

interface Pair {
  readonly world: SimWorld;
  readonly hosts: { readonly server: SimHost; readonly client: SimHost };
  readonly server: { readonly socket: Socket; readonly heard: Recorder };
  readonly client: { readonly socket: Socket; readonly heard: Recorder };
}

async function connected(seed: number, options?: SimWorldOptions): Promise<Pair> {
  const world = new SimWorld(seed, options);
  const hosts = { server: world.host({ name: "server" }), client: world.host({ name: "client" }) };
  return await world.play(async () => {
    const accepted = Promise.withResolvers<Socket>();
    const listener = await hosts.server.net.listen({ host: "::", port: 0 }, accepted.resolve);
    const client = { socket: await hosts.client.net.connect(listener.port), heard: new Recorder() };
    const server = { socket: await accepted.promise, heard: new Recorder() };
    client.socket.attach(client.heard);
    server.socket.attach(server.heard);
    return { world, hosts, server, client };
  });
}

test("bytes arrive in order and whole, in other pieces than they were written", async () => {
  let splitCount = 0;
  let joinedCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { minLength: 1, maxLength: 10 }),
      async (seed, writes) => {
        const { world, server, client } = await connected(seed);
        const flushed: number[] = [];
        writes.forEach((data, i) => {
          client.socket.write(data, () => flushed.push(i));
        });
        const size = writes.reduce((sum, data) => sum + data.length, 0);
        assert.equal(client.socket.pendingBytes, size);
        await world.settle();
        assert.ok(server.heard.bytes.equals(Buffer.concat(writes)));
        assert.deepEqual(flushed, [...writes.keys()]);
        assert.equal(client.socket.pendingBytes, 0);
        assert.ok(client.heard.drainCount >= 1);
        if (server.heard.chunks.length > writes.length) splitCount += 1;
        if (server.heard.chunks.length < writes.length) joinedCount += 1;
      },
    ),
    { numRuns: 100, seed: 1 },
  );
  assert.ok(splitCount > 0 && joinedCount > 0, `${splitCount} split, ${joinedCount} joined`);
});

test("a peer that does not read fills the window, then bytes stay pending", async () => {
  const { world, server, client } = await connected(1, { network: { windowBytes: 1000 } });
  server.socket.pause();
  client.socket.write(Buffer.alloc(5000));
  await world.settle();
  assert.equal(client.socket.pendingBytes, 4000);
  assert.equal(client.heard.drainCount, 0);
  server.socket.resume();
  await world.settle();
  assert.equal(client.socket.pendingBytes, 0);
  assert.equal(client.heard.drainCount, 1);
  assert.equal(server.heard.bytes.length, 5000);
});

test("end sends what is pending and closes both ends", async () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const { world, server, client } = await connected(seed);
    client.socket.write(Buffer.alloc(100_000, 7));
    server.socket.write(Buffer.from("unheard"));
    client.socket.end();
    await world.run();
    assert.equal(server.heard.bytes.length, 100_000);
    assert.deepEqual(server.heard.closes, [undefined]);
    assert.deepEqual(client.heard.closes, [undefined]);
    assert.equal(world.network.openSocketCount, 0);
  }
});

test("destroy drops what is pending and releases every buffer", async () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const { world, server, client } = await connected(seed);
    const flushed: number[] = [];
    for (const i of [0, 1, 2]) client.socket.write(Buffer.alloc(100_000), () => flushed.push(i));
    await world.run({ events: seed % 5 });
    client.socket.destroy();
    client.socket.write(Buffer.from("late"), () => flushed.push(3));
    await world.run();
    assert.deepEqual([...flushed].sort(), [0, 1, 2, 3]);
    assert.equal(client.socket.pendingBytes, 0);
    assert.equal(client.heard.closes.length, 1);
    assert.equal(server.heard.closes.length, 1);
  }
});

test("resets reach both ends, and what arrived is a prefix of what was sent", async () => {
  const sent = Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 255));
  let partialCount = 0;
  for (let seed = 0; seed < 50; seed += 1) {
    const { world, server, client } = await connected(seed, { network: { resetChance: 0.1 } });
    for (let at = 0; at < sent.length; at += 100) {
      client.socket.write(sent.subarray(at, at + 100));
      if (seed % 3 === 0) await world.run({ events: 1 });
    }
    await world.settle();
    world.network.resetAll();
    await world.run();
    const { bytes } = server.heard;
    assert.ok(bytes.equals(sent.subarray(0, bytes.length)));
    if (bytes.length > 0 && bytes.length < sent.length) partialCount += 1;
    assert.deepEqual(server.heard.closes, ["ECONNRESET"]);
    assert.deepEqual(client.heard.closes, ["ECONNRESET"]);
  }
  assert.ok(partialCount > 0);
});

test("a crash resets the peer and frees the port; later connections are refused until it is back", async () => {
  const { world, hosts, client } = await connected(1);
  const disk = hosts.server.crash();
  await world.run();
  assert.deepEqual(client.heard.closes, ["ECONNRESET"]);
  await assert.rejects(
    world.play(() => hosts.client.net.connect(20_000)),
    { code: "ECONNREFUSED" },
  );
  const next = world.host({ disk });
  await world.play(async () => {
    await next.net.listen({ host: "::", port: 20_000 }, () => {});
    await hosts.client.net.connect(20_000);
  });
});

test("a taken port is refused", async () => {
  const { world, hosts } = await connected(1);
  await assert.rejects(
    world.play(() => hosts.client.net.listen({ host: "::", port: 20_000 }, () => {})),
    { code: "EADDRINUSE" },
  );
});

test("a buffer that changes before it was flushed is found out", async () => {
  const { world, client } = await connected(1);
  const data = Buffer.from("borrowed");
  client.socket.write(data);
  data[0] = 0;
  await assert.rejects(world.settle(), /a buffer has changed/);
});

test("there is no TLS and no WebSocket, and that is said", () => {
  const { net } = new SimWorld(1).host();
  assert.throws(() => net.createTlsContext(), /the simulated network has no TLS/);
  assert.throws(() => net.createWebSocketContext(), /the simulated network has no WebSocket/);
});
