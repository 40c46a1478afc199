import assert from "node:assert/strict";
import { test } from "node:test";
import { openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("expectations", (target) => {
  test("Nats-Expected-Stream lets a message into that stream only", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "NAMED", subjects: ["named"] });
    await client.js.publish("named", "x", { expect: { streamName: "NAMED" } });
    const wrong = client.js.publish("named", "x", { expect: { streamName: "OTHER" } });
    await rejectsWithCode(wrong, 10060, "expected stream does not match");
  });

  test("Nats-Expected-Last-Sequence must be the stream's last", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "LAST", subjects: ["last.*"] });
    await client.js.publish("last.a", "1", { expect: { lastSequence: 0 } });
    await client.js.publish("last.b", "2", { expect: { lastSequence: 1 } });
    const wrong = client.js.publish("last.c", "3", { expect: { lastSequence: 1 } });
    await rejectsWithCode(wrong, 10071, "wrong last sequence: 2");
    assert.equal((await client.jsm.streams.info("LAST")).state.last_seq, 2);
  });

  test("Nats-Expected-Last-Sequence counts messages that are gone", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "PURGED", subjects: ["purged"] });
    await client.js.publish("purged", "1");
    await client.js.publish("purged", "2");
    await client.jsm.streams.purge("PURGED");
    const wrong = client.js.publish("purged", "3", { expect: { lastSequence: 0 } });
    await rejectsWithCode(wrong, 10071);
    assert.equal((await client.js.publish("purged", "3", { expect: { lastSequence: 2 } })).seq, 3);
  });

  test("Nats-Expected-Last-Subject-Sequence must be the last of the subject", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "SUBJECT", subjects: ["subject.*"] });
    await client.js.publish("subject.a", "1", { expect: { lastSubjectSequence: 0 } });
    await client.js.publish("subject.b", "2", { expect: { lastSubjectSequence: 0 } });
    const taken = client.js.publish("subject.a", "3", { expect: { lastSubjectSequence: 0 } });
    await rejectsWithCode(taken, 10071, "wrong last sequence: 1");
    await client.js.publish("subject.a", "3", { expect: { lastSubjectSequence: 1 } });
    const stale = client.js.publish("subject.a", "4", { expect: { lastSubjectSequence: 1 } });
    await rejectsWithCode(stale, 10071, "wrong last sequence: 3");
  });

  test("Nats-Expected-Last-Subject-Sequence of 0 holds again once the subject is purged", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "EMPTIED", subjects: ["emptied.*"] });
    await client.js.publish("emptied.a", "1");
    await client.jsm.streams.purge("EMPTIED", { filter: "emptied.a" });
    const ack = await client.js.publish("emptied.a", "2", { expect: { lastSubjectSequence: 0 } });
    assert.equal(ack.seq, 2);
  });

  test("of many writers that expect the same last sequence one gets through", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "RACE", subjects: ["race"] });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        client.js.publish("race", "x", { expect: { lastSubjectSequence: 0 } }),
      ),
    );
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  });

  test("Nats-Expected-Last-Msg-Id must be the id of the last message", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "IDS", subjects: ["ids"] });
    await client.js.publish("ids", "1", { msgID: "a" });
    await client.js.publish("ids", "2", { msgID: "b", expect: { lastMsgID: "a" } });
    const wrong = client.js.publish("ids", "3", { expect: { lastMsgID: "a" } });
    await rejectsWithCode(wrong, 10070, "wrong last msg ID: b");
  });

  test("a refused message leaves no trace, not even its id", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "TRACE", subjects: ["trace"] });
    const refused = client.js.publish("trace", "1", {
      msgID: "again",
      expect: { lastSequence: 5 },
    });
    await rejectsWithCode(refused, 10071);
    const ack = await client.js.publish("trace", "1", { msgID: "again" });
    assert.deepEqual([ack.seq, ack.duplicate], [1, false]);
  });
});
