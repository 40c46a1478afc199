import assert from "node:assert/strict";
import { test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("publishing to a stream", (target) => {
  test("is answered with the stream and the sequence, in exactly this form", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("FORM", { subjects: ["form"] });
    const answer = await raw.client.request("form", "x");
    assert.equal(answer.header, "");
    assert.equal(answer.body.toString(), '{"stream":"FORM","seq":1}');
  });

  test("sequences are dense however many publishes are under way", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "DENSE", subjects: ["dense.*"] });
    const acks = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        client.js.publish(`dense.${index % 7}`, `${index}`),
      ),
    );
    assert.deepEqual(
      acks.map((ack) => ack.seq),
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    const { state } = await client.jsm.streams.info("DENSE");
    assert.deepEqual([state.messages, state.last_seq, state.num_subjects], [1000, 1000, 7]);
    const stored = await client.jsm.streams.getMessage("DENSE", { seq: 501 });
    assert.equal(stored?.string(), "500");
  });

  test("without a reply subject stores the message all the same", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("SILENT", { subjects: ["silent"] });
    raw.client.publish("silent", "1");
    raw.client.publish("silent", "2");
    assert.equal((await raw.publish("silent", "3")).seq, 3);
  });

  test("plain subscribers of the subject get the message too", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("HEARD", { subjects: ["heard"] });
    const inbox = raw.client.subscribe("heard");
    assert.equal((await raw.publish("heard", "x")).seq, 1);
    assert.equal((await inbox.next()).body.toString(), "x");
  });

  test("keeps headers, binary payloads, empty payloads and large ones", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "KEPT", subjects: ["kept"] });
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const large = new Uint8Array(900_000).fill(7);
    const sent = headers();
    sent.set("A", "1");
    sent.append("B", "2");
    sent.append("B", "3");
    await client.js.publish("kept", bytes, { headers: sent });
    await client.js.publish("kept");
    await client.js.publish("kept", large);
    const first = await client.jsm.streams.getMessage("KEPT", { seq: 1 });
    assert.deepEqual(first?.data, bytes);
    assert.equal(first?.header.get("A"), "1");
    assert.deepEqual(first?.header.values("B"), ["2", "3"]);
    assert.equal((await client.jsm.streams.getMessage("KEPT", { seq: 2 }))?.data.length, 0);
    const third = await client.jsm.streams.getMessage("KEPT", { seq: 3 });
    assert.deepEqual(Buffer.from(third?.data ?? []), Buffer.from(large));
  });

  test("goes to each stream by its own subjects", async () => {
    await using client = await openOfficialClient(target.server);
    for (const name of ["LEFT", "RIGHT"]) {
      await client.jsm.streams.add({ name, subjects: [`sides.${name}.>`] });
    }
    assert.equal((await client.js.publish("sides.LEFT.a", "x")).stream, "LEFT");
    assert.equal((await client.js.publish("sides.RIGHT.a", "x")).stream, "RIGHT");
    await assert.rejects(client.js.publish("sides.MIDDLE.a", "x"));
  });

  test("a stream with no_ack answers nothing and stores", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("MUTE", { subjects: ["mute"], no_ack: true });
    const inbox = raw.client.ask("mute", "x");
    for (;;) {
      const { state } = (await raw.streamInfo("MUTE")) as unknown as {
        state: { messages: number };
      };
      if (state.messages === 1) break;
    }
    assert.deepEqual(inbox.arrived, []);
  });
});
