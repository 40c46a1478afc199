import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type DeadLetterMessage, DeadLetters, Stations } from "@oxbow/platform";
import { eventually } from "../support/deadline.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { fetch, MemphisDoor, refuses, take } from "./memphis-door.ts";

/** The dead letter of a station, once there is one. */
async function letterOf(
  { nc }: OfficialClient,
  station: string,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<DeadLetterMessage> {
  const dead = await DeadLetters.open(nc);
  const { id } = await eventually(`a dead letter of ${station}`, async () => {
    await meanwhile();
    return (await dead.list({ station })).letters[0];
  });
  return dead.get(id);
}

onEachTarget("dead letters of the Memphis SDK", (target) => {
  test("are messages that were delivered as often as they may be", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    await memphis.station({ name: "poison.st", partitionsNumber: 2 });
    await memphis.produce({
      stationName: "poison.st",
      producerName: "p",
      message: { id: 1 },
      headers: { key: "value" },
      asyncProduce: false,
    });
    const consumer = await memphis.consumer({
      stationName: "poison.st",
      consumerName: "c.x",
      maxMsgDeliveries: 2,
      maxAckTimeMs: 100,
    });
    await fetch(consumer, 2);
    // nats-server finds out only when it would have to deliver once more.
    const letter = await letterOf(client, "poison.st", () => consumer.fetch({ batchSize: 1 }));
    assert.equal(letter.reason, "exhausted");
    assert.equal(letter.group, "c.x");
    assert.equal(letter.partition, 1);
    assert.equal(Buffer.from(letter.payload).toString(), '{"id":1}');
    assert.deepEqual(
      letter.headers.find(([name]) => name === "key"),
      ["key", "value"],
    );
  });

  for (const [name, retentionType] of [
    ["kept", "message_age_sec"],
    ["acked", "ack_based"],
  ] as const) {
    test(`are messages that a consumer gives up (${retentionType})`, async () => {
      await using door = await MemphisDoor.open(target.server);
      await using client = await openOfficialClient(target.server);
      const memphis = await door.connect();
      const stationName = `Given.Up.${name}`;
      await memphis.station({ name: stationName, retentionType });
      const consumer = await memphis.consumer({ stationName, consumerName: "c" });
      const produce = { stationName, producerName: "p", asyncProduce: false };
      await memphis.produce({ ...produce, message: "hopeless" });
      const [message] = await fetch(consumer, 1);
      message?.deadLetter("because\nof this");
      const letter = await letterOf(client, stationName.toLowerCase());
      assert.equal(letter.reason, "terminated");
      assert.equal(letter.error, "because of this");
      assert.equal(letter.group, "c");
      assert.equal(Buffer.from(letter.payload).toString(), "hopeless");
      await memphis.produce({ ...produce, message: "next" });
      assert.deepEqual(await take(consumer, 1), ["next"]);
    });
  }

  test("are messages that do not fit the schema, to be read as they were", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    const directory = await mkdtemp(join(tmpdir(), "oxbow-memphis-"));
    const schemaFilePath = join(directory, "schema.json");
    await writeFile(schemaFilePath, '{"type":"object","required":["id"]}');
    await memphis.createSchema({ schemaName: "strict", schemaType: "json", schemaFilePath });
    await rm(directory, { recursive: true });
    await memphis.station({ name: "strict.st", schemaName: "strict" });
    const message = { name: "Zoë", text: "two\nlines" };
    const produced = memphis.produce({ stationName: "strict.st", producerName: "P", message });
    await refuses(produced, /Schema validation has failed/);
    const letter = await letterOf(client, "strict.st");
    assert.equal(letter.reason, "refused");
    assert.match(letter.error, /Schema validation has failed: must have required property 'id'/);
    assert.deepEqual(JSON.parse(Buffer.from(letter.payload).toString()), message);
    assert.deepEqual(
      letter.headers.find(([name]) => name === "$memphis_producedBy"),
      ["$memphis_producedBy", "p"],
    );
  });

  test("come again when they are resent, to their group only", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const dead = await DeadLetters.open(client.nc);
    const memphis = await door.connect();
    const stationName = "Resent.St";
    await memphis.station({ name: stationName, partitionsNumber: 2 });
    const failing = await memphis.consumer({ stationName, consumerName: "failing" });
    const other = await memphis.consumer({ stationName, consumerName: "other" });
    await memphis.produce({ stationName, producerName: "p", message: "x" });
    assert.deepEqual(await take(other, 1), ["x"]);
    (await fetch(failing, 1))[0]?.deadLetter("not today");
    await letterOf(client, "resent.st");
    const { id } = await dead.resend({ filter: { station: "resent.st" } });
    await Array.fromAsync(dead.watchResend(id));
    const [message] = await fetch(failing, 1);
    assert.equal(message?.getData().toString(), "x");
    assert.deepEqual(Object.keys(message?.getHeaders() ?? {}).includes("Oxbow-Subject"), true);
    message?.ack();
    await memphis.produce({ stationName, producerName: "p", message: "next" });
    assert.deepEqual(await take(other, 1), ["next"]);
  });

  test("are copied to a station, if one is named", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const stations = await Stations.open(client.nc);
    const memphis = await door.connect();
    await memphis.station({ name: "linked", dlsStation: "Dead.St", sendPoisonMsgToDls: true });
    assert.equal((await stations.get("linked")).settings.deadLetterStation, "dead.st");
    const consumer = await memphis.consumer({ stationName: "linked", consumerName: "c" });
    await memphis.produce({ stationName: "linked", producerName: "p", message: "x" });
    (await fetch(consumer, 1))[0]?.deadLetter("no");
    const dead = await memphis.consumer({ stationName: "dead.st", consumerName: "c" });
    assert.deepEqual(await take(dead, 1), ["x"]);
  });

  test("are none of a station that wants none", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const stations = await Stations.open(client.nc);
    const memphis = await door.connect();
    await memphis.station({
      name: "no.dead",
      sendPoisonMsgToDls: false,
      sendSchemaFailedMsgToDls: false,
    });
    assert.deepEqual((await stations.get("no.dead")).settings.deadLetterReasons, []);
  });
});
