import assert from "node:assert/strict";
import { test } from "node:test";
import { ackAll, connect, type Message, type Oxbow } from "oxbow";
import { z } from "zod";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ClientBench, createStation } from "./support/bench-client.ts";

/** Takes so many messages from an iterator that goes on. */
async function take<Item>(
  messages: AsyncIterator<Item, undefined>,
  count: number,
): Promise<Item[]> {
  const taken: Item[] = [];
  while (taken.length < count) {
    const { value } = await messages.next();
    assert.ok(value !== undefined, `the messages ended after ${taken.length} of ${count}`);
    taken.push(value);
  }
  return taken;
}

async function fill(ox: Oxbow, station: string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const report = await ox
    .station<number>(station)
    .produceMany(numbers, { options: (value) => ({ key: `k${value % 7}` }) });
  assert.equal(report.acknowledged, count);
}

const values = (messages: readonly Message<unknown>[]): unknown[] =>
  messages.map(({ value }) => value).sort((a, b) => Number(a) - Number(b));

onEachTarget("consuming with the client", (target) => {
  test("brings the messages of all partitions to a group that it makes", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("prod.orders", { partitions: 3 });
    await fill(bench.ox, "prod.orders", 100);
    const orders = bench.ox.station<number>("prod.orders");
    const messages = orders.consume({ group: "billing", prefetch: 8 });
    const taken = await take(messages, 100);
    for (const message of taken) message.ack();
    assert.deepEqual(
      values(taken),
      Array.from({ length: 100 }, (_, index) => index),
    );
    assert.deepEqual([...new Set(taken.map(({ partition }) => partition))].sort(), [1, 2, 3]);
    assert.deepEqual(
      [...new Set(taken.map(({ key }) => key))].sort(),
      [0, 1, 2, 3, 4, 5, 6].map((n) => `k${n}`),
    );
    for (const partition of [1, 2, 3]) {
      const sequences = taken
        .filter((each) => each.partition === partition)
        .map((each) => each.sequence);
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => a - b),
      );
    }
    await messages.stop();
    const [consumer] = await Array.fromAsync(bench.official.jsm.consumers.list("prod#orders$2"));
    assert.equal(consumer?.config.metadata?.["oxbow.group"], "billing");
  });

  test("gives back what it has fetched ahead when it stops", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, "orders", 20);
    const orders = bench.ox.station<number>("orders");
    for await (const message of orders.consume({ group: "g" })) {
      await message.ackSync();
      break;
    }
    const others = await take(orders.consume({ group: "g" }), 19);
    assert.deepEqual(
      values(others),
      Array.from({ length: 19 }, (_, index) => index + 1),
    );
  });

  test("settles messages in every way", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station<string>("orders");
    await orders.produceMany(["ack", "nak", "term", "dead", "sync", "batch 1", "batch 2"], {
      options: (value) => ({ messageId: value, headers: { What: value } }),
    });
    const messages = orders.consume({ group: "g" });
    const [ack, nak, term, dead, sync, ...batch] = await take(messages, 7);
    assert.ok(ack && nak && term && dead && sync);
    assert.equal(ack.messageId, "ack");
    assert.equal(ack.header("What"), "ack");
    assert.deepEqual(ack.headers["What"], ["ack"]);
    assert.equal(ack.attempt, 1);
    assert.equal(sync.pending, 2);
    assert.equal(ack.key, undefined);
    assert.equal(
      ack.time.toISOString(),
      new Date(
        (await bench.official.jsm.streams.getMessage("orders", { seq: 1 }))?.timestamp ?? "",
      ).toISOString(),
    );
    ack.ack();
    nak.nak({ delayMs: 1 });
    nak.ack();
    term.term();
    await dead.deadLetter("no\nway");
    await sync.ackSync();
    assert.deepEqual(await ackAll(batch), []);
    await refuses(sync.ackSync(), "MESSAGE_SETTLED", /once/);
    const [again] = await take(messages, 1);
    assert.equal(again?.value, "nak");
    assert.equal(again?.attempt, 2);
    await again.ackSync();
    await messages.stop();
    const info = await bench.official.jsm.consumers.info("orders", "g");
    assert.equal(info.num_ack_pending, 0);
    assert.equal(info.num_pending, 0);
  });

  test("hands messages to a function, acknowledges them, and brings those again that failed", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    await fill(bench.ox, "orders", 50);
    const seen = new Map<number, number>();
    let atATime = 0;
    let mostAtATime = 0;
    const { promise: four, resolve: fourAreThere } = Promise.withResolvers<void>();
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const failures: unknown[] = [];
    const run = bench.ox.station<number>("orders").consume(
      {
        group: "g",
        concurrency: 4,
        retryDelayMs: (attempt) => attempt,
        onError: (error) => failures.push(error),
      },
      async (message) => {
        mostAtATime = Math.max(mostAtATime, ++atATime);
        // The first ones wait until as many as may be are there, and no other one begins meanwhile.
        if (atATime === 4) setImmediate(fourAreThere);
        await four;
        atATime--;
        const times = (seen.get(message.value) ?? 0) + 1;
        seen.set(message.value, times);
        if (message.value % 10 === 0 && times === 1) throw new Error("not now");
        if (seen.size === 50 && [...seen.values()].reduce((sum, each) => sum + each) === 55) done();
      },
    );
    await all;
    await run.stop();
    await run.done;
    assert.equal(mostAtATime, 4);
    assert.equal(failures.length, 5);
    for (const stream of ["orders$1", "orders$2"]) {
      const nothingLeft = await eventually("acknowledgements to be written down", async () => {
        const info = await bench.official.jsm.consumers.info(stream, "g");
        return info.num_ack_pending + info.num_pending === 0 ? true : undefined;
      });
      assert.ok(nothingLeft);
    }
  });

  test("fetches a number of messages, of whichever partitions have some", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 3 });
    const orders = bench.ox.station<number>("orders");
    assert.deepEqual(await orders.fetch(5, { group: "g", timeoutMs: 0 }), []);
    await fill(bench.ox, "orders", 10);
    const first = await orders.fetch(4, { group: "g" });
    assert.equal(first.length, 4);
    const rest = await orders.fetch(6, { group: "g", timeoutMs: 20_000 });
    assert.equal(rest.length, 6);
    assert.deepEqual(values([...first, ...rest]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await orders.fetch(10, { group: "g", timeoutMs: 300 }), []);
    const later = orders.fetch(1, { group: "g", timeoutMs: 15_000 });
    await orders.produce(10);
    assert.deepEqual(values(await later), [10]);
    await refuses(orders.fetch(0, { group: "g" }), "OPTIONS_INVALID", /1 to 65536/);
  });

  test("gives the type of the schema, and says what does not fit", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const schema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });
    const orders = bench.ox.station("orders", { schema });
    await orders.produce({ at: "2026-01-01T00:00:00Z" });
    await bench.official.js.publish("orders", '{"at":7}');
    await bench.official.js.publish("orders", "{");
    const [fits, wrong, broken] = await take(orders.consume({ group: "g" }), 3);
    assert.equal(fits?.value.at.getUTCFullYear(), 2026);
    assert.match(wrong?.problem?.message ?? "", /does not fit the schema: \/at/);
    assert.throws(() => wrong?.value, /does not fit/);
    assert.match(broken?.problem?.message ?? "", /can't be decoded/);
    assert.equal(Buffer.from(broken?.data ?? []).toString(), "{");
  });

  test("makes groups as it is told, or none", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    await fill(bench.ox, "orders", 10);
    const orders = bench.ox.station<number>("orders");
    const none = orders.consume({ group: "g", create: false });
    await refuses(none.next(), "GROUP_NOT_FOUND", /no group g/);
    const wrong = orders.consume({ group: "g", create: { maxDeliveries: 0 } });
    await refuses(wrong.next(), "GROUP_INVALID", /maxDeliveries/);
    await refuses(
      bench.ox.station("none").consume({ group: "g" }).next(),
      "STATION_NOT_FOUND",
      /none/,
    );
    assert.throws(() => orders.consume({ group: "" }), /replay/);
    const late = orders.consume({ group: "late", create: { start: { from: "now" } } });
    await late.start();
    await orders.produce(77);
    assert.deepEqual(values(await take(late, 1)), [77]);
  });

  test("lets members share the messages of a group", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    const orders = bench.ox.station<number>("orders");
    const members = await Promise.all(
      [1, 2, 3].map(async () => {
        const messages = orders.consume({ group: "g", prefetch: 4 });
        await messages.start();
        return messages;
      }),
    );
    const taken: number[] = [];
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const work = members.map(async (messages) => {
      for await (const message of messages) {
        message.ack();
        taken.push(message.value);
        if (taken.length === 60) done();
      }
    });
    await fill(bench.ox, "orders", 60);
    await all;
    await Promise.all(members.map((messages) => messages.stop()));
    await Promise.all(work);
    assert.deepEqual(
      taken.toSorted((a, b) => a - b),
      Array.from({ length: 60 }, (_, index) => index),
    );
  });

  test("consumes stations by names and patterns, also those that come later", async () => {
    await using bench = await ClientBench.open(target.server);
    for (const name of ["orders", "payments.eu", "payments.eu.old"])
      await bench.stations.create(name);
    for (const name of ["orders", "payments.eu", "payments.eu.old"]) {
      await bench.ox.station(name).produce(name);
    }
    const messages = bench.ox.consume<string>(["orders", "payments.*"], { group: "audit" });
    const taken = await take(messages, 2);
    assert.deepEqual(taken.map(({ value }) => value).sort(), ["orders", "payments.eu"]);
    await bench.stations.create("payments.us", { partitions: 2 });
    await bench.ox.station("payments.us").produce("payments.us");
    const [later] = await take(messages, 1);
    assert.equal(later?.station, "payments.us");
    assert.throws(() => bench.ox.consume(["a.>.b"], { group: "g" }), /stands for no stations/);
  });

  test("ends when its group is deleted", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await bench.ox.station("orders").produce(1);
    const messages = bench.ox.station("orders").consume({ group: "g" });
    await take(messages, 1);
    const next = messages.next();
    await bench.official.jsm.consumers.delete("orders", "g");
    await refuses(next, "GROUP_NOT_FOUND", /gone/);
  });

  test("says of messages that they are worked on until they are settled", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station<number>("orders");
    await orders.produce(1);
    // What members say to the server can be listened to.
    const said: string[] = [];
    let worked = (): void => undefined;
    const hasWorked = new Promise<void>((resolve) => (worked = resolve));
    bench.official.nc.subscribe("$JS.ACK.orders.g.>", {
      callback: (_error, message) => {
        if (said.push(message.string()) === 2) worked();
      },
    });
    await bench.official.nc.flush();
    const create = { maxAckTimeMs: 300 };
    const messages = orders.consume({ group: "g", create, keepWorking: true });
    const [message] = await take(messages, 1);
    await hasWorked;
    await message?.ackSync();
    assert.deepEqual(said.slice(0, 2), ["+WPI", "+WPI"]);
  });

  test("does not show what is to be delivered later before its time", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const orders = bench.ox.station<string>("orders");
    await orders.produce("later", { delayMs: 5_000 });
    await orders.produce("now");
    const taken = await take(orders.consume({ group: "g" }), 2);
    assert.deepEqual(
      taken.map(({ value }) => value),
      ["now", "later"],
    );
  });

  test("replays without a group", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    const orders = bench.ox.station<number>("orders");
    assert.deepEqual(await Array.fromAsync(orders.replay({ stopAtEnd: true })), []);
    await fill(bench.ox, "orders", 30);
    const all = await Array.fromAsync(orders.replay({ stopAtEnd: true, prefetch: 4 }));
    assert.deepEqual(
      all.map(({ value }) => value).sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, index) => index),
    );
    const some = await Array.fromAsync(orders.replay({ stopAtEnd: true, keys: ["k3"] }));
    assert.deepEqual(
      some.map(({ value }) => value),
      [3, 10, 17, 24],
    );
    const third = await Array.fromAsync(orders.replay({ stopAtEnd: true, from: { sequence: 3 } }));
    assert.equal(third.length, 26);
    const last = await Array.fromAsync(orders.replay({ stopAtEnd: true, from: "lastPerKey" }));
    assert.equal(last.length, 7);
    const since = last[0]?.time ?? new Date();
    const later = await Array.fromAsync(orders.replay({ stopAtEnd: true, from: { time: since } }));
    assert.ok(later.length >= 1 && later.length <= 30);
    const endless = orders.replay({ from: "now" });
    const next = endless.next();
    await endless.stop();
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.deepEqual(
      await Array.fromAsync(bench.official.jsm.consumers.list("orders$1")).then((list) =>
        list.filter(({ config }) => config.durable_name),
      ),
      [],
    );
  });

  test("drains: what is handled is finished first", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    const ox = await connect({ servers: target.server.url });
    await fill(ox, "orders", 10);
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const handled: number[] = [];
    ox.station<number>("orders").consume({ group: "g", concurrency: 2 }, async (message) => {
      if (handled.push(message.value) === 2) begun();
      await held;
      await message.ackSync();
    });
    await hasBegun;
    const drained = ox.drain();
    release();
    assert.deepEqual((await drained).unacknowledged, []);
    assert.equal(handled.length, 2);
    const left = await take(bench.ox.station<number>("orders").consume({ group: "g" }), 8);
    assert.deepEqual(values(left), [2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

onEachTarget("consuming while the server is away", (target) => {
  test("goes on where it was", async () => {
    await using server = await target.start();
    await createStation(server.url, "orders");
    await using ox = await connect({ servers: server.url });
    await fill(ox, "orders", 20);
    const orders = ox.station<number>("orders");
    const messages = orders.consume({ group: "g", prefetch: 4 });
    const seen = new Set<number>();
    for (const message of await take(messages, 10)) {
      seen.add(message.value);
      await message.ackSync();
    }
    await server.restart("SIGKILL");
    await orders.produce(20);
    for await (const message of messages) {
      message.ack();
      seen.add(message.value);
      if (seen.size === 21) break;
    }
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      Array.from({ length: 21 }, (_, index) => index),
    );
  });
});
