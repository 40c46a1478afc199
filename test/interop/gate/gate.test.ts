import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { headers, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { partitionOf } from "@oxbow/gate";
import { connectInProcess, GatedServer, outcomeOf } from "./support.ts";

const good = '{"id":1}';
const bad = '{"id":"one"}';

function refusal(station: string, version = 1): string {
  return `message refused by the schema ${station} v${version} of station ${station}: /id: must be integer (type)`;
}

describe("the gate", { timeout: 100_000 }, () => {
  let server: GatedServer;

  before(async () => {
    server = await GatedServer.open();
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("refuses what does not fit, by JetStream's error, and makes it a dead letter", async () => {
    await server.createGated("a", "enforce");
    const dead = await server.count("DEAD");
    assert.equal(await outcomeOf(server.js.publish("a.eu", good)), "stored");
    const options = { headers: headers(), msgID: "7" };
    options.headers.set("Mine", "yes");
    await assert.rejects(server.js.publish("a.eu", bad, options), (error: { code?: number }) => {
      assert.equal(error.code, 20001);
      assert.equal((error as Error).message, refusal("a"));
      return true;
    });
    assert.equal(await server.count("a"), 1);
    assert.equal(await server.count("DEAD"), dead + 1);
    const letter = await server.jsm.streams.getMessage("DEAD", {
      last_by_subj: "$OXBOW.DL.a.gate",
    });
    assert.equal(letter?.string(), bad);
    const found = Object.fromEntries(
      letter?.header.keys().map((key) => [key, letter.header.get(key)]) ?? [],
    );
    assert.deepEqual(found, {
      "Oxbow-Subject": "a.eu",
      "Oxbow-Error": refusal("a"),
      "Oxbow-Station": "a",
      "Oxbow-Rule": "type",
      "Oxbow-Path": "/id",
      "Oxbow-Schema": "a",
      "Oxbow-Schema-Version": "1",
      "Oxbow-Client": "producer",
      Mine: "yes",
      "Oxbow-Of-Nats-Msg-Id": "7",
    });
  });

  test("tells a publisher that asked for no answer, whose connection goes on", async () => {
    await server.createGated("b", "enforce");
    const { nc } = server;
    const told = Promise.withResolvers<string>();
    void (async () => {
      for await (const status of nc.status()) {
        if (status.type === "error") told.resolve(status.error.message);
      }
    })();
    const pending = server.js.publish("b", good);
    nc.publish("b", bad);
    assert.equal(await told.promise, `Permissions Violation: ${refusal("b")}`);
    // A request that was under way on the same subject is not taken for the one that failed.
    assert.equal(await outcomeOf(pending), "stored");
    assert.equal(await outcomeOf(server.js.publish("b", good)), "stored");
    assert.equal(await server.count("b"), 2);
  });

  test("stores the same content once, whoever publishes it, with an id or without", async () => {
    await server.gated("same", () =>
      server.stations.create("same", { partitions: 3, duplicatesBy: "content" }),
    );
    const publish = async (subject: string, payload: string, msgID?: string): Promise<string> => {
      const { seq, stream, duplicate } = await server.js.publish(
        subject,
        payload,
        msgID === undefined ? {} : { msgID },
      );
      return `${stream} ${seq} ${duplicate}`;
    };
    const first = await publish("same.eu", "x", "1");
    assert.match(first, /^same\$\d 1 false$/);
    for (const id of [undefined, "1", "2"]) {
      assert.equal(await publish("same.eu", "x", id), first.replace("false", "true"));
    }
    const keyless = await publish("same", "x");
    assert.equal(await publish("same", "x"), keyless.replace("false", "true"));
    assert.match(await publish("same.eu", "y", "1"), /false$/);
    assert.equal((await server.stations.get("same")).messages, 3);
    const stream = first.split(" ")[0] ?? "";
    const stored = await server.jsm.streams.getMessage(stream, { seq: 1 });
    assert.equal(stored?.header.get("Oxbow-Message-Id"), "1");
  });

  test("judges many that are under way at a time, each by itself", async () => {
    await server.createGated("c", "enforce");
    const dead = await server.count("DEAD");
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        outcomeOf(server.js.publish("c", index % 3 === 0 ? bad : good)),
      ),
    );
    assert.equal(outcomes.filter((outcome) => outcome === "stored").length, 133);
    assert.equal(outcomes.filter((outcome) => outcome === refusal("c")).length, 67);
    assert.equal(await server.count("c"), 133);
    assert.equal(await server.count("DEAD"), dead + 67);
  });

  test("is the same by WebSocket and within the process", async () => {
    await server.createGated("d", "enforce");
    const port = server.engine.addresses.websocket?.port;
    const clients: NatsConnection[] = [
      await wsconnect({ servers: `ws://127.0.0.1:${port}` }),
      await connectInProcess(server.engine),
    ];
    for (const client of clients) {
      assert.equal(await outcomeOf(jetstream(client).publish("d", bad)), refusal("d"));
      assert.equal(await outcomeOf(jetstream(client).publish("d", good)), "stored");
      await client.close();
    }
    assert.equal(await server.count("d"), 2);
  });

  test("lets an atomic batch come in whole or not at all", async () => {
    await server.createGated("e", "enforce");
    await server.jsm.streams.update("e", { allow_atomic: true } as never);
    const fitting = await server.js.startBatch("e.1", good);
    await fitting.add("e.2", good, { ack: true });
    assert.equal((await fitting.commit("e.3", good)).seq, 3);
    const wrong = await server.js.startBatch("e.1", good);
    assert.equal(
      await outcomeOf(Promise.resolve(wrong.add("e.2", bad, { ack: true }))),
      refusal("e"),
    );
    await assert.rejects(wrong.commit("e.3", good));
    assert.equal(await server.count("e"), 3);
  });

  test("diverts to the dead letters, whose stream answers", async () => {
    await server.createGated("f", "divert");
    const ack = await server.js.publish("f", bad);
    assert.equal(ack.stream, "DEAD");
    assert.equal((await server.js.publish("f", good)).stream, "f");
    assert.equal(await server.count("f"), 1);
    assert.equal(await server.count("DEAD"), ack.seq);
  });

  test("lets everything in and tells of it", async () => {
    await server.createGated("g", "warn");
    const notices = server.nc.subscribe("$OXBOW.EVENT.GATE.g", { max: 1 });
    assert.equal(await outcomeOf(server.js.publish("g.k", bad)), "stored");
    for await (const notice of notices) {
      const { time, ...rest } = notice.json<Record<string, unknown>>();
      assert.ok(!Number.isNaN(Date.parse(String(time))));
      assert.deepEqual(rest, {
        ...{ type: "io.oxbow.gate.v1.warning", station: "g", schema: "g", version: 1 },
        ...{ subject: "g.k", client: "producer", path: "/id", rule: "type" },
        ...{ error: "must be integer", count: 1 },
      });
    }
    assert.equal(await server.count("g"), 1);
  });

  test("leads messages to partitions, by key, by header, in turn, and where they are published to", async () => {
    await server.gated("h", () => server.stations.create("h", { partitions: 3 }));
    const streamOf = async (subject: string, partition?: string): Promise<string> => {
      const options = partition === undefined ? {} : { headers: headers() };
      options.headers?.set("Oxbow-Partition", partition ?? "");
      return (await server.js.publish(subject, "x", options)).stream;
    };
    for (const key of ["a", "eu.7", "ü"]) {
      const bytes = Buffer.from(key);
      assert.equal(await streamOf(`h.${key}`), `h$${partitionOf(bytes, 0, bytes.length, 3)}`);
    }
    const turns = [await streamOf("h"), await streamOf("h"), await streamOf("h")];
    assert.deepEqual(turns, ["h$1", "h$2", "h$3"]);
    assert.equal(await streamOf("h.a", "2"), "h$2");
    assert.equal(await streamOf("h$3.a"), "h$3");
    assert.equal(await streamOf("h$3"), "h$3");
    assert.equal(
      await outcomeOf(streamOf("h.a", "4")),
      'message refused by station h: Oxbow-Partition is "4", and must be a number from 1 to 3 (partition)',
    );
    const message = await server.jsm.streams.getMessage("h$2", { last_by_subj: "h$2.a" });
    assert.equal(message?.subject, "h$2.a");
  });

  test("tells who publishes to a partition that there is not what there is", async () => {
    await using server = await GatedServer.open();
    await server.stations.create("many.parts", { partitions: 3 });
    await server.stations.create("one");
    for (const stream of ["many#parts$1", "one"]) await server.gates.refresh(stream);
    for (const subject of ["many#parts$9.x", "many#parts$0", "many#parts$4.a.b"]) {
      await assert.rejects(
        server.js.publish(subject, "x"),
        /station many\.parts has the partitions 1 to 3, and none of number \d: publish to many#parts or many#parts\.<key>/,
      );
    }
    await assert.rejects(server.js.publish("one$1.x", "x"), /station one has one partition/);
    for (const subject of ["many#parts$x", "other$9.x", "many#parts$3x.y"]) {
      await assert.rejects(server.js.publish(subject, "x"), /jetstream is not enabled/);
    }
    assert.equal((await server.js.publish("many#parts$3.x", "x")).stream, "many#parts$3");
  });

  test("checks what goes to a partition, whichever way", async () => {
    await server.createGated("i", "enforce", 2);
    for (const subject of ["i", "i.k", "i$1", "i$2.k"]) {
      assert.equal(await outcomeOf(server.js.publish(subject, bad)), refusal("i"));
      assert.equal(await outcomeOf(server.js.publish(subject, good)), "stored");
    }
  });

  test("takes up other settings, versions and modes while clients publish", async () => {
    await server.createGated("j", "enforce");
    const { schemas, stations, js } = server;
    const text = idSchemaOf("string");
    await schemas.setCompatibility("j", "none");
    await schemas.addVersion("j", { text });
    assert.equal(await outcomeOf(js.publish("j", bad)), refusal("j"));
    await server.gated("j", () => schemas.activate("j", 2));
    assert.equal(await outcomeOf(js.publish("j", bad)), "stored");
    assert.match(await outcomeOf(js.publish("j", good)), /schema j v2 .* must be string/);
    await server.gated("j", () => schemas.attach("j", { schema: "j", version: 1, mode: "divert" }));
    assert.equal((await js.publish("j", bad)).stream, "DEAD");
    await server.gated("j", () => schemas.detach("j"));
    assert.equal((await js.publish("j", "anything")).stream, "j");
    await server.gated("j", () => stations.edit("j", { messageBytesMax: 8 }));
    assert.match(await outcomeOf(js.publish("j", "123456789")), /it has 9 bytes .* may have 8/);
    await server.gated("j", () => stations.edit("j", { messageBytesMax: null }));
    assert.equal((await js.publish("j", "123456789")).stream, "j");
  });

  test("judges each message by the demand before or the one after, and loses none", async () => {
    await server.createGated("k", "enforce");
    const { schemas, js } = server;
    await schemas.setCompatibility("k", "none");
    await schemas.addVersion("k", { text: idSchemaOf("string") });
    const before = await server.count("DEAD");
    let isOver = false;
    let stored = 0;
    let refused = 0;
    const produce = async (payload: string): Promise<void> => {
      while (!isOver) {
        const outcome = await outcomeOf(js.publish("k", payload));
        if (outcome === "stored") stored++;
        else {
          refused++;
          const version = payload === bad ? 1 : 2;
          const type = payload === bad ? "integer" : "string";
          const text = refusal("k", version).replace("integer", type);
          assert.equal(outcome, text);
        }
      }
    };
    const producers = [good, bad, good, bad].map(produce);
    for (let round = 0; round < 10; round++) {
      await server.gated("k", () => schemas.activate("k", round % 2 === 0 ? 2 : 1));
    }
    isOver = true;
    await Promise.all(producers);
    assert.equal(await server.count("k"), stored);
    assert.equal(await server.count("DEAD"), before + refused);
    assert.ok(stored > 0 && refused > 0);
  });

  test("keeps the demand before where another one can't be made ready", async () => {
    await server.createGated("l", "enforce");
    const key = "$KV.oxbow.station.l";
    // As a program that knows more may write it; then one that this one knows.
    await server.broken("l", () => server.js.publish(key, '{"version":99}'));
    assert.equal(await outcomeOf(server.js.publish("l", bad)), refusal("l"));
    const schema = { name: "l", version: "active", mode: "divert", encoding: null };
    const document = JSON.stringify({ version: 1, schema });
    await server.gated("l", () => server.js.publish(key, document));
    assert.equal((await server.js.publish("l", bad)).stream, "DEAD");
  });

  test("goes with its station, and comes again with it", async () => {
    await server.gated("m", () => server.stations.create("m", { partitions: 2 }));
    assert.equal((await server.js.publish("m", "x")).stream, "m$1");
    await server.gated("m", () => server.stations.delete("m"));
    // Nobody takes it any more.
    assert.equal(await outcomeOf(server.js.publish("m", "x")), "jetstream is not enabled");
    await server.gated("m", () => server.stations.create("m", { partitions: 2 }));
    assert.equal((await server.js.publish("m", "x")).stream, "m$1");
  });

  test("stands before streams of plain clients, too", async () => {
    await server.jsm.streams.add({ name: "LEGACY", subjects: ["legacy.*"] });
    await server.schemas.create("legacy", { format: "json", text: idSchemaOf("integer") });
    await server.gated("LEGACY", () =>
      server.schemas.attach("LEGACY", { schema: "legacy", mode: "enforce" }),
    );
    assert.match(await outcomeOf(server.js.publish("legacy.a", bad)), /of station LEGACY: .id/);
    assert.equal((await server.js.publish("legacy.a", good)).stream, "LEGACY");
  });

  test("is alone in saying what it says", async () => {
    const text =
      "message refused: only the server itself publishes to $OXBOW.DL.*.gate and $OXBOW.EVENT.GATE.*";
    assert.equal(await outcomeOf(server.js.publish("$OXBOW.DL.x.gate", "forged")), text);
    // Not by having the server send it, either.
    const before = await server.count("DEAD");
    await server.jsm.streams.add({ name: "FORGE", subjects: ["forge"] });
    await server.js.publish("forge", "forged");
    server.nc.publish("$JS.API.DIRECT.GET.FORGE", '{"seq":1}', { reply: "$OXBOW.DL.x.gate" });
    server.nc.publish("$JS.API.STREAM.MSG.GET.FORGE", '{"seq":1}', { reply: "$OXBOW.DL.x.gate" });
    await server.jsm.consumers.add("FORGE", {
      durable_name: "c",
      deliver_subject: "$OXBOW.DL.x.gate",
    });
    await server.jsm.consumers.info("FORGE", "c");
    assert.equal(await server.count("DEAD"), before);
    const own = await connectInProcess(server.engine);
    assert.equal((await jetstream(own).publish("$OXBOW.DL.x.gate", "own")).stream, "DEAD");
    await own.close();
  });

  test("has a message for later wait in the partition that it is delivered to", async () => {
    await server.gated("n", () => server.stations.create("n", { partitions: 3 }));
    const options = { headers: headers() };
    options.headers.set("Nats-Schedule", "@at 2000-01-01T00:00:00Z");
    options.headers.set("Nats-Schedule-Target", "n.customer");
    const key = Buffer.from("customer");
    const stream = `n$${partitionOf(key, 0, key.length, 3)}`;
    const ack = await server.js.publish("n.later", "x", options);
    assert.equal(ack.stream, stream);
    const filter_subjects = `${stream}.customer`;
    const consumer = await server.js.consumers.get(stream, { filter_subjects });
    const message = await consumer.next({ expires: 20_000 });
    assert.equal(message?.string(), "x");
  });
});

function idSchemaOf(type: string): string {
  return `{"type":"object","properties":{"id":{"type":"${type}"}},"required":["id"]}`;
}
