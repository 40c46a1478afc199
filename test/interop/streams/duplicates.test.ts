import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/deadline.ts";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "duplicates",
  (target) => {
    test("a message id seen before is answered with the first sequence and not stored", async () => {
      await using client = await openOfficialClient(target.server);
      await client.jsm.streams.add({ name: "IDS", subjects: ["ids.*"] });
      const first = await client.js.publish("ids.a", "1", { msgID: "one" });
      await client.js.publish("ids.a", "2", { msgID: "two" });
      const again = await client.js.publish("ids.b", "other", { msgID: "one" });
      assert.deepEqual([first.seq, first.duplicate], [1, false]);
      assert.deepEqual([again.seq, again.duplicate], [1, true]);
      assert.equal((await client.jsm.streams.info("IDS")).state.messages, 2);
    });

    test("the answer to a duplicate has exactly this form", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("FORM", { subjects: ["form"] });
      await raw.publish("form", "x", { "Nats-Msg-Id": "a" });
      const answer = await raw.client.request("form", "x", { "Nats-Msg-Id": "a" });
      assert.equal(answer.body.toString(), '{"stream":"FORM","seq":1,"duplicate": true}');
    });

    test("ids belong to one stream", async () => {
      await using client = await openOfficialClient(target.server);
      await client.jsm.streams.add({ name: "ONE", subjects: ["one"] });
      await client.jsm.streams.add({ name: "TWO", subjects: ["two"] });
      await client.js.publish("one", "x", { msgID: "same" });
      assert.equal((await client.js.publish("two", "x", { msgID: "same" })).duplicate, false);
    });

    test("an id is forgotten when the duplicate window has passed", async () => {
      await using client = await openOfficialClient(target.server);
      await client.jsm.streams.add({
        name: "WINDOW",
        subjects: ["window"],
        duplicate_window: nanos(300),
      });
      await client.js.publish("window", "x", { msgID: "short-lived" });
      const ack = await eventually("the id to be forgotten", async () => {
        const answer = await client.js.publish("window", "x", { msgID: "short-lived" });
        return answer.duplicate ? undefined : answer;
      });
      assert.equal(ack.seq, 2);
    });

    test("many publishes of one id at once store one message", async () => {
      await using client = await openOfficialClient(target.server);
      await client.jsm.streams.add({ name: "RACE", subjects: ["race"] });
      const acks = await Promise.all(
        Array.from({ length: 50 }, () => client.js.publish("race", "x", { msgID: "only" })),
      );
      assert.equal(acks.filter((ack) => !ack.duplicate).length, 1);
      assert.ok(acks.every((ack) => ack.seq === 1));
    });

    test("ids survive a restart", async () => {
      await using server = await target.start();
      {
        await using client = await openOfficialClient(server);
        await client.jsm.streams.add({ name: "LASTING", subjects: ["lasting"] });
        await client.js.publish("lasting", "x", { msgID: "kept" });
        await client.js.publish("lasting", "x");
      }
      await server.restart("SIGTERM");
      await using client = await openOfficialClient(server);
      const ack = await client.js.publish("lasting", "x", { msgID: "kept" });
      assert.deepEqual([ack.seq, ack.duplicate], [1, true]);
    });
  },
  { concurrent: true },
);
