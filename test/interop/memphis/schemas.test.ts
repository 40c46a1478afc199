import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Schemas, Stations } from "@oxbow/platform";
import type { Memphis } from "memphis-dev";
import { eventually } from "../support/deadline.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { fetch, MemphisDoor, refuses, take } from "./memphis-door.ts";

/** A schema of each kind, with a message that fits and one that does not. */
const kinds = {
  json: {
    text: '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}',
    good: { id: 1 },
    bad: { id: "one" },
    deserialized: { id: 1 },
  },
  avro: {
    text: '{"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}',
    good: { id: 1 },
    bad: { id: "one" },
    deserialized: { id: 1 },
  },
  protobuf: {
    text: 'syntax = "proto3"; package shop; message Order { int32 id = 1; } message Other { string a = 1; }',
    good: { id: 1 },
    bad: { id: "one" },
    deserialized: { id: 1 },
  },
  graphql: {
    text: "type Query { hello: String }",
    good: "{ hello }",
    bad: "{ goodbye }",
    deserialized: "{ hello }",
  },
};

/** Waits until the SDK has been told something. */
async function told(memphis: Memphis, what: string, is: () => boolean): Promise<void> {
  await eventually(`the SDK to be told ${what}`, async () => {
    await memphis.brokerManager.flush();
    return is() ? true : undefined;
  });
}

onEachTarget("schemas of the Memphis SDK", (target) => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "oxbow-memphis-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function create(
    memphis: Memphis,
    schemaName: string,
    schemaType: string,
    text: string,
  ): Promise<void> {
    const schemaFilePath = join(directory, `${schemaName}.txt`);
    await writeFile(schemaFilePath, text);
    await memphis.createSchema({ schemaName, schemaType, schemaFilePath });
  }

  for (const [kind, { text, good, bad, deserialized }] of Object.entries(kinds)) {
    test(`in ${kind} hold as long as they are attached`, async () => {
      await using door = await MemphisDoor.open(target.server);
      const memphis = await door.connect();
      const name = `s.${kind}`;
      const stationName = `St.${kind}`;
      const station = stationName.toLowerCase().replaceAll(".", "#");
      await create(memphis, name, kind, text);
      await create(memphis, name, kind, text);
      const running = await memphis.producer({ stationName, producerName: "running" });
      const produce = (message: unknown): Promise<void> =>
        running.produce({ message, asyncProduce: false });
      await produce(Buffer.from("before"));
      // It is compiled a moment after it is known.
      const known = (): Map<string, unknown> =>
        kind === "protobuf" ? memphis.meassageDescriptors : memphis.stationSchemaDataMap;
      await memphis.enforceSchema({ name, stationName });
      await told(memphis, "of the schema", () => known().has(station));
      await produce(good);
      await refuses(produce(bad), /Schema validation has failed/);
      // Who comes later knows it from the start.
      const later = await door.connect();
      const fresh = await later.producer({ stationName, producerName: "fresh" });
      await refuses(fresh.produce({ message: bad, asyncProduce: false }), /validation has failed/);
      const consumer = await later.consumer({
        stationName,
        consumerName: "c",
        startConsumeFromSequence: 2,
      });
      const [message] = await fetch(consumer, 1);
      const found: unknown = message?.getDataDeserialized();
      assert.deepEqual(typeof found === "string" ? found : { ...(found as object) }, deserialized);
      await memphis.detachSchema({ stationName });
      await told(memphis, "of none", () => !known().has(station));
      await produce(Buffer.from("after"));
      assert.deepEqual(await take(consumer, 1), ["after"]);
    });
  }

  test("are enforced from the first message of a station made with one", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    await create(memphis, "first", "json", kinds.json.text);
    await memphis.station({ name: "with.first", schemaName: "first" });
    const of = { stationName: "with.first", producerName: "p", asyncProduce: false };
    await memphis.produce({ ...of, message: kinds.json.good });
    await refuses(memphis.produce({ ...of, message: kinds.json.bad }), /validation has failed/);
  });

  test("are told to producers whoever attaches or activates them", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const schemas = await Schemas.open(client.nc);
    await (await Stations.open(client.nc)).create("by.others");
    const memphis = await door.connect();
    const of = { stationName: "by.others", producerName: "p", asyncProduce: false };
    await memphis.produce({ ...of, message: "anything" });
    const version = (): unknown => {
      const schema = memphis.stationSchemaDataMap.get("by#others") as
        | { active_version: { version_number: number } }
        | undefined;
      return schema?.active_version.version_number;
    };
    await create(memphis, "others", "json", kinds.json.text);
    await schemas.attach("by.others", { schema: "others" });
    await told(memphis, "of version 1", () => version() === 1);
    // A new text is a version that waits to be activated.
    await create(memphis, "others", "json", '{"type":"object"}');
    assert.equal((await schemas.get("others")).activeVersion, 1);
    await schemas.activate("others", 2);
    await told(memphis, "of version 2", () => version() === 2);
    await memphis.produce({ ...of, message: kinds.json.bad });
    // With this mode the station takes what does not fit, so that the SDK must, too.
    await schemas.attach("by.others", { schema: "others", mode: "warn" });
    await told(memphis, "of none", () => version() === undefined);
  });

  test("go with their station", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const schemas = await Schemas.open(client.nc);
    const memphis = await door.connect();
    await create(memphis, "gone", "json", kinds.json.text);
    const station = await memphis.station({ name: "schema.gone", schemaName: "gone" });
    await station.destroy();
    assert.equal(await schemas.attachment("schema.gone"), undefined);
  });

  test("are refused with a reason", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    await refuses(create(memphis, "no", "json", '{"type":5}'), /your json schema is invalid: /);
    await refuses(create(memphis, "no", "protobuf", "message {"), /your Proto file is invalid: /);
    await refuses(create(memphis, "no", "avro", '{"type":"x"}'), /your Avro file is invalid: /);
    await refuses(create(memphis, "no", "graphql", "type {"), /your schema content is invalid: /);
    await create(memphis, "kind", "json", '{"type":"object"}');
    await refuses(create(memphis, "kind", "avro", '"int"'), /kind already exist with type - json/);
    await memphis.station({ name: "no.schema" });
    const enforce = (name: string, stationName: string): Promise<void> =>
      memphis.enforceSchema({ name, stationName });
    await refuses(enforce("nowhere", "no.schema"), /Schema nowhere does not exist/);
    await refuses(enforce("kind", "nowhere"), /Station nowhere does not exist/);
    await refuses(memphis.detachSchema({ stationName: "nowhere" }), /nowhere does not exist/);
    assert.equal(memphis.isConnected(), true);
  });
});
