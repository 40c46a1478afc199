import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { briefly, Graveyard } from "./graveyard.ts";

const bytes = (payload: Uint8Array): string => Buffer.from(payload).toString();

onEachTarget("dead letters", (target) => {
  let yard: Graveyard;

  beforeEach(async () => {
    yard = await Graveyard.open(target.server);
  });

  afterEach(() => yard[Symbol.asyncDispose]());

  test("come of what a member gives up with a reason, with all that it was", async () => {
    await yard.station("orders.eu", {}, { maxDeliveries: 3 });
    const own = { "X-Kind": "big", "Nats-Msg-Id": "one", "Oxbow-Note": "mine" };
    await yard.publish("orders#eu.a", "first", own);
    await yard.publish("orders#eu", "second");
    await yard.work();
    await yard.terminate("orders#eu", "g", 1, "no such\tcustomer");
    await yard.settled(1);
    const [letter, ...others] = await yard.messages();
    assert.deepEqual(others, []);
    assert.ok(letter);
    const { id, time, diedAt, payload, ...rest } = letter;
    assert.equal(bytes(payload), "first");
    assert.ok(time !== null && Date.parse(time) <= Date.parse(diedAt));
    assert.deepEqual(rest, {
      station: "orders.eu",
      group: "g",
      reason: "terminated",
      error: "no such customer",
      stream: "orders#eu",
      partition: 1,
      sequence: 1,
      subject: "orders#eu.a",
      attempts: 1,
      missing: null,
      resends: 0,
      rule: null,
      path: null,
      schema: null,
      schemaVersion: null,
      client: null,
      areHeadersLost: false,
      size: 5,
      headers: Object.entries(own),
    });
    assert.deepEqual(await yard.deadLetters.get(id), letter);
    await refuses(yard.deadLetters.get(id + 1), "DEAD_LETTER_NOT_FOUND", /no dead letter/);
    assert.deepEqual(yard.problems, []);
  });

  test("come of what was delivered as often as its group says, once for each group", async () => {
    await yard.station("s", { partitions: 2 }, briefly);
    await yard.bench.groups.create("s", "h", { maxDeliveries: 2, backoffMs: [100, 100] });
    await yard.publish("s$2.k", "x");
    await yard.work();
    await yard.bench.take("s$2", "g", 1);
    // nats-server sees only when somebody asks for messages that one of them was delivered as often as it may be.
    await using _ = await yard.member("s$2", "h");
    await yard.settled(2);
    const letters = await yard.letters();
    assert.deepEqual(
      letters
        .map(({ group, attempts, reason, partition }) => [group, attempts, reason, partition])
        .sort(),
      [
        ["g", 1, "exhausted", 2],
        ["h", 2, "exhausted", 2],
      ],
    );
    assert.match(letters[0]?.error ?? "", /it was delivered 1 time, and not acknowledged/);
  });

  test("are made of what happened while no worker ran, and once by several", async () => {
    await yard.station("s");
    for (let each = 0; each < 20; each++) await yard.publish("s", String(each));
    await yard.terminate("s", "g", 20, "bad");
    const first = await yard.work();
    const second = await yard.work();
    await yard.settled(20);
    assert.equal(await yard.deadLetters.count(), 20);
    await first.close();
    await second.close();
  });

  test("are made once, however often the server says so", async () => {
    await yard.station("s");
    await yard.publish("s", "x");
    await yard.work();
    await yard.terminate("s", "g", 1, "bad");
    await yard.settled(1);
    const [before] = await yard.letters();
    const { groups, client } = yard.bench;
    await groups.rewind("s", "g", { from: "beginning" });
    await yard.terminate("s", "g", 1, "worse");
    await yard.settled(2);
    assert.deepEqual(await yard.letters(), [before]);
    // One that was dropped can die again.
    assert.equal(await yard.deadLetters.drop({ ids: [before?.id ?? 0] }), 1);
    assert.deepEqual(await yard.letters(), []);
    await groups.rewind("s", "g", { from: "beginning" });
    await yard.terminate("s", "g", 1, "worst");
    await yard.settled(3);
    assert.deepEqual(
      (await yard.letters()).map(({ error }) => error),
      ["worst"],
    );
    // A station of the same name is another one.
    await yard.bench.stations.delete("s");
    await yard.station("s");
    await yard.publish("s", "y");
    await yard.terminate("s", "g", 1, "another");
    await yard.settled(4);
    assert.equal((await yard.letters()).length, 2);
    await client.nc.flush();
  });

  test("say so where the message or its station is gone", async () => {
    await yard.station("s");
    await yard.station("t");
    await yard.publish("s", "x");
    await yard.publish("t", "x");
    await yard.terminate("s", "g", 1, "bad");
    await yard.terminate("t", "g", 1, "bad");
    await yard.bench.stations.purge("s");
    await yard.bench.stations.delete("t");
    await yard.work();
    await yard.settled(2);
    const letters = await yard.letters();
    assert.deepEqual(
      letters
        .map(({ station, missing, sequence, subject }) => [station, missing, sequence, subject])
        .sort(),
      [
        ["s", "its station did not keep it until it could be read", 1, ""],
        ["t", "its station was deleted before it could be read", 1, ""],
      ],
    );
  });

  test("are not made of what is none", async () => {
    await yard.station("s", { deadLetterReasons: ["exhausted"] });
    await yard.bench.stations.create("quiet", { deadLetterReasons: [] });
    const { js, jsm, nc } = yard.bench.client;
    await yard.bench.groups.create("quiet", "g", { maxDeliveries: 1, maxAckTimeMs: 100 });
    await yard.publish("quiet", "x");
    await yard.publish("s", "x");
    await yard.publish("s", "y");
    await yard.work();
    await yard.bench.take("quiet", "g", 1);
    await yard.terminate("s", "g", 1, "a reason");
    for (const message of await yard.bench.take("s", "g", 1)) message.term();
    await js.publish("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.s.g", "garbage");
    await js.publish("$OXBOW.DL.s.gate", "no headers");
    await js.publish("$OXBOW.DL.s.consumer", "no headers");
    await yard.settled(6);
    assert.deepEqual(await yard.letters(), []);
    assert.deepEqual((await jsm.streams.info("OXBOW_DEAD_INTAKE")).state.messages, 0);
    await nc.flush();
  });

  test("come of what a gate refused, and of what a member hands over", async () => {
    await yard.station("s.a", { untilAcknowledged: true });
    await yard.bench.groups.create("s.a", "h");
    const { js } = yard.bench.client;
    const refused = headers();
    refused.append("X-Kind", "big");
    refused.append("Oxbow-Of-Nats-Msg-Id", "one");
    refused.append("Oxbow-Subject", "s#a.k");
    refused.append("Oxbow-Error", "/id: must be integer");
    refused.append("Oxbow-Rule", "type");
    refused.append("Oxbow-Path", "/id");
    refused.append("Oxbow-Schema", "order");
    refused.append("Oxbow-Schema-Version", "3");
    refused.append("Oxbow-Client", "shop");
    await js.publish("$OXBOW.DL.s#a.gate", "refused", { headers: refused });
    const sequence = await yard.publish("s#a.z", "given up");
    const [message] = await yard.bench.take("s#a", "g", 1);
    assert.ok(message);
    // Where it is terminated first, its station has forgotten it.
    message.term("bad");
    await yard.bench.take("s#a", "h", 1).then(([other]) => other?.ackAck());
    await yard.work();
    await yard.settled(2);
    const handedOver = headers();
    handedOver.append("Oxbow-Stream", "s#a");
    handedOver.append("Oxbow-Sequence", String(sequence));
    handedOver.append("Oxbow-Consumer", "g");
    handedOver.append("Oxbow-Subject", "s#a.z");
    handedOver.append("Oxbow-Error", "bad");
    handedOver.append("Oxbow-Attempts", "1");
    await js.publish("$OXBOW.DL.s#a.consumer", "given up", { headers: handedOver });
    await yard.settled(3);
    const letters = await yard.messages();
    assert.equal(letters.length, 2);
    const first = letters.find(({ group }) => group === null);
    const second = letters.find(({ group }) => group === "g");
    assert.ok(first && second);
    const { id: _, time, diedAt, payload, ...rest } = first;
    assert.equal(time, diedAt);
    assert.equal(bytes(payload), "refused");
    assert.deepEqual(rest, {
      station: "s.a",
      group: null,
      reason: "refused",
      error: "/id: must be integer",
      stream: null,
      partition: null,
      sequence: null,
      subject: "s#a.k",
      attempts: null,
      missing: null,
      resends: 0,
      rule: "type",
      path: "/id",
      schema: "order",
      schemaVersion: 3,
      client: "shop",
      areHeadersLost: false,
      size: 7,
      headers: [
        ["X-Kind", "big"],
        ["Nats-Msg-Id", "one"],
      ],
    });
    assert.equal(second.missing, null);
    assert.equal(bytes(second.payload), "given up");
    assert.equal(second.sequence, sequence);
  });

  test("let go of what a station keeps until it is acknowledged", async () => {
    await yard.station("s", { untilAcknowledged: true }, briefly);
    await yard.publish("s", "x");
    await yard.bench.take("s", "g", 1);
    await yard.work();
    await yard.settled(1);
    assert.equal((await yard.bench.stations.get("s")).messages, 0);
    assert.equal((await yard.bench.groups.get("s", "g")).redelivered, 0);
    const [letter] = await yard.messages();
    assert.equal(bytes(letter?.payload ?? new Uint8Array()), "x");
  });

  test("keep a message whole that leaves no room for what is said of it", async () => {
    await yard.station("s");
    const { nc } = yard.bench.client;
    const payload = "x".repeat((nc.info?.max_payload ?? 0) - 100);
    await yard.publish("s", payload);
    await yard.work();
    await yard.terminate("s", "g", 1, "too large");
    await yard.settled(1);
    const [letter] = await yard.messages();
    assert.equal(bytes(letter?.payload ?? new Uint8Array()), payload);
    assert.equal((await yard.letters())[0]?.size, payload.length);
    assert.equal(await yard.deadLetters.drop({}), 1);
    const left = await yard.bench.client.jsm.streams.info("OXBOW_DEAD_LETTERS", {
      subjects_filter: ">",
    });
    assert.deepEqual(Object.keys(left.state.subjects ?? {}).length, 1);
  });

  test("leave headers out that there is no room for, and say so", async () => {
    await yard.station("s");
    await yard.publish("s", "x", { "X-Large": "x".repeat(62_000) });
    await yard.work();
    await yard.terminate("s", "g", 1, "bad");
    await yard.settled(1);
    const [letter] = await yard.messages();
    assert.equal(letter?.areHeadersLost, true);
    assert.deepEqual(letter?.headers, []);
    assert.equal(letter?.error, "bad");
  });

  test("are copied to the station that is named for them, and kept as long as is said", async () => {
    await yard.bench.stations.create("graves", { partitions: 2, deadLetterStation: "s" });
    await yard.station("s", { deadLetterStation: "Graves", deadLetterMaxAgeMs: 3_600_000 });
    await refuses(
      yard.bench.stations.edit("s", { deadLetterStation: "s" }),
      "STATION_INVALID",
      /can't be the one/,
    );
    await yard.publish("s", "x", { "X-A": "1" });
    await yard.work();
    await yard.terminate("s", "g", 1, "bad");
    await yard.settled(1);
    assert.equal((await yard.bench.stations.get("graves")).messages, 1);
    await yard.bench.groups.create("graves", "clerk", { maxDeliveries: 1, maxAckTimeMs: 100 });
    const { partitions } = await yard.bench.groups.get("graves", "clerk");
    const stream = partitions.find(({ waiting }) => waiting === 1)?.stream ?? "";
    const [copy] = await yard.bench.take(stream, "clerk", 1);
    assert.equal(copy?.string(), "x");
    assert.equal(copy?.headers?.get("X-A"), "1");
    assert.equal(copy?.headers?.get("Oxbow-Error"), "bad");
    assert.match(copy?.subject ?? "", /^graves\$[12]\.s\.g\.[0-9a-z]+\.1\.1$/);
    await yard.settled(2);
    // A copy that dies is not copied on.
    assert.equal((await yard.bench.stations.get("s")).messages, 1);
    const [letter] = await yard.letters({ station: "s" });
    const stored = await yard.bench.client.jsm.streams.getMessage("OXBOW_DEAD_LETTERS", {
      seq: letter?.id ?? 0,
    });
    assert.equal(stored?.header.get("Nats-TTL"), "3600s");
    assert.deepEqual(yard.problems, []);
  });

  test("are consumed as any station is", async () => {
    await yard.station("s");
    await yard.publish("s", "x");
    await yard.work();
    await yard.terminate("s", "g", 1, "bad");
    await yard.settled(1);
    const { groups } = yard.bench;
    await groups.create("OXBOW_DEAD_LETTERS", "clerk", { maxDeliveries: 1, maxAckTimeMs: 100 });
    const [message] = await yard.bench.take("OXBOW_DEAD_LETTERS", "clerk", 1);
    assert.equal(message?.string(), "x");
    // What a group of dead letters gives up is no dead letter.
    await yard.settled(2);
    assert.equal(await yard.deadLetters.count(), 1);
    const names = (await yard.bench.stations.list()).map(({ name }) => name);
    assert.deepEqual(names, ["OXBOW_DEAD_LETTERS", "s"]);
  });

  test("are listed in pages by what is asked for, counted and dropped", async () => {
    await yard.station("a");
    await yard.station("b", {}, briefly);
    await yard.bench.groups.create("a", "h", { maxDeliveries: 1, maxAckTimeMs: 60_000 });
    for (const each of [1, 2, 3]) await yard.publish("a", `a${each}`);
    await yard.publish("b", "b1");
    await yard.work();
    await yard.terminate("a", "g", 3, "bad");
    await yard.settled(3);
    await yard.bench.take("b", "g", 1);
    await yard.settled(4);
    await yard.terminate("a", "h", 2, "worse");
    await yard.settled(6);
    const { deadLetters } = yard;
    const ids = (await yard.letters()).map(({ id }) => id);
    assert.equal(ids.length, 6);
    const page = await deadLetters.list({ limit: 4 });
    assert.equal(page.next, page.letters.at(-1)?.id);
    const last = await deadLetters.list({ limit: 4, after: page.next ?? 0 });
    assert.deepEqual(
      [...page.letters, ...last.letters].map(({ id }) => id),
      ids,
    );
    assert.equal(last.next, null);
    assert.equal(await deadLetters.count({ station: "A" }), 5);
    assert.equal(await deadLetters.count({ station: "a", group: "h" }), 2);
    assert.equal(await deadLetters.count({ group: "g", reason: "exhausted" }), 1);
    assert.equal(await deadLetters.count({ group: null }), 0);
    const since = (await yard.letters({ group: "h" }))[0]?.diedAt ?? "";
    assert.equal(await deadLetters.count({ since }), 2);
    assert.equal(await deadLetters.count({ until: new Date(since) }), 4);
    assert.equal(await deadLetters.count({ ids: [ids[1] ?? 0, 9_999] }), 1);
    assert.equal(await deadLetters.drop({ station: "a" }, { isDryRun: true }), 5);
    assert.equal(await deadLetters.drop({ ids: ids.slice(0, 1) }), 1);
    assert.equal(await deadLetters.drop({ ids: ids.slice(0, 1) }), 0);
    assert.equal(await deadLetters.drop({ station: "a" }), 4);
    assert.deepEqual(
      (await yard.letters()).map(({ station }) => station),
      ["b"],
    );
    await refuses(deadLetters.list({ limit: 0 }), "DEAD_LETTER_INVALID", /limit/);
    await refuses(deadLetters.count({ station: "a b" }), "DEAD_LETTER_INVALID", /station/);
    await refuses(deadLetters.count({ who: 1 } as object), "DEAD_LETTER_INVALID", /no setting who/);
  });

  test("are kept as long as is said", async () => {
    const { deadLetters } = yard;
    assert.equal((await deadLetters.retention()).maxAgeMs, 30 * 24 * 3_600_000);
    const wanted = { maxAgeMs: 3_600_000, maxMessages: 2, maxBytes: null };
    assert.deepEqual(
      await deadLetters.setRetention({ maxAgeMs: 3_600_000, maxMessages: 2 }),
      wanted,
    );
    await yard.station("s");
    for (const each of [1, 2, 3]) await yard.publish("s", String(each));
    await yard.work();
    assert.deepEqual(await deadLetters.retention(), wanted);
    await yard.terminate("s", "g", 3, "bad");
    await yard.settled(3);
    assert.equal(await deadLetters.count(), 2);
    await refuses(
      deadLetters.setRetention({ maxMessages: 0 }),
      "DEAD_LETTER_INVALID",
      /maxMessages/,
    );
  });
});
