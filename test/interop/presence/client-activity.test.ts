import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type ClientConsumes, Engine } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";

/** Goal: the engine knows who publishes to streams and takes from their consumers, whatever client that is. */
let directory = "";
let engine: Engine;
const connections: NatsConnection[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-activity-"));
  const listen = { host: "127.0.0.1", port: 0 };
  engine = await Engine.open({ listen, dataDirectory: directory }, nodeHost());
  engine.watchClients("$G", 100);
});

afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  await engine.close();
  await rm(directory, { recursive: true });
});

async function client(name: string): Promise<NatsConnection> {
  const connection = await connect({ servers: `127.0.0.1:${engine.port}`, name });
  connections.push(connection);
  return connection;
}

const consumed = ({ client: { name }, consumer, messages, pulls }: ClientConsumes) => ({
  name,
  consumer,
  messages,
  pulls,
});

test("tells who publishes to a stream, on whichever of its subjects", async () => {
  const one = await client("one");
  const two = await client("two");
  const manager = await jetstreamManager(one);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders", "orders.>"] });
  await jetstream(one).publish("orders", "12345");
  await jetstream(one).publish("orders.eu", "1");
  await jetstream(two).publish("orders.eu", "1");
  const { publishing = [], consuming } = engine.clientActivity("$G") ?? {};
  assert.deepEqual(consuming, []);
  assert.deepEqual(
    publishing.map(({ client: { name }, stream, messages, bytes }) => [
      ...[name, stream, messages, bytes],
    ]),
    [
      ["one", "ORDERS", 2, 6],
      ["two", "ORDERS", 1, 1],
    ],
  );
  const [first] = publishing;
  const { library, version, address, user, connectedAtMs } = first?.client ?? {};
  assert.deepEqual([library, address, user], ["nats.js", "127.0.0.1", ""]);
  assert.match(version ?? "", /^\d+\.\d+\.\d+/);
  assert.ok(first !== undefined && first.lastAtMs >= (connectedAtMs ?? Infinity));
});

test("tells who takes from durable consumers, by pull", async () => {
  const nc = await client("worker");
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders"] });
  for (const name of ["billing", "idle"]) {
    await manager.consumers.add("ORDERS", {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
    });
  }
  await manager.consumers.add("ORDERS", { name: "passing", ack_policy: AckPolicy.None });
  for (const text of ["a", "b"]) await jetstream(nc).publish("orders", text);
  for (const name of ["billing", "passing"]) {
    const consumer = await jetstream(nc).consumers.get("ORDERS", name);
    const messages = await consumer.fetch({ max_messages: 2 });
    for await (const message of messages) message.ack();
  }
  // A request that waits.
  const inbox = nc.subscribe("inbox.x")[Symbol.asyncIterator]();
  nc.publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.idle", '{"batch":2,"no_wait":true}', {
    reply: "inbox.x",
  });
  for (let count = 0; count < 2; count++) await inbox.next();
  nc.publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.idle", "1", { reply: "inbox.x" });
  await nc.flush();
  assert.deepEqual(engine.clientActivity("$G")?.consuming.map(consumed), [
    { name: "worker", consumer: "billing", messages: 2, pulls: 0 },
    { name: "worker", consumer: "idle", messages: 2, pulls: 1 },
  ]);
});

test("tells to whom messages are pushed while they listen", async () => {
  const nc = await client("listener");
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders"] });
  await manager.consumers.add("ORDERS", {
    ...{ durable_name: "pushed", deliver_subject: "pushed.here", deliver_group: "team" },
    ack_policy: AckPolicy.None,
  });
  const pushed = nc.subscribe("pushed.here", { queue: "team" });
  nc.subscribe("pushed.*");
  await jetstream(nc).publish("orders", "a");
  await pushed[Symbol.asyncIterator]().next();
  assert.deepEqual(engine.clientActivity("$G")?.consuming.map(consumed), [
    { name: "listener", consumer: "pushed", messages: 1, pulls: 0 },
  ]);
  pushed.unsubscribe();
  await nc.flush();
  assert.deepEqual(engine.clientActivity("$G")?.consuming, []);
});

test("forgets who is gone, and streams that are deleted", async () => {
  const one = await client("one");
  const two = await client("two");
  const manager = await jetstreamManager(one);
  await manager.streams.add({ name: "A", subjects: ["a"] });
  await manager.streams.add({ name: "B", subjects: ["b"] });
  await jetstream(one).publish("a", "");
  await jetstream(one).publish("b", "");
  await jetstream(two).publish("a", "");
  const id = two.info?.client_id ?? 0;
  assert.equal(engine.isConnected("$G", id), true);
  assert.equal(engine.isConnected("OTHER", id), false);
  await two.close();
  while (engine.isConnected("$G", id)) await new Promise((resolve) => setImmediate(resolve));
  await manager.streams.delete("B");
  const { publishing = [] } = engine.clientActivity("$G") ?? {};
  assert.deepEqual(
    publishing.map(({ client: { name }, stream }) => [name, stream]),
    [["one", "A"]],
  );
  assert.equal(engine.clientActivity("OTHER"), undefined);
});
