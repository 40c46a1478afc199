import assert from "node:assert/strict";
import { test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { headerOf, statusOf } from "../support/inbox.ts";
import { RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("direct get", (target) => {
  test("gives the message itself, with its place in the stream added to its headers", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("RAW", { subjects: ["raw.*"], allow_direct: true });
    await raw.publish("raw.a", "hello", { Color: "red" });
    const message = await raw.client.request("$JS.API.DIRECT.GET.RAW", '{"seq":1}');
    assert.equal(message.body.toString(), "hello");
    assert.equal(headerOf(message, "Color"), "red");
    assert.equal(headerOf(message, "Nats-Stream"), "RAW");
    assert.equal(headerOf(message, "Nats-Subject"), "raw.a");
    assert.equal(headerOf(message, "Nats-Sequence"), "1");
    assert.match(headerOf(message, "Nats-Time-Stamp") ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("of the official client finds by sequence, by last and by next of a subject", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "FIND", subjects: ["find.>"], allow_direct: true });
    const sent = headers();
    sent.set("Color", "red");
    for (const subject of ["a", "b", "a"]) {
      await client.js.publish(`find.${subject}`, subject, { headers: sent });
    }
    const get = client.jsm.direct;
    const bySequence = await get.getMessage("FIND", { seq: 2 });
    assert.deepEqual([bySequence?.subject, bySequence?.seq], ["find.b", 2]);
    assert.equal(bySequence?.header.get("Color"), "red");
    assert.equal((await get.getMessage("FIND", { last_by_subj: "find.a" }))?.seq, 3);
    assert.equal((await get.getMessage("FIND", { seq: 2, next_by_subj: "find.a" }))?.seq, 3);
    assert.equal(await get.getMessage("FIND", { last_by_subj: "find.none" }), null);
  });

  test("takes the subject from the request's own subject, however many tokens it has", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("LAST", { subjects: ["last.>"], allow_direct: true });
    await raw.publish("last.a.b.c", "1");
    await raw.publish("last.a.b.c", "2");
    const message = await raw.client.request("$JS.API.DIRECT.GET.LAST.last.a.b.c");
    assert.equal(message.body.toString(), "2");
    assert.equal(headerOf(message, "Nats-Sequence"), "2");
    const missing = await raw.client.request("$JS.API.DIRECT.GET.LAST.last.none");
    assert.equal(statusOf(missing), "404 Message Not Found");
  });

  for (const storage of ["file", "memory"]) {
    test(`of the last of subjects, up to a sequence at and beyond the end, in ${storage}`, async () => {
      await using raw = await RawJetStream.open(target.server);
      const [name, subject] = [`UPTO_${storage}`, `upto.${storage}`];
      await raw.createStream(name, { subjects: [`${subject}.*`], storage, allow_direct: true });
      /** The sequences, and the status at the end. */
      const lastsUpTo = async (upTo: number, answers: number): Promise<string[]> => {
        const body = { multi_last: [`${subject}.*`], up_to_seq: upTo };
        const asked = raw.client.ask(`$JS.API.DIRECT.GET.${name}`, JSON.stringify(body));
        const messages = await asked.take(answers);
        return messages.map((message) => headerOf(message, "Nats-Sequence") ?? statusOf(message));
      };
      assert.deepEqual(await lastsUpTo(1, 1), ["404 No Results"]);
      for (const token of ["a", "b", "a"]) await raw.publish(`${subject}.${token}`, "x");
      assert.deepEqual(await lastsUpTo(1, 2), ["1", "204 EOB"]);
      assert.deepEqual(await lastsUpTo(3, 3), ["2", "3", "204 EOB"]);
      const beyond = storage === "file" ? ["404 No Results"] : ["2", "3", "204 EOB"];
      assert.deepEqual(await lastsUpTo(4, beyond.length), beyond);
      assert.deepEqual(await lastsUpTo(99, beyond.length), beyond);
      await raw.ok(`STREAM.MSG.DELETE.${name}`, { seq: 3 });
      assert.deepEqual(await lastsUpTo(3, 3), ["1", "2", "204 EOB"]);
      assert.deepEqual(await lastsUpTo(1, 2), ["1", "204 EOB"]);
    });
  }

  test("meets no responder unless the stream allows it, and follows updates of that", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("SWITCHED", { subjects: ["switched"] });
    await raw.publish("switched", "x");
    const ask = async (): Promise<string> =>
      statusOf(await raw.client.request("$JS.API.DIRECT.GET.SWITCHED", '{"seq":1}'));
    assert.equal(await ask(), "503");
    const config = { name: "SWITCHED", subjects: ["switched"] };
    await raw.ok("STREAM.UPDATE.SWITCHED", { ...config, allow_direct: true });
    assert.equal(await ask(), "");
    await raw.ok("STREAM.UPDATE.SWITCHED", { ...config, allow_direct: false });
    assert.equal(await ask(), "503");
  });

  test("meets no responder once the stream is deleted", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("DELETED", { subjects: ["deleted"], allow_direct: true });
    await raw.ok("STREAM.DELETE.DELETED");
    const answer = await raw.client.request("$JS.API.DIRECT.GET.DELETED", '{"seq":1}');
    assert.equal(statusOf(answer), "503");
  });
});
