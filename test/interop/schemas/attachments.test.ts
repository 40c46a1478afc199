import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { PolicyNews } from "@oxbow/platform";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { object, SchemaBench } from "./schema-bench.ts";

onEachTarget("schemas of stations", (target) => {
  let bench: SchemaBench;

  beforeEach(async () => {
    bench = await SchemaBench.open(target.server);
    const { schemas, stations } = bench;
    await schemas.create("orders", { format: "json", text: object({ id: "integer" }) });
    await stations.create("shop.orders", { storage: "memory" });
    await stations.create("returns", { storage: "memory" });
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  test("are attached to several stations, each in its way, and detached", async () => {
    const { schemas, stations, bucket } = bench;
    const enforced = await schemas.attach("Shop.Orders", { schema: "Orders" });
    assert.deepEqual(enforced, {
      station: "shop.orders",
      schema: "orders",
      version: "active",
      mode: "enforce",
      encoding: undefined,
    });
    const diverted = await schemas.attach("returns", {
      schema: "orders",
      mode: "divert",
      version: 1,
    });
    assert.deepEqual(await schemas.attachments("orders"), [diverted, enforced]);
    assert.deepEqual(await schemas.attachments("others"), []);
    assert.deepEqual(await schemas.attachment("returns"), diverted);
    assert.deepEqual((await bucket.get("station.returns"))?.json(), {
      version: 1,
      schema: { name: "orders", version: 1, mode: "divert", encoding: null },
    });
    const warned = await schemas.attach("returns", { schema: "orders", mode: "warn" });
    assert.equal(warned.mode, "warn");
    await refuses(
      schemas.delete("orders"),
      "SCHEMA_IN_USE",
      /schema orders is used by station returns, station shop\.orders: .*detach/,
    );
    assert.equal(await schemas.detach("returns"), true);
    assert.equal(await schemas.detach("returns"), false);
    await stations.delete("shop.orders");
    assert.equal(await schemas.detach("shop.orders"), true);
    assert.equal(await schemas.delete("orders"), true);
  });

  test("are attached to a plain client's stream, by the name that it has", async () => {
    const { schemas, client } = bench;
    await client.jsm.streams.add({ name: "LEGACY", subjects: ["legacy.>"] });
    await client.jsm.streams.add({ name: "odd!", subjects: ["odd"] });
    assert.equal((await schemas.attach("LEGACY", { schema: "orders" })).station, "LEGACY");
    assert.equal((await schemas.attachment("LEGACY"))?.schema, "orders");
    assert.equal(await schemas.attachment("legacy"), undefined);
    assert.equal(await schemas.detach("LEGACY"), true);
    await refuses(schemas.attach("odd!", { schema: "orders" }), "STATION_INVALID", /"odd!" can't/);
  });

  test("a version that a station is pinned to is not deleted", async () => {
    const { schemas } = bench;
    await schemas.addVersion("orders", { text: object({ id: "number" }) }, { isActivated: true });
    await schemas.attach("returns", { schema: "orders", version: 1 });
    await refuses(
      schemas.deleteVersion("orders", 1),
      "SCHEMA_IN_USE",
      /version 1 of schema orders is used by station returns/,
    );
    await schemas.attach("returns", { schema: "orders" });
    assert.equal(await schemas.deleteVersion("orders", 1), true);
  });

  test("what can't be attached is refused with what to do", async () => {
    const { schemas, bucket } = bench;
    const attach = (request: object): Promise<unknown> =>
      schemas.attach("returns", { schema: "orders", ...request });
    await refuses(attach({ schema: "nothing" }), "SCHEMA_NOT_FOUND", /create it first/);
    await refuses(attach({ version: 2 }), "SCHEMA_NOT_FOUND", /no version 2: it has 1/);
    await refuses(attach({ mode: "log" }), "SCHEMA_INVALID", /mode: /);
    await refuses(attach({ encoding: "json" }), "SCHEMA_INVALID", /only Avro messages/);
    await refuses(
      schemas.attach("nothing", { schema: "orders" }),
      "STATION_NOT_FOUND",
      /no station nothing/,
    );
    await schemas.create("empty", { format: "avro" });
    await refuses(attach({ schema: "empty" }), "SCHEMA_NOT_FOUND", /add one first/);
    await schemas.addVersion("empty", { text: '"string"' });
    assert.equal((await schemas.attach("returns", { schema: "empty" })).encoding, "binary");
    await bucket.put("station.returns", JSON.stringify({ version: 2 }));
    await refuses(attach({}), "SCHEMA_UNREADABLE", /of version 2/);
    await refuses(schemas.detach("returns"), "SCHEMA_UNREADABLE", /of version 2/);
  });

  /** Whether a message fits, by a policy. */
  const fits = ({ policy }: PolicyNews, text: string): boolean | undefined => {
    const message = Buffer.from(text);
    return policy?.compiled && policy.compiled.check(message, 0, message.length) === undefined;
  };

  async function next(policies: AsyncGenerator<PolicyNews, void>): Promise<PolicyNews> {
    const { value } = await policies.next();
    assert.ok(value, "there is more to come");
    return value;
  }

  test("are told compiled, first all of them, then as they change", async () => {
    const { schemas } = bench;
    await schemas.attach("returns", { schema: "orders", mode: "warn", version: 1 });
    await schemas.attach("shop.orders", { schema: "orders" });
    const policies = schemas.watchPolicies();
    const [one, two] = [await next(policies), await next(policies)];
    assert.deepEqual([one.station, two.station], ["returns", "shop.orders"]);
    assert.equal(one.policy?.attachment?.mode, "warn");
    assert.equal(one.policy?.compiled, two.policy?.compiled, "both use what was compiled once");
    assert.deepEqual([fits(two, '{"id":1}'), fits(two, '{"id":"1"}')], [true, false]);
    assert.equal((await next(policies)).station, undefined);

    // Of what is not active, nothing is told; of what is pinned, neither.
    await schemas.addVersion("orders", { text: object({ id: "number" }) });
    await schemas.activate("orders", 2);
    const changed = await next(policies);
    assert.deepEqual([changed.station, changed.policy?.version], ["shop.orders", 2]);
    assert.deepEqual([fits(changed, '{"id":1.5}'), fits(changed, '{"id":"1"}')], [true, false]);
    await schemas.activate("orders", 1);
    assert.equal((await next(policies)).policy?.version, 1);

    await schemas.detach("shop.orders");
    assert.deepEqual(await next(policies), { station: "shop.orders", policy: undefined });
    await schemas.attach("shop.orders", { schema: "orders", mode: "divert" });
    assert.equal((await next(policies)).policy?.attachment?.mode, "divert");
    await policies.return();
  });

  test("a policy that can't be found out says why, until it can", async () => {
    const { schemas, bucket } = bench;
    await bucket.put("station.returns", JSON.stringify({ version: 2 }));
    await schemas.attach("shop.orders", { schema: "orders" });
    const policies = schemas.watchPolicies();
    const later = await next(policies);
    assert.equal(later.station, "returns");
    assert.match(later.policy?.problem ?? "", /of version 2/);
    assert.equal((await next(policies)).policy?.problem, undefined);
    assert.equal((await next(policies)).station, undefined);
    const document = (await bucket.get("schema.orders"))?.string() ?? "";
    await bucket.put("schema.orders", "{");
    const broken = await next(policies);
    assert.equal(broken.policy?.attachment?.schema, "orders");
    assert.match(broken.policy?.problem ?? "", /is not JSON/);
    await bucket.put("schema.orders", document);
    const healed = await next(policies);
    assert.equal(healed.policy?.problem, undefined);
    assert.equal(fits(healed, '{"id":1}'), true);
    await bucket.delete("schema.orders");
    assert.equal((await next(policies)).policy?.problem, "there is no schema orders");
    await policies.return();
  });

  test("are watched until the signal, also while there is nothing to tell", async () => {
    const { schemas } = bench;
    const control = new AbortController();
    const policies = schemas.watchPolicies(control.signal);
    assert.equal((await next(policies)).station, undefined);
    const waiting = policies.next();
    control.abort();
    assert.equal((await waiting).done, true);
    assert.equal((await schemas.watchPolicies(AbortSignal.abort()).next()).done, true);
  });

  test("are written in the way that the station says", async () => {
    const { schemas } = bench;
    await schemas.create("text", { format: "avro", text: '"string"' });
    await schemas.attach("returns", { schema: "text", encoding: "json" });
    await schemas.attach("shop.orders", { schema: "text" });
    const policies = schemas.watchPolicies();
    const [json, binary] = [await next(policies), await next(policies)];
    assert.deepEqual([fits(json, '"a"'), fits(json, "\u0002a")], [true, false]);
    assert.deepEqual([fits(binary, '"a"'), fits(binary, "\u0002a")], [false, true]);
    await policies.return();
  });
});
