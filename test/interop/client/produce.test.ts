import assert from "node:assert/strict";
import { test } from "node:test";
import { connect as connectOfficial } from "@nats-io/transport-node";
import { type ConnectionStatus, connect, type Oxbow } from "oxbow";
import { clientOver } from "oxbow/internal";
import { z } from "zod";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ClientBench, createStation } from "./support/bench-client.ts";

/** The next status of this type. */
function statusOf(ox: Oxbow, type: ConnectionStatus["type"]): Promise<ConnectionStatus> {
  return new Promise((resolve) => {
    const off = ox.onStatus((status) => {
      if (status.type !== type) return;
      off();
      resolve(status);
    });
  });
}

onEachTarget("producing with the client", (target) => {
  test("acknowledges what is kept, with its place", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station<{ id: number }>("orders");
    const first = await orders.produce({ id: 1 });
    const second = await orders.produce(
      { id: 2 },
      { key: "eu.7", headers: { Trace: ["a", "b"] }, messageId: "two" },
    );
    const again = await orders.produce({ id: 2 }, { messageId: "two" });
    assert.deepEqual(
      [first, second, again].map(({ sequence, partition, isDuplicate }) => [
        partition,
        sequence,
        isDuplicate,
      ]),
      [
        [1, 1, false],
        [1, 2, false],
        [1, 2, true],
      ],
    );
    const stored = await bench.official.jsm.streams.getMessage("orders", { seq: 2 });
    assert.equal(stored?.subject, "orders.eu.7");
    assert.deepEqual(stored?.header.values("Trace"), ["a", "b"]);
    assert.deepEqual(await bench.stored("orders"), ['{"id":1}', '{"id":2}']);
  });

  test("keeps the order of what is produced without waiting", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const slow = z.number().refine(async () => Promise.resolve(true));
    const numbers = bench.ox.station("orders", { schema: slow });
    const plain = bench.ox.station("orders", { codec: "text" });
    await Promise.all([
      ...[1, 2, 3].map((value) => numbers.produce(value)),
      ...["4", "5"].map((value) => plain.produce(value)),
    ]);
    await plain.produce("6");
    assert.deepEqual(await bench.stored("orders"), ["1", "2", "3", "4", "5", "6"]);
  });

  test("chooses the partition by key, by number, or one after the other", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("prod.events", { partitions: 3 });
    const events = bench.ox.station("prod.events");
    const turns = [];
    for (let index = 0; index < 4; index++) turns.push((await events.produce(index)).partition);
    assert.deepEqual(turns, [1, 2, 3, 1]);
    // As Kafka's clients choose: murmur2("21") & 0x7fffffff, modulo 3, from 1.
    const byKey = ((-973932308 & 0x7fffffff) % 3) + 1;
    assert.equal((await events.produce("x", { key: "21" })).partition, byKey);
    assert.equal((await events.produce("x", { key: "21", partition: 2 })).partition, 2);
    await refuses(events.produce("x", { partition: 4 }), "MESSAGE_INVALID", /1 to 3/);
  });

  test("stores a message of an id once, though it has no key", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("events", { partitions: 5 });
    const events = bench.ox.station("events");
    for (const messageId of ["a", "b", "c", "d"]) {
      const first = await events.produce(1, { messageId });
      const again = await events.produce(1, { messageId });
      assert.deepEqual(again, { ...first, isDuplicate: true });
    }
    assert.equal((await bench.stations.get("events")).messages, 4);
  });

  test("takes another message of an id that it has cancelled", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("later", { partitions: 2 });
    const later = bench.ox.station<number>("later");
    const options = { delayMs: 3_600_000, messageId: "a" };
    for (const value of [1, 2, 3]) {
      const { isDuplicate, messageId } = await later.produce(value, options);
      assert.deepEqual([isDuplicate, messageId], [false, "a"]);
      assert.equal((await later.produce(value, options)).isDuplicate, true);
      assert.equal(await later.cancelScheduled("a"), true);
      assert.equal(await later.cancelScheduled("a"), false);
    }
    await later.produce(4, { messageId: "a" });
    const found = [];
    for await (const { value, messageId } of later.replay({ stopAtEnd: true })) {
      found.push([value, messageId]);
    }
    assert.deepEqual(found, [[4, "a"]]);
  });

  test("stores the same content once, where that is what counts", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("events", { partitions: 3, duplicatesBy: "content" });
    const events = bench.ox.station("events", { codec: "text" });
    const first = await events.produce("x", { messageId: "mine", headers: { A: "b" } });
    assert.deepEqual([first.isDuplicate, first.messageId], [false, "mine"]);
    const again = await events.produce("x");
    assert.deepEqual([again.isDuplicate, again.sequence], [true, first.sequence]);
    assert.equal((await events.produce("y", { messageId: "mine" })).isDuplicate, false);
    assert.equal((await events.produce("x", { key: "k" })).isDuplicate, false);
    assert.equal((await events.produce("x", { key: "k" })).isDuplicate, true);
    const ids = [];
    for await (const { messageId, value } of events.replay({ stopAtEnd: true })) {
      if (messageId === "mine") ids.push(value);
    }
    assert.deepEqual(ids.sort(), ["x", "y"]);
  });

  test("says what is wrong with a value before it is sent", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const schema = z.object({ id: z.number(), items: z.array(z.string()) });
    const orders = bench.ox.station("orders", { schema });
    const wrong = { id: 1, items: [7] } as unknown as { id: number; items: string[] };
    await refuses(orders.produce(wrong), "MESSAGE_INVALID", /\/items\/0: .*string/);
    const json = bench.ox.station("orders");
    await refuses(json.produce(undefined), "MESSAGE_INVALID", /undefined has no JSON/);
    await refuses(json.produce(1, { key: "a b" }), "MESSAGE_INVALID", /no key/);
    await refuses(json.produce(1, { kye: "a" } as object), "MESSAGE_INVALID", /no option kye/);
    await refuses(
      json.produce(1, { headers: { "Nats-TTL": "1s" } }),
      "MESSAGE_INVALID",
      /Nats-TTL belongs/,
    );
    const large = bench.ox.station("orders", { codec: "bytes" });
    await refuses(large.produce(new Uint8Array(2 << 20)), "MESSAGE_TOO_LARGE", /1048576/);
    await refuses(bench.ox.station("nowhere").produce(1), "STATION_NOT_FOUND", /create/);
    assert.deepEqual(await bench.stored("orders"), []);
  });

  test("tells refusals of the station apart", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("small", { maxMessages: 1, discard: "new", messageBytesMax: 200 });
    const small = bench.ox.station("small", { codec: "text" });
    await refuses(small.produce("x".repeat(300)), "MESSAGE_TOO_LARGE", /small/);
    await refuses(small.produce("x", { expectLastSequence: 4 }), "MESSAGE_CONFLICT", /sequence/);
    await small.produce("x", { expectLastSequence: 0 });
    await refuses(small.produce("y"), "STATION_FULL", /maximum messages/);
  });

  test("finds a station again that was made anew with other partitions", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station("orders");
    await orders.produce(1, { key: "21" });
    await bench.stations.delete("orders");
    await bench.stations.create("orders", { partitions: 2 });
    const { partition } = await orders.produce(2, { key: "21" });
    assert.deepEqual(await bench.stored(`orders$${partition}`), ["2"]);
    await bench.stations.delete("orders");
    await refuses(orders.produce(3), "STATION_NOT_FOUND", /no station orders/);
  });

  test("produces many with a bounded window, and says what was not acknowledged", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station<number>("orders");
    let mostUnderWay = 0;
    async function* numbers(): AsyncGenerator<number> {
      for (let value = 0; value < 500; value++) {
        mostUnderWay = Math.max(mostUnderWay, bench.ox.unacknowledged);
        yield value;
      }
    }
    const report = await orders.produceMany(numbers(), {
      windowMax: 50,
      options: (value) => (value % 100 === 99 ? { key: "not a key" } : { messageId: `${value}` }),
    });
    assert.equal(report.taken, 500);
    assert.equal(report.acknowledged, 495);
    assert.deepEqual(
      report.failures.map(({ index, value }) => [index, value]),
      [99, 199, 299, 399, 499].map((value) => [value, value]),
    );
    assert.ok(mostUnderWay <= 50, String(mostUnderWay));
    const again = await orders.produceMany([0, 1, 2], {
      options: (value) => ({ messageId: `${value}` }),
    });
    assert.equal(again.duplicates, 3);
  });

  test("delivers later what is to be, and takes it back until then", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    const orders = bench.ox.station<string>("orders");
    await orders.produce("never", { delayMs: 3_600_000, messageId: "a b", key: "21" });
    assert.equal(await orders.cancelScheduled("a b"), true);
    assert.equal(await orders.cancelScheduled("a b"), false);
    const { partition } = await orders.produce("soon", { delayMs: 1_100, key: "21" });
    const consumer = await bench.official.js.consumers.get(`orders$${partition}`, {
      filter_subjects: `orders$${partition}.21`,
    });
    const message = await consumer.next({ expires: 20_000 });
    assert.equal(message?.string(), '"soon"');
    assert.deepEqual(await bench.stored(`orders$${partition}`), ['"soon"']);
    await bench.stations.create("queue", { untilAcknowledged: true });
    const queue = bench.ox.station("queue");
    await refuses(queue.produce(1, { delayMs: 9 }), "MESSAGE_INVALID", /until all groups/);
  });

  test("gives a message a time to live", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await bench.ox.station("orders").produce(1, { ttlMs: 900_500 });
    const stored = await bench.official.jsm.streams.getMessage("orders", { seq: 1 });
    assert.equal(stored?.header.get("Nats-TTL"), "901s");
  });
});

onEachTarget("producing while the server is away", (target) => {
  test("waits, and sends everything once", async () => {
    await using server = await target.start();
    await createStation(server.url, "orders");
    await using ox = await connect({ servers: server.url });
    const orders = ox.station<number>("orders");
    const promises = [orders.produce(0)];
    await promises[0];
    const down = statusOf(ox, "disconnected");
    for (let value = 1; value < 200; value++) promises.push(orders.produce(value));
    await server.kill();
    await down;
    assert.equal(ox.isConnected, false);
    for (let value = 200; value < 400; value++) promises.push(orders.produce(value));
    await server.restart();
    const acknowledged = await Promise.all(promises);
    assert.ok(acknowledged.every(({ isDuplicate }) => !isDuplicate));
    const stored = await Array.fromAsync(orders.replay({ stopAtEnd: true }));
    const expected = Array.from({ length: 400 }, (_, value) => value);
    assert.deepEqual(
      stored.map(({ value }) => value),
      expected,
    );
  });

  test("has its answers before the official client would read them, on each connection", async () => {
    await using server = await target.start();
    await createStation(server.url, "orders");
    const nc = await connectOfficial({ servers: server.url, maxReconnectAttempts: -1 });
    const orders = clientOver(nc).station<number>("orders");
    await orders.produce(0);
    const count = async (): Promise<number> => {
      const before = nc.stats().inMsgs;
      await Promise.all([1, 2, 3].map((value) => orders.produce(value)));
      return nc.stats().inMsgs - before;
    };
    assert.equal(await count(), 0);
    await server.kill();
    await server.restart();
    await orders.produce(4);
    assert.equal(await count(), 0);
    await nc.close();
  });

  test("keeps no more than is allowed, and says on close what was not acknowledged", async () => {
    await using server = await target.start();
    const options = { buffer: { messagesMax: 3 } };
    const ox = await connect({ servers: server.url, ...options });
    await createStation(server.url, "orders");
    const orders = ox.station<number>("orders");
    await orders.produce(0);
    const down = statusOf(ox, "disconnected");
    const closed = statusOf(ox, "closed");
    await server.kill();
    await down;
    const waiting = ["a", "b", "c"].map((messageId) => orders.produce(1, { messageId, key: "k" }));
    const outcomes = Promise.allSettled(waiting);
    await refuses(orders.produce(4), "BUFFER_FULL", /3 messages .* no connection/);
    const report = await ox.close();
    assert.deepEqual(
      report.unacknowledged,
      ["a", "b", "c"].map((messageId) => ({ station: "orders", messageId, key: "k" })),
    );
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, "rejected");
      assert.equal((outcome.reason as { code: string }).code, "CONNECTION_CLOSED");
    }
    await closed;
    await refuses(orders.produce(5), "CONNECTION_CLOSED", /connect again/);
  });

  test("waits also to find out where a station is, for which it never produced", async () => {
    await using server = await target.start();
    await createStation(server.url, "orders");
    await createStation(server.url, "others");
    const ox = await connect({ servers: server.url, buffer: { messagesMax: 2 } });
    const down = statusOf(ox, "disconnected");
    await server.kill();
    await down;
    const orders = ox.station<number>("orders");
    const messages = ox.station<number>("others").consume({ group: "g" });
    const started = messages.start();
    const produced = [orders.produce(1), orders.produce(2)];
    await refuses(orders.produce(3), "BUFFER_FULL", /where station orders is/);
    await server.restart();
    assert.deepEqual(
      (await Promise.all(produced)).map(({ sequence }) => sequence),
      [1, 2],
    );
    await started;
    await ox.close();
  });

  test("reports on close also what it never could send", async () => {
    await using server = await target.start();
    const ox = await connect({ servers: server.url });
    const down = statusOf(ox, "disconnected");
    await server.kill();
    await down;
    const produced = ox.station<number>("orders").produce(1, { messageId: "a" });
    const outcome = refuses(produced, "CONNECTION_CLOSED", /connect again/);
    const { unacknowledged } = await ox.close();
    await outcome;
    assert.deepEqual(unacknowledged, [{ station: "orders", messageId: "a", key: undefined }]);
  });

  test("does not send twice what depends on the message before it", async () => {
    await using server = await target.start();
    await createStation(server.url, "orders");
    await using ox = await connect({ servers: server.url });
    const orders = ox.station<number>("orders");
    await orders.produce(0);
    const down = statusOf(ox, "disconnected");
    await server.kill();
    await down;
    const later = orders.produce(1, { expectLastSequence: 1 });
    await server.restart();
    assert.equal((await later).sequence, 2);
  });
});

onEachTarget("connecting with the client", (target) => {
  test("says where no server is, and who is not let in", async () => {
    await refuses(
      connect({ servers: "127.0.0.1:1" }),
      "CONNECT_FAILED",
      /127\.0\.0\.1:1 .*oxbow start/,
    );
    await refuses(connect({ servers: "ws://127.0.0.1:1" }), "OPTIONS_INVALID", /TCP or TLS/);
    await refuses(connect({ sevrers: "x" } as object), "OPTIONS_INVALID", /no option sevrers/);
    await using server = await target.start({ config: 'authorization { token: "t" }' });
    await refuses(connect({ servers: server.url }), "CONNECT_FAILED", /look at its credentials/);
    const ox = await connect({ servers: server.url, credentials: { token: "t" }, name: "me" });
    assert.equal(ox.isConnected, true);
    await ox.close();
  });

  test("lets who may only publish produce, and says what one may not", async () => {
    const config = `jetstream: enabled
      authorization { users: [
        { user: u, password: p, permissions: { publish: ["orders.>"], subscribe: ["_INBOX_u.>"] } }
        { user: admin, password: p }
      ] }`;
    await using server = await target.start({ config });
    await createStation(server.url.replace("//", "//admin:p@"), "orders");
    await using ox = await connect({
      servers: server.url,
      credentials: { user: "u", password: "p" },
      inboxPrefix: "_INBOX_u",
    });
    const orders = ox.station<number>("orders");
    assert.equal((await orders.produce(1, { key: "a" })).sequence, 1);
    await refuses(orders.produce(1), "PERMISSION_DENIED", /publish to the station orders/);
  });
});
