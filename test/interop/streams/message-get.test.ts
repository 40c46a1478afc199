import assert from "node:assert/strict";
import { test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("message get", (target) => {
  test("by sequence gives subject, headers, payload and time", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "SEQ", subjects: ["seq.*"] });
    const sent = headers();
    sent.set("Color", "red");
    await client.js.publish("seq.a", "one", { headers: sent });
    const message = await client.jsm.streams.getMessage("SEQ", { seq: 1 });
    assert.equal(message?.subject, "seq.a");
    assert.equal(message?.seq, 1);
    assert.equal(message?.string(), "one");
    assert.equal(message?.header.get("Color"), "red");
    assert.ok(Math.abs((message?.time.getTime() ?? 0) - Date.now()) < 60_000);
  });

  for (const storage of ["file", "memory"]) {
    test(`finds the last of a key that is written all the time, in ${storage}`, async () => {
      await using raw = await RawJetStream.open(target.server);
      const [name, subject] = [`LAST_${storage}`, `last.${storage}`];
      const config = { subjects: [subject], storage, max_msgs_per_subject: 1, allow_direct: true };
      await raw.createStream(name, config);
      await raw.publish(subject, "0");
      const { client } = raw;
      const asked = Array.from({ length: 200 }, (_, index) => {
        client.publish(subject, String(index + 1));
        return [
          client.ask(`$JS.API.DIRECT.GET.${name}.${subject}`),
          client.ask(`$JS.API.DIRECT.GET.${name}`, JSON.stringify({ multi_last: [subject] })),
          client.ask(`$JS.API.STREAM.MSG.GET.${name}`, JSON.stringify({ last_by_subj: subject })),
        ] as const;
      });
      for (const [direct, lasts, get] of asked) {
        const [message] = await direct.take(1);
        assert.match(message?.header ?? "", new RegExp(`Nats-Subject: ${subject}`));
        const [last] = await lasts.take(2);
        assert.match(last?.header ?? "", new RegExp(`Nats-Subject: ${subject}`));
        const [answer] = await get.take(1);
        assert.equal(JSON.parse(answer?.body.toString() ?? "{}").error, undefined);
      }
      const { message } = await raw.ok(`STREAM.MSG.GET.${name}`, { last_by_subj: subject });
      assert.equal(Buffer.from(message.data, "base64").toString(), "200");
    });
  }

  test("answers with base64 and leaves out what is empty", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("BASE", { subjects: ["base"] });
    await raw.publish("base", "hello", { A: "b" });
    await raw.publish("base", "");
    const { message } = await raw.ok("STREAM.MSG.GET.BASE", { seq: 1 });
    const { time, ...rest } = message as Record<string, unknown>;
    assert.deepEqual(rest, {
      subject: "base",
      seq: 1,
      hdrs: Buffer.from("NATS/1.0\r\nA: b\r\n\r\n").toString("base64"),
      data: Buffer.from("hello").toString("base64"),
    });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    const empty = await raw.ok("STREAM.MSG.GET.BASE", { seq: 2 });
    assert.deepEqual(Object.keys(empty["message"]).sort(), ["seq", "subject", "time"]);
  });

  test("by last_by_subj gives the newest that matches", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "NEWEST", subjects: ["newest.>"] });
    for (const subject of ["a", "b", "a", "c.d"])
      await client.js.publish(`newest.${subject}`, subject);
    const get = async (filter: string): Promise<number | undefined> =>
      (await client.jsm.streams.getMessage("NEWEST", { last_by_subj: filter }))?.seq;
    assert.equal(await get("newest.a"), 3);
    assert.equal(await get("newest.b"), 2);
    assert.equal(await get("newest.*"), 3);
    assert.equal(await get("newest.>"), 4);
    assert.equal(await get("newest.none"), undefined);
  });

  test("by next_by_subj gives the first that matches from a sequence on", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("NEXT", { subjects: ["next.*"] });
    for (const subject of ["a", "b", "a", "b"]) await raw.publish(`next.${subject}`, subject);
    const get = async (seq: number, filter: string): Promise<unknown> =>
      (await raw.api("STREAM.MSG.GET.NEXT", { seq, next_by_subj: filter }))["message"]?.seq;
    assert.equal(await get(1, "next.a"), 1);
    assert.equal(await get(2, "next.a"), 3);
    assert.equal(await get(3, "next.b"), 4);
    assert.equal(await get(2, "next.*"), 2);
    assert.equal(await get(4, "next.a"), undefined);
    assert.equal(await get(0, "next.b"), 2);
  });

  test("of a message that is not there is no error of the client", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "EMPTY", subjects: ["empty"] });
    assert.equal(await client.jsm.streams.getMessage("EMPTY", { seq: 1 }), null);
  });
});
