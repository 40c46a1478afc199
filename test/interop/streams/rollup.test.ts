import assert from "node:assert/strict";
import { test } from "node:test";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("rollups", (target) => {
  for (const storage of ["file", "memory"] as const) {
    test(`"sub" leaves one message on its subject (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const name = `SUB-${storage}`;
      await client.jsm.streams.add({
        name,
        subjects: [`${name}.*`],
        storage,
        allow_rollup_hdrs: true,
      });
      for (const subject of ["a", "b", "a", "a"])
        await client.js.publish(`${name}.${subject}`, "x");
      const ack = await client.js.publish(`${name}.a`, "sum", { headers: rollup("sub") });
      assert.equal(ack.seq, 5);
      const { state } = await client.jsm.streams.info(name, { subjects_filter: ">" });
      assert.deepEqual(state.subjects, { [`${name}.a`]: 1, [`${name}.b`]: 1 });
      assert.deepEqual([state.messages, state.first_seq, state.last_seq], [2, 2, 5]);
      const stored = await client.jsm.streams.getMessage(name, { last_by_subj: `${name}.a` });
      assert.equal(stored?.string(), "sum");
      assert.equal(stored?.header.get("Nats-Rollup"), "sub");
    });

    test(`"all" leaves one message in the stream (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const name = `ALL-${storage}`;
      await client.jsm.streams.add({
        name,
        subjects: [`${name}.*`],
        storage,
        allow_rollup_hdrs: true,
      });
      for (const subject of ["a", "b", "c"]) await client.js.publish(`${name}.${subject}`, "x");
      const ack = await client.js.publish(`${name}.a`, "sum", { headers: rollup("all") });
      assert.equal(ack.seq, 4);
      const { state } = await client.jsm.streams.info(name);
      assert.deepEqual([state.messages, state.first_seq, state.last_seq], [1, 4, 4]);
    });
  }

  test("need the stream's permission", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "DENIED", subjects: ["denied"] });
    const refused = client.js.publish("denied", "x", { headers: rollup("sub") });
    await rejectsWithCode(refused, 10111, "rollup not permitted");
    assert.equal((await client.jsm.streams.info("DENIED")).state.messages, 0);
  });

  test("keep to expectations", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({
      name: "EXPECT",
      subjects: ["expect.*"],
      allow_rollup_hdrs: true,
    });
    await client.js.publish("expect.a", "1");
    await client.js.publish("expect.a", "2");
    const stale = client.js.publish("expect.a", "sum", {
      headers: rollup("sub"),
      expect: { lastSubjectSequence: 1 },
    });
    await rejectsWithCode(stale, 10071);
    assert.equal((await client.jsm.streams.info("EXPECT")).state.messages, 2);
  });
});

function rollup(kind: string): MsgHdrs {
  const sent = headers();
  sent.set("Nats-Rollup", kind);
  return sent;
}
