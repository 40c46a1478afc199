import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect as connectOfficial } from "@nats-io/transport-node";
import type { Message } from "oxbow";
import { testServer } from "oxbow/testing";
import { z } from "zod";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";

/** What only a server with a platform and gates does with what the client produces and gives up. */
describe("the client on a server with a platform", () => {
  test("is told why a message is refused, which is a dead letter then", async () => {
    await using ox = await testServer();
    await ox.admin.stations.create("orders", { partitions: 2 });
    const text = '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}';
    await ox.admin.schemas.create("order", { format: "json", text });
    await ox.admin.attachments.set("orders", { schema: "order" });
    const orders = ox.station("orders");
    await orders.produce({ id: 1 }, { key: "a" });
    await refuses(orders.produce({ id: "x" }, { key: "a" }), "MESSAGE_REFUSED", /\/id/);
    const letters = ox.station("OXBOW_DEAD_LETTERS").consume({ group: "g" });
    const letter = (await letters.next()).value;
    assert.deepEqual(letter?.value, { id: "x" });
  });

  test("gives messages up with a reason, and finds them among the dead letters", async () => {
    await using ox = await testServer();
    for (const untilAcknowledged of [false, true]) {
      const name = untilAcknowledged ? "queue" : "orders";
      await ox.admin.stations.create(name, { untilAcknowledged });
      await ox.admin.groups.create(name, "billing");
      const station = ox.station<number>(name);
      await station.produce(7, { headers: { Trace: "t" } });
      const [message] = await station.fetch(1, { group: "billing" });
      await message?.deadLetter("there is no\norder 7");
    }
    const letters = ox.station<number>("OXBOW_DEAD_LETTERS").consume({ group: "g" });
    const found: Message<number>[] = [];
    while (found.length < 2) {
      const { value } = await letters.next();
      assert.ok(value);
      found.push(value);
    }
    for (const letter of found) {
      assert.equal(letter.value, 7);
      assert.equal(letter.header("Trace"), "t");
      assert.ok(JSON.stringify(letter.headers).includes("there is no order 7"));
    }
  });

  test("has dead letters with their values, and resends them edited", async () => {
    await using ox = await testServer();
    await ox.admin.stations.create("orders");
    const schema = z.object({ id: z.number(), note: z.string().default("none") });
    const orders = ox.station("orders", { schema });
    const letters = orders.deadLetters({ group: "billing" });
    assert.equal(await letters.count(), 0);
    await ox.admin.groups.create("orders", "billing");
    await ox.admin.groups.create("orders", "audit");
    await orders.produceMany([{ id: 1 }, { id: 2, note: "x" }], {
      options: ({ id }) => ({ key: `k.${id}`, headers: { Trace: ["a", "b"] } }),
    });
    for (const message of await orders.fetch(2, { group: "billing" })) {
      await message.deadLetter(`no customer ${message.value.id}`);
    }
    await eventually("two dead letters", async () => (await letters.count()) === 2 || undefined);
    const found = await Array.fromAsync(letters);
    assert.deepEqual(
      found.map(({ group, error, value }) => [group, error, value]),
      [
        ["billing", "no customer 1", { id: 1, note: "none" }],
        ["billing", "no customer 2", { id: 2, note: "x" }],
      ],
    );
    const [first] = found;
    assert.equal(first?.about.attempts, 1);
    assert.deepEqual(first?.headers["Trace"], ["a", "b"]);
    assert.equal(first?.header("Trace"), "a");
    assert.equal((await letters.foreseeResend()).sent, 2);
    await refuses(
      letters.resend({ edit: { value: { id: "1" } as never } }),
      "MESSAGE_INVALID",
      /does not fit the schema: \/id/,
    );
    const one = orders.deadLetters({ ids: [first?.id ?? 0] });
    const resend = await one.resend({ edit: { value: { id: 7 }, headers: { Trace: null } } });
    const { state, sent } = await one.resent(resend);
    assert.deepEqual([state, sent], ["done", 1]);
    const [again] = await orders.fetch(1, { group: "billing" });
    assert.deepEqual([again?.value.id, again?.key, again?.header("Trace")], [7, "k.1", undefined]);
    again?.ack();
    assert.equal(await letters.get(first?.id ?? 0), undefined);
    assert.equal(await letters.drop(), 1);
    assert.deepEqual(await Array.fromAsync(letters), []);
    const audited = await orders.fetch(5, { group: "audit", timeoutMs: 0 });
    assert.deepEqual(
      audited.map(({ value }) => value.id),
      [1, 2],
    );
  });

  test("resends what a station that knows messages by their content has already", async () => {
    await using ox = await testServer();
    await ox.admin.stations.create("orders", { duplicatesBy: "content" });
    await ox.admin.stations.create("graves", { duplicatesBy: "content" });
    await ox.admin.stations.edit("orders", { deadLetterStation: "graves" });
    const orders = ox.station<number>("orders");
    for (const group of ["a", "b"]) await ox.admin.groups.create("orders", group);
    await orders.produce(1, { messageId: "mine" });
    for (const group of ["a", "b"]) {
      const [message] = await orders.fetch(1, { group });
      await message?.deadLetter("no");
    }
    const letters = orders.deadLetters();
    await eventually("two dead letters", async () => (await letters.count()) === 2 || undefined);
    await eventually("both copies", async () => {
      const { messages } = await ox.admin.stations.get("graves");
      return messages === 2 || undefined;
    });
    for (const to of ["group", "station"] as const) {
      const which = orders.deadLetters({ group: to === "group" ? "a" : "b" });
      const { sent } = await which.resent(await which.resend({ to }));
      assert.equal(sent, 1);
    }
    for (const [group, count] of [
      ["a", 2],
      ["b", 1],
    ] as const) {
      const found = await orders.fetch(count, { group });
      assert.deepEqual(
        found.map(({ value }) => value),
        Array(count).fill(1),
        group,
      );
      assert.deepEqual(await orders.fetch(1, { group, timeoutMs: 0 }), []);
    }
  });

  test("says of dead letters that were refused what is wrong with them", async () => {
    await using ox = await testServer();
    await ox.admin.stations.create("orders");
    await ox.admin.schemas.create("order", { format: "json", text: '{"required":["id"]}' });
    await ox.admin.attachments.set("orders", { schema: "order" });
    await refuses(ox.station("orders").produce({}), "MESSAGE_REFUSED", /id/);
    const letters = ox.station("orders", { schema: z.object({ id: z.number() }) }).deadLetters();
    const [letter] = await Array.fromAsync(letters);
    assert.deepEqual([letter?.group, letter?.about.rule], [null, "required"]);
    assert.match(letter?.problem?.message ?? "", /does not fit the schema: \/id/);
    assert.throws(() => letter?.value, /does not fit the schema/);
    assert.equal(Buffer.from(letter?.data ?? []).toString(), "{}");
  });

  test("makes a station by producing to it, where that is wanted", async () => {
    await using ox = await testServer();
    await refuses(ox.station("new").produce(1), "STATION_NOT_FOUND", /no station new/);
    await ox.admin.stations.setDefaults({ isAutoCreated: true, settings: { partitions: 3 } });
    const fresh = ox.station<number>("new");
    const acks = await Promise.all([1, 2, 3, 4].map((value) => fresh.produce(value)));
    assert.deepEqual(
      acks.map(({ partition }) => partition),
      [1, 2, 3, 1],
    );
    assert.equal((await ox.admin.stations.get("new")).settings.partitions, 3);
    await refuses(ox.station("no name").produce(1), "STATION_INVALID", /use letters/);
    await ox.admin.stations.setDefaults({ isAutoCreated: false });
    await refuses(ox.station("other").produce(1), "STATION_NOT_FOUND", /no station other/);
  });

  test("leads messages to the partitions to which the gate leads those of others", async () => {
    await using ox = await testServer();
    await ox.admin.stations.create("orders", { partitions: 7 });
    const station = ox.station<string>("orders");
    const nc = await connectOfficial({ servers: ox.url });
    const { jetstream } = await import("@nats-io/jetstream");
    for (const key of ["a", "b.c", "customer-17", "x.y.z", "21"]) {
      const { partition } = await station.produce("typed", { key });
      const { stream } = await jetstream(nc).publish(`orders.${key}`, '"plain"');
      assert.equal(stream, `orders$${partition}`, key);
    }
    assert.match((await jetstream(nc).publish("orders", "1")).stream, /^orders\$\d$/);
    await nc.close();
  });
});
