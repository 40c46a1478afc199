import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { apiVersion, type BrowseRequest } from "oxbow/control";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ServiceBench } from "./service-bench.ts";

const text = '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}';

onEachTarget("the control API", (target) => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const orders = { station: "orders" } as const;

  test("tells who answers", async () => {
    const { control } = bench;
    assert.deepEqual(await control.call("platform.info", {}, {}), {
      api: apiVersion,
      version: "1.2.3",
    });
    const { role, operations } = await control.call("platform.caller", {}, {});
    assert.deepEqual([role, operations.includes("station.create")], ["owner", true]);
  });

  test("makes, lists, describes, edits, purges and deletes stations", async () => {
    const { control, client } = bench;
    const made = await control.call(
      "station.create",
      { station: "Prod.Orders" },
      { partitions: 2 },
    );
    assert.equal(made.name, "prod.orders");
    assert.equal(made.settings.partitions, 2);
    await control.call("station.create", orders, { description: "what was ordered" });
    const names = (await Array.fromAsync(control.list("station.list", {}))).map(({ name }) => name);
    assert.deepEqual(names, ["orders", "prod.orders"]);

    await client.js.publish("orders.a", "1");
    await client.js.publish("orders.b", "2");
    const edited = await control.call("station.edit", orders, { maxMessages: 10 });
    assert.equal(edited.settings.maxMessages, 10);
    assert.equal(edited.settings.description, "what was ordered");
    const first = { partition: 1, sequence: 1 };
    assert.deepEqual(await control.call("station.removeMessage", orders, first), {
      isDeleted: true,
    });
    assert.deepEqual(await control.call("station.removeMessage", orders, first), {
      isDeleted: false,
    });
    const dry = { isDryRun: true };
    assert.deepEqual(await control.call("station.purge", orders, dry), { purged: 1 });
    const none = { ...dry, key: "a.>" };
    assert.deepEqual(await control.call("station.purge", orders, none), { purged: 0 });
    assert.deepEqual(await control.call("station.purge", orders, { key: "b" }), { purged: 1 });
    const { entries } = await control.call("audit.query", {}, { operation: "station.purge" });
    assert.equal(entries.length, 1, "of what was only counted there is no record");
    assert.equal((await control.call("station.get", orders, {})).messages, 0);
    assert.deepEqual(await control.call("station.delete", orders, {}), { isDeleted: true });
    assert.deepEqual(await control.call("station.delete", orders, {}), { isDeleted: false });
    await refuses(
      control.call("station.get", orders, {}),
      "STATION_NOT_FOUND",
      /no station orders/,
    );
  });

  test("finds stations by text and tags, in any order, and counts what there is", async () => {
    const { control, client } = bench;
    const make = (station: string, tags: string[]): Promise<unknown> =>
      control.call("station.create", { station }, { tags });
    await make("orders", ["eu", "shop"]);
    await make("billing", ["eu"]);
    await make("search", ["us"]);
    await client.js.publish("billing.a", "1");
    await client.js.publish("billing.b", "2");
    await client.js.publish("search", "3");
    await control.call("group.create", { station: "billing", group: "g" }, {});
    const browse = async (request: BrowseRequest): Promise<string[]> =>
      (await control.call("station.browse", {}, request)).items.map(({ name }) => name);
    assert.deepEqual(await browse({}), ["billing", "orders", "search"]);
    assert.deepEqual(await browse({ ageMsMax: 60_000, search: "SH" }), ["orders"]);
    assert.deepEqual(await browse({ tags: ["eu"] }), ["billing", "orders"]);
    assert.deepEqual(await browse({ tags: ["eu", "shop"] }), ["orders"]);
    assert.deepEqual(await browse({ names: ["search", "none"] }), ["search"]);
    const byMessages = { sort: "messages", isDescending: true } as const;
    assert.deepEqual(await browse(byMessages), ["billing", "search", "orders"]);
    assert.deepEqual(await browse({ ...byMessages, skip: 1, limit: 1 }), ["search"]);
    const found = await control.call("station.browse", {}, { limit: 1 });
    assert.deepEqual([found.total, found.all], [3, 3]);
    assert.deepEqual(found.tags[0], { tag: "eu", count: 2 });
    assert.deepEqual([found.items[0]?.messages, found.items[0]?.groups], [2, 1]);

    const totals = await control.call("platform.totals", {}, {});
    assert.deepEqual([totals.stations, totals.messages, totals.groups], [3, 3, 1]);
    assert.deepEqual([totals.waiting, totals.unfinished], [2, []]);
    // What is known may be old, and a station that is gone since is none all the same.
    await client.jsm.streams.delete("search");
    await control.call("station.delete", orders, {});
    assert.deepEqual(await browse({ ageMsMax: 60_000 }), ["billing"]);
    await refuses(browse({ limit: 0 }), "API_REQUEST_INVALID", /limit/);
  });

  test("makes stations as the defaults of the account say, and has them make themselves", async () => {
    const { control } = bench;
    assert.deepEqual(await control.call("station.defaults", {}, {}), {
      isAutoCreated: false,
      settings: {},
    });
    const ensured = control.call("station.ensure", orders, {});
    await refuses(ensured, "STATION_NOT_FOUND", /no station orders/);
    const settings = { partitions: 2, maxAgeMs: 60_000 };
    const changed = await control.call("station.setDefaults", {}, { settings });
    assert.deepEqual(changed, { isAutoCreated: false, settings });
    await control.call("station.setDefaults", {}, { isAutoCreated: true });
    const made = await control.call("station.ensure", orders, {});
    assert.deepEqual([made.settings.partitions, made.settings.maxAgeMs], [2, 60_000]);
    const asked = await control.call("station.create", { station: "asked" }, { partitions: 1 });
    assert.deepEqual([asked.settings.partitions, asked.settings.maxAgeMs], [1, 60_000]);
    await control.call("station.setDefaults", {}, { settings: { maxMessages: 5 } });
    const again = await control.call("station.ensure", orders, {});
    assert.equal(again.settings.partitions, 2);
    const fresh = await control.call("station.ensure", { station: "fresh" }, {});
    assert.deepEqual([fresh.settings.partitions, fresh.settings.maxMessages], [1, 5]);
    for (const wrong of [{ partitions: 0 }, { retention: 1 }]) {
      const change = control.call("station.setDefaults", {}, { settings: wrong as object });
      await refuses(change, "STATION_INVALID", /partitions|retention/);
    }
  });

  test("removes messages that are chosen, and finds stations by their tags", async () => {
    const { control, client } = bench;
    await control.call("station.create", orders, { tags: ["eu", "billing"] });
    await control.call("station.create", { station: "other" }, { tags: ["eu"] });
    const tagged = Array.fromAsync(control.list("station.list", { tag: "billing" }));
    assert.deepEqual(
      (await tagged).map(({ name }) => name),
      ["orders"],
    );
    for (const payload of ["1", "2", "3"]) await client.js.publish("orders", payload);
    const messages = [1, 3, 7].map((sequence) => ({ partition: 1, sequence }));
    assert.deepEqual(await control.call("station.removeMessages", orders, { messages }), {
      removed: 2,
    });
    assert.equal((await control.call("station.get", orders, {})).messages, 1);
  });

  test("makes no bucket for who has no schema", async () => {
    const { control, client } = bench;
    await control.call("station.create", orders, {});
    assert.equal((await control.call("schema.list", {}, {})).total, 0);
    assert.deepEqual(await control.call("attachment.get", orders, {}), { attachment: null });
    await refuses(control.call("schema.get", { schema: "order" }, {}), "SCHEMA_NOT_FOUND", /order/);
    const attach = control.call("attachment.set", orders, { schema: "order" });
    await refuses(attach, "SCHEMA_NOT_FOUND", /no schema order: create it first/);
    await control.call("station.delete", orders, {});
    // The records of who has changed what are there.
    assert.deepEqual(await Array.fromAsync(client.jsm.streams.names()), ["OXBOW_AUDIT"]);
  });

  test("makes, lists, edits, pauses, rewinds and deletes groups", async () => {
    const { control, client } = bench;
    await control.call("station.create", orders, {});
    await client.js.publish("orders", "1");
    await client.js.publish("orders", "2");
    const billing = { station: "orders", group: "billing.eu" };
    const made = await control.call("group.create", billing, { maxDeliveries: 3 });
    assert.equal(made.waiting, 2);
    const edited = await control.call("group.edit", billing, { maxDeliveries: 4 });
    assert.equal(edited.settings.maxDeliveries, 4);
    const until = new Date(Date.now() + 3_600_000);
    const paused = await control.call("group.pause", billing, { until });
    assert.equal(paused.pausedUntil, until.toISOString());
    assert.equal((await control.call("group.resume", billing, {})).pausedUntil, null);
    assert.equal((await control.call("group.lag", billing, {})).messages, 2);

    const consumer = await client.js.consumers.get("orders", "billing#eu");
    for (let taken = 0; taken < 2; taken++) {
      const message = await consumer.next();
      assert.ok(await message?.ackAck());
    }
    const request = { to: { from: "sequence", sequence: 2 }, isDryRun: true } as const;
    assert.equal((await control.call("group.rewind", billing, request)).deliveredAgain, 1);
    assert.equal((await control.call("group.lag", billing, {})).messages, 0);
    const rewound = await control.call("group.rewind", billing, { to: { from: "beginning" } });
    assert.equal(rewound.deliveredAgain, 2);
    assert.equal((await control.call("group.get", billing, {})).waiting, 2);

    await control.call("station.create", { station: "other" }, {});
    await control.call("group.create", { station: "other", group: "audit" }, {});
    const all = await Array.fromAsync(control.list("group.list", {}));
    assert.deepEqual(
      all.map(({ station, name }) => `${station} ${name}`),
      ["orders billing.eu", "other audit"],
    );
    const own = await Array.fromAsync(control.list("group.list", { station: "other" }));
    assert.deepEqual(
      own.map(({ name }) => name),
      ["audit"],
    );
    assert.deepEqual(await control.call("group.delete", billing, {}), { isDeleted: true });
    assert.deepEqual(await control.call("group.delete", billing, {}), { isDeleted: false });
  });

  test("tries texts and messages, and generates a schema from them", async () => {
    const { control } = bench;
    const order = { schema: "order" };
    const draft = { format: "json" as const, text };
    const fit = await control.call("schema.try", order, { ...draft, payload: '{"id":1}' });
    assert.deepEqual(fit, { problem: null, violation: null });
    const { violation } = await control.call("schema.try", order, {
      ...draft,
      payload: '{"id":""}',
    });
    assert.deepEqual([violation?.path, violation?.rule], ["/id", "type"]);
    for (const [format, broken, line] of [
      ["json", '{\n "type": }', null],
      ["protobuf", 'syntax = "proto3";\nmessage {', 2],
      ["graphql", "type Query {\n\n a: }", 3],
    ] as const) {
      const { problem } = await control.call("schema.try", order, { format, text: broken });
      assert.equal(problem?.line, line);
    }
    const references = [{ name: "common", schema: "common", version: 1 }];
    const lost = await control.call("schema.try", order, { ...draft, references });
    assert.ok(lost.problem?.message.includes("which there is not"));
    await refuses(control.call("schema.try", order, { payload: "1" }), "SCHEMA_NOT_FOUND", /text/);
    await control.call("schema.create", order, draft);
    const kept = await control.call("schema.try", order, { version: 1, payload: "{}" });
    assert.equal(kept.violation?.rule, "required");
    assert.deepEqual(
      await control.call("schema.try", order, { payload: "eyJpZCI6MX0=", encoding: "base64" }),
      fit,
    );

    const samples = ['{"id":1,"name":"a"}', '{"id":2}'];
    const made = await control.call("schema.generate", {}, { format: "json", samples });
    const { required } = JSON.parse(made.text) as { readonly required: unknown };
    assert.deepEqual(required, ["id"]);
    await refuses(
      control.call("schema.generate", {}, { format: "avro", samples: ["{"] }),
      "SCHEMA_INVALID",
      /sample 1 is not JSON/,
    );
  });

  test("keeps schemas, compares their versions and attaches them", async () => {
    const { control } = bench;
    const order = { schema: "order" };
    await control.call("station.create", orders, {});
    await control.call("schema.create", order, { format: "json", text });
    const breaking = text.replace("integer", "string");
    const { breaks } = await control.call("schema.check", order, { text: breaking });
    assert.match(breaks[0]?.description ?? "", /can't read what was written with version 1/);
    const add = control.call("schema.addVersion", order, { text: breaking });
    await refuses(add, "SCHEMA_INCOMPATIBLE", /backward compatible/);
    await control.call("schema.setCompatibility", order, { compatibility: "none" });
    const added = await control.call("schema.addVersion", order, { text: breaking });
    assert.deepEqual([added.number, added.isActive], [2, false]);
    const diff = await control.call("schema.diff", order, { from: 1, to: 2 });
    assert.match(diff.lines, /^\+.*string/m);
    assert.equal((await control.call("schema.activate", order, { version: 2 })).activeVersion, 2);
    assert.equal((await control.call("schema.text", order, {})).text, breaking);
    assert.equal((await control.call("schema.text", order, { version: 1 })).text, text);

    const attached = await control.call("attachment.set", orders, {
      schema: "order",
      mode: "warn",
    });
    assert.deepEqual(attached, {
      station: "orders",
      schema: "order",
      version: "active",
      mode: "warn",
    });
    assert.deepEqual(await control.call("attachment.get", orders, {}), { attachment: attached });
    const all = await Array.fromAsync(control.list("attachment.list", { schema: "order" }));
    assert.deepEqual(all, [attached]);
    await refuses(control.call("schema.delete", order, {}), "SCHEMA_IN_USE", /station orders/);
    assert.deepEqual(await control.call("attachment.delete", orders, {}), { isDeleted: true });
    const first = await control.call("schema.deleteVersion", order, { version: 1 });
    assert.deepEqual(first, { isDeleted: true });
    assert.equal((await control.call("schema.get", order, {})).versions.length, 1);
    assert.equal((await Array.fromAsync(control.list("schema.list", {}))).length, 1);
    assert.equal((await control.call("schema.list", {}, { search: " RDE" })).total, 1);
    assert.equal((await control.call("schema.list", {}, { search: "invoice" })).total, 0);
    assert.deepEqual(await control.call("schema.delete", order, {}), { isDeleted: true });
  });

  test("detaches the schema of a station that is deleted, and of one that was", async () => {
    const { control, platform } = bench;
    await control.call("schema.create", { schema: "order" }, { format: "json", text });
    const attach = async (station: string): Promise<void> => {
      await control.call("attachment.set", { station }, { schema: "order" });
    };
    const attached = async (): Promise<string[]> =>
      (await Array.fromAsync(control.list("attachment.list", {}))).map(({ station }) => station);
    await control.call("station.create", orders, {});
    await attach("orders");
    await control.call("station.delete", orders, {});
    assert.deepEqual(await attached(), []);

    // As a platform leaves it that dies between the two.
    await control.call("station.create", orders, {});
    await attach("orders");
    await platform.jsm.streams.delete("orders");
    assert.deepEqual(await attached(), ["orders"]);
    assert.deepEqual(await control.call("station.delete", orders, {}), { isDeleted: true });
    assert.deepEqual(await attached(), []);
    assert.deepEqual(await control.call("station.delete", orders, {}), { isDeleted: false });

    // A plain client's stream is another station than the one of its name in lower case.
    await control.call("station.create", orders, {});
    await attach("orders");
    await platform.jsm.streams.add({ name: "ORDERS", subjects: ["plain"] });
    assert.deepEqual(await control.call("station.delete", { station: "ORDERS" }, {}), {
      isDeleted: true,
    });
    assert.deepEqual(await attached(), ["orders"]);
    assert.equal((await control.call("station.get", orders, {})).name, "orders");
  });
});
