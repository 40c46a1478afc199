import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { registryLimits, Schemas } from "@oxbow/platform";
import { openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { object, SchemaBench } from "./schema-bench.ts";

onEachTarget("schemas", (target) => {
  let bench: SchemaBench;

  beforeEach(async () => {
    bench = await SchemaBench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  test("is made with a first version that is active, and read by any client", async () => {
    const { schemas, bucket } = bench;
    const text = object({ id: "integer" });
    const schema = await schemas.create("Shop.Orders", { format: "json", text });
    assert.equal(schema.name, "shop.orders");
    assert.equal(schema.compatibility, "backward");
    assert.equal(schema.activeVersion, 1);
    const [version] = schema.versions;
    assert.equal(version?.bytes, text.length);
    assert.deepEqual(await schemas.get("SHOP.orders"), schema);
    const document = (await bucket.get("schema.shop.orders"))?.json<{ active: number }>();
    assert.equal(document?.active, 1);
    const digest = createHash("sha256").update(text).digest("hex");
    assert.equal((await bucket.get(`text.${digest}`))?.string(), text);
  });

  test("made again stays as it is, and as another one is refused", async () => {
    const { schemas } = bench;
    const text = object({ id: "integer" });
    await schemas.create("orders", { format: "json", text });
    await schemas.addVersion("orders", { text: object({ id: "number" }) });
    assert.equal((await schemas.create("orders", { format: "json", text })).versions.length, 2);
    assert.equal((await schemas.create("orders", { format: "json" })).versions.length, 2);
    const others = [
      { format: "avro" },
      { format: "json", compatibility: "none" },
      { format: "json", text: object({ id: "string" }) },
    ] as const;
    for (const other of others) {
      await refuses(schemas.create("orders", other), "SCHEMA_EXISTS", /add a version to it/);
    }
  });

  test("takes versions that are compatible, and says of others what breaks", async () => {
    const { schemas } = bench;
    await schemas.create("orders", { format: "json", text: object({ id: "integer" }) });
    const wider = { text: object({ id: "number" }) };
    assert.deepEqual(await schemas.check("orders", wider), []);
    const added = await schemas.addVersion("orders", wider);
    assert.equal(added.number, 2);
    assert.equal(added.isActive, false);
    const narrow = { text: object({ id: "string" }) };
    const [found] = await schemas.check("orders", narrow);
    assert.deepEqual([found?.path, found?.direction], ["/id", "backward"]);
    await refuses(
      schemas.addVersion("orders", narrow),
      "SCHEMA_INCOMPATIBLE",
      /must stay backward compatible, and the new version can't read what was written with version 1: \/id can be integer.*version 2.*Change the text/,
    );
    await schemas.setCompatibility("orders", "none");
    const third = await schemas.addVersion("orders", narrow, { isActivated: true });
    assert.deepEqual([third.number, third.isActive], [3, true]);
  });

  test("gives the version that there is for the same text", async () => {
    const { schemas } = bench;
    const text = object({ id: "integer" });
    await schemas.create("orders", { format: "json", text });
    await schemas.addVersion("orders", { text: object({ id: "number" }) }, { isActivated: true });
    const same = await schemas.addVersion("orders", { text });
    assert.deepEqual([same.number, same.isActive], [1, false]);
    const activated = await schemas.addVersion("orders", { text }, { isActivated: true });
    assert.deepEqual([activated.number, activated.isActive], [1, true]);
    assert.equal((await schemas.get("orders")).versions.length, 2);
  });

  test("is compared with the active version, too, after a roll-back", async () => {
    const { schemas } = bench;
    await schemas.create("orders", {
      format: "json",
      compatibility: "none",
      text: object({ id: "string" }),
    });
    await schemas.addVersion("orders", { text: object({ id: "integer" }) }, { isActivated: true });
    assert.equal((await schemas.activate("orders", 1)).activeVersion, 1);
    await schemas.setCompatibility("orders", "backward");
    const next = { text: object({ id: "number" }) };
    const breaks = await schemas.check("orders", next);
    assert.deepEqual([...new Set(breaks.map(({ version }) => version))], [1]);
    await schemas.activate("orders", 2);
    assert.deepEqual(await schemas.check("orders", next), []);
    await schemas.setCompatibility("orders", "backward-transitive");
    assert.equal((await schemas.check("orders", next))[0]?.version, 1);
  });

  test("tells how two versions differ, in lines and both ways", async () => {
    const { schemas } = bench;
    const text = '{\n "type": "integer"\n}\n';
    await schemas.create("orders", { format: "json", text });
    await schemas.addVersion("orders", { text: '{\n "type": "number"\n}\n' });
    const { lines, breaks } = await schemas.diff("orders", 1, 2);
    assert.equal(
      lines,
      [
        "--- orders version 1",
        "+++ orders version 2",
        "@@ -1,3 +1,3 @@",
        " {",
        '- "type": "integer"',
        '+ "type": "number"',
        " }",
        "",
      ].join("\n"),
    );
    assert.deepEqual(
      breaks.map(({ direction, version }) => [direction, version]),
      [["forward", 1]],
    );
    assert.equal((await schemas.diff("orders", 1, 1)).lines, "");
    await refuses(schemas.diff("orders", 1, 3), "SCHEMA_NOT_FOUND", /no version 3: it has 1, 2/);
  });

  test("of every format is compiled before it is taken", async () => {
    const { schemas } = bench;
    const texts = {
      avro: '{"type":"record","name":"A","fields":[]}',
      protobuf: 'syntax = "proto3"; message A {} message B { string id = 1; }',
      graphql: "type Query { id: ID }",
      json: "{}",
    } as const;
    for (const [format, text] of Object.entries(texts)) {
      const made = await schemas.create(format, { format: format as keyof typeof texts, text });
      assert.equal(made.activeVersion, 1);
      const wrong = { text: format === "json" ? '{"type":"no"}' : "{" };
      await refuses(schemas.addVersion(format, wrong), "SCHEMA_INVALID", /./);
    }
    const { text } = { text: texts.protobuf };
    await schemas.setCompatibility("protobuf", "none");
    const chosen = await schemas.addVersion("protobuf", { text, messageName: "B" });
    assert.deepEqual([chosen.number, chosen.messageName], [2, "B"]);
    assert.equal((await schemas.definition("protobuf", 2)).messageName, "B");
    await refuses(
      schemas.addVersion("protobuf", { text, messageName: "C" }),
      "SCHEMA_INVALID",
      /no message C/,
    );
    await refuses(
      schemas.addVersion("json", { text: "true", messageName: "C" }),
      "SCHEMA_INVALID",
      /only Protobuf/,
    );
  });

  test("refers to versions of others, which are then not deleted", async () => {
    const { schemas } = bench;
    await schemas.create("id", { format: "json", text: '{"type":"integer"}' });
    await schemas.create("customer", {
      format: "json",
      text: '{"properties":{"id":{"$ref":"id"}}}',
      references: [{ name: "id", schema: "ID", version: 1 }],
    });
    const text = '{"properties":{"customer":{"$ref":"customer"}}}';
    const references = [{ name: "customer", schema: "customer", version: 1 }];
    await schemas.create("order", { format: "json", text, references });
    const { references: resolved } = await schemas.definition("order", 1);
    assert.deepEqual(
      resolved?.map(({ name }) => name),
      ["customer", "id"],
    );
    await schemas.addVersion(
      "id",
      { text: '{"type":["integer","string"]}' },
      { isActivated: true },
    );
    await refuses(
      schemas.deleteVersion("id", 1),
      "SCHEMA_IN_USE",
      /version 1 of schema id is used by schema customer version 1: delete what refers/,
    );
    await refuses(schemas.delete("customer"), "SCHEMA_IN_USE", /by schema order version 1/);
    assert.equal(await schemas.delete("order"), true);
    assert.equal(await schemas.delete("customer"), true);
    assert.equal(await schemas.deleteVersion("id", 1), true);
  });

  test("refers to nothing that is not there, is another thing, or contains it", async () => {
    const { schemas } = bench;
    await schemas.create("a", { format: "json", text: '{"type":"integer"}' });
    await schemas.create("avro", { format: "avro", text: '"string"' });
    const version = (schema: string, number = 1): Promise<unknown> =>
      schemas.create("b", {
        format: "json",
        text: '{"items":{"$ref":"x"}}',
        references: [{ name: "x", schema, version: number }],
      });
    await refuses(version("nothing"), "SCHEMA_REFERENCE_MISSING", /b refers to nothing version 1/);
    await refuses(version("a", 2), "SCHEMA_REFERENCE_MISSING", /which there is not/);
    await refuses(version("avro"), "SCHEMA_INVALID", /whose format is avro and not json/);
    await refuses(
      schemas.create("b", { format: "json", text: '{"items":{"$ref":"x"}}' }),
      "SCHEMA_REFERENCE_MISSING",
      /nor among its references/,
    );
    await version("a");
    await refuses(
      schemas.addVersion("a", {
        text: '{"items":{"$ref":"b"}}',
        references: [{ name: "b", schema: "b", version: 1 }],
      }),
      "SCHEMA_INVALID",
      /b version 1 refers to a, so that a would be a part of itself/,
    );
    await schemas.addVersion("a", { text: "true" });
    await refuses(
      schemas.create("c", {
        format: "json",
        text: '{"items":{"$ref":"b"}}',
        references: [
          { name: "b", schema: "b", version: 1 },
          { name: "x", schema: "a", version: 2 },
        ],
      }),
      "SCHEMA_INVALID",
      /the reference x means a version 2 for c, and a version 1 for b version 1/,
    );
  });

  test("keeps no text that nobody has any more, and numbers only once", async () => {
    const { schemas, bucket } = bench;
    const texts = async (): Promise<number> =>
      (await Array.fromAsync(await bucket.keys("text.>"))).length;
    const text = object({ id: "integer" });
    await schemas.create("orders", { format: "json", text });
    await schemas.create("copies", { format: "json", text });
    await schemas.addVersion("orders", { text: object({ id: "number" }) });
    assert.equal(await texts(), 2);
    await bucket.put("text.left-by-a-crash", "x");
    assert.equal(await schemas.deleteVersion("orders", 2), true);
    assert.equal(await schemas.deleteVersion("orders", 2), false);
    assert.equal(await texts(), 1);
    await refuses(schemas.deleteVersion("orders", 1), "SCHEMA_IN_USE", /activate another one/);
    const again = await schemas.addVersion("orders", { text: object({ id: "number" }) });
    assert.equal(again.number, 3);
    assert.equal(await schemas.delete("orders"), true);
    assert.equal(await schemas.delete("orders"), false);
    assert.equal(await texts(), 1);
    assert.deepEqual(
      (await schemas.list()).map(({ name }) => name),
      ["copies"],
    );
    assert.equal(await schemas.find("orders"), undefined);
  });

  test("a text that a crash left without a document is taken by the same text", async () => {
    const { schemas, bucket } = bench;
    const text = object({ id: "integer" });
    const digest = createHash("sha256").update(text).digest("hex");
    await bucket.put(`text.${digest}`, text);
    await schemas.create("orders", { format: "json", text });
    assert.equal((await schemas.definition("orders", 1)).text, text);
  });

  test("two registries that race lose no version, and give no number twice", async () => {
    const { schemas } = bench;
    await schemas.create("orders", { format: "json", compatibility: "none" });
    await using other = await openOfficialClient(target.server);
    const registries = [schemas, await Schemas.open(other.nc)];
    const adding = registries.flatMap((registry, which) =>
      Array.from({ length: 8 }, (_, index) =>
        registry.addVersion("orders", { text: JSON.stringify({ title: `${which} ${index}` }) }),
      ),
    );
    const same = registries.map((registry) => registry.addVersion("orders", { text: "true" }));
    const added = await Promise.all([...adding, ...same]);
    const numbers = added.map(({ number }) => number);
    assert.equal(numbers.at(-1), numbers.at(-2));
    const wanted = Array.from({ length: 17 }, (_, index) => index + 1);
    assert.deepEqual(
      [...new Set(numbers)].sort((a, b) => a - b),
      wanted,
    );
    const { versions } = await schemas.get("orders");
    assert.deepEqual(
      versions.map(({ number }) => number),
      wanted,
    );
    for (const { number } of versions) await schemas.definition("orders", number);
  });

  test("a version is either referred to or deleted by registries that race", async () => {
    const { schemas, stations } = bench;
    await using other = await openOfficialClient(target.server);
    const deleting = await Schemas.open(other.nc);
    await schemas.create("a", { format: "json", text: "{}" });
    await stations.create("s");
    for (let round = 0; round < 8; round++) {
      const { number } = await schemas.addVersion("a", {
        text: JSON.stringify({ title: `${round}` }),
      });
      await schemas.create(`b${round}`, { format: "json" });
      const [referred, attached, deleted] = await Promise.allSettled([
        schemas.addVersion(`b${round}`, {
          text: '{"$ref":"a"}',
          references: [{ name: "a", schema: "a", version: number }],
        }),
        schemas.attach("s", { schema: "a", version: number }),
        deleting.deleteVersion("a", number),
      ]);
      const isThere = (await schemas.get("a")).versions.some((each) => each.number === number);
      assert.equal(isThere, deleted.status === "rejected");
      if (referred.status === "fulfilled") await schemas.definition(`b${round}`, 1);
      if (!isThere) assert.deepEqual([referred.status, attached.status], ["rejected", "rejected"]);
      await schemas.detach("s");
    }
  });

  test("a schema that is being changed is there for everybody who asks", async () => {
    const { schemas } = bench;
    await schemas.create("orders", { format: "json", compatibility: "none" });
    await using other = await openOfficialClient(target.server);
    const asking = await Schemas.open(other.nc);
    const changes = (async () => {
      for (let index = 0; index < 20; index++) {
        await schemas.addVersion("orders", { text: JSON.stringify({ title: `${index}` }) });
      }
      return "done";
    })();
    let outcome: string | undefined;
    while (outcome === undefined) {
      const asked = Array.from({ length: 10 }, () => asking.find("orders"));
      for (const found of await Promise.all(asked)) assert.equal(found?.name, "orders");
      outcome = await Promise.race([changes, setImmediate(undefined)]);
    }
  });

  test("what can't be read is refused, not guessed", async () => {
    const { schemas, bucket } = bench;
    await schemas.create("orders", { format: "json", text: "{}" });
    await bucket.put("schema.later", JSON.stringify({ version: 2, format: "json" }));
    await refuses(
      schemas.get("later"),
      "SCHEMA_UNREADABLE",
      /of version 2, and this program reads 1/,
    );
    await refuses(schemas.delete("orders"), "SCHEMA_UNREADABLE", /version 2/);
    await bucket.put("schema.later", "{");
    await refuses(schemas.list(), "SCHEMA_UNREADABLE", /is not JSON.*restore it/);
    await bucket.put("schema.later", JSON.stringify({ version: 1, more: true }));
    await refuses(schemas.addVersion("later", { text: "{}" }), "SCHEMA_UNREADABLE", /more/);
    await bucket.purge("schema.later");
    assert.equal((await schemas.list()).length, 1);
  });

  test("has no more versions, and refers to no more, than the limits say", async () => {
    const { schemas, bucket } = bench;
    const text = object({ id: "integer" });
    await schemas.create("orders", { format: "json", text });
    const document = (await bucket.get("schema.orders"))?.json<{ versions: object[] }>();
    const [version = {}] = document?.versions ?? [];
    const versions = Array.from({ length: registryLimits.versionsMax }, (_, index) => ({
      ...version,
      number: index + 1,
    }));
    const nextNumber = versions.length + 1;
    await bucket.put("schema.orders", JSON.stringify({ ...document, nextNumber, versions }));
    const next = { text: object({ id: "number" }) };
    await refuses(schemas.addVersion("orders", next), "SCHEMA_TOO_LARGE", /has 100 versions/);
    assert.equal(await schemas.deleteVersion("orders", 7), true);
    assert.equal((await schemas.addVersion("orders", next)).number, nextNumber);

    const references = Array.from({ length: 101 }, (_, index) => ({
      name: `orders ${index}`,
      schema: "orders",
      version: 1,
    }));
    await refuses(
      schemas.create("many", { format: "json", text, references }),
      "SCHEMA_TOO_LARGE",
      /can refer to 100 others/,
    );
    const name = "x".repeat(registryLimits.nameCharsMax + 1);
    const tooLong = [{ name, schema: "orders", version: 1 }];
    await refuses(
      schemas.create("many", { format: "json", text, references: tooLong }),
      "SCHEMA_INVALID",
      /references\.0\.name/,
    );
  });

  test("what can't be is refused with what to do", async () => {
    const { schemas } = bench;
    const wrong = (request: object): Promise<unknown> =>
      schemas.create("a", { format: "json", ...request });
    await refuses(
      schemas.create("", { format: "json" }),
      "SCHEMA_INVALID",
      /a schema needs a name/,
    );
    await refuses(schemas.create("a b", { format: "json" }), "SCHEMA_INVALID", /use letters/);
    await refuses(wrong({ format: "xml" }), "SCHEMA_INVALID", /format: /);
    await refuses(wrong({ compatibility: "some" }), "SCHEMA_INVALID", /compatibility: /);
    await refuses(wrong({ kind: 1 }), "SCHEMA_INVALID", /no setting kind/);
    await refuses(wrong({ messageName: "A" }), "SCHEMA_INVALID", /give its text, too/);
    await refuses(wrong({ text: " ".repeat(600_000) }), "SCHEMA_TOO_LARGE", /600000 bytes/);
    await refuses(schemas.get("nothing"), "SCHEMA_NOT_FOUND", /create it first/);
    await refuses(schemas.addVersion("nothing", { text: "{}" }), "SCHEMA_NOT_FOUND", /no schema/);
    await refuses(schemas.activate("nothing", 1), "SCHEMA_NOT_FOUND", /no schema/);
    await schemas.create("a", { format: "json" });
    await refuses(schemas.activate("a", 1), "SCHEMA_NOT_FOUND", /no version 1: it has none yet/);
    await refuses(
      schemas.setCompatibility("a", "some" as "none"),
      "SCHEMA_INVALID",
      /expected one of/,
    );
    assert.equal(await schemas.deleteVersion("nothing", 1), false);
  });
});
