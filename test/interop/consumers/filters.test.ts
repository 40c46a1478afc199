import assert from "node:assert/strict";
import { test } from "node:test";
import { headerOf, texts } from "../support/inbox.ts";
import { deliveryNumbers, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("consumer filters", (target) => {
  test("filter_subject passes what matches, and counts only that", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("ONE", { subjects: ["one.>"] });
    for (const subject of ["a", "b", "a.x", "a", "c"]) await raw.publish(`one.${subject}`, subject);
    const info = await raw.createConsumer("ONE", "c", { filter_subject: "one.a" });
    assert.equal(info["num_pending"], 2);
    const messages = await raw.pull("ONE", "c", { batch: 2 }).take(2);
    assert.deepEqual(
      messages.map((message) => message.subject),
      ["one.a", "one.a"],
    );
    const numbers = messages.map((message) => deliveryNumbers(message.reply));
    assert.deepEqual(
      numbers.map((each) => [each.streamSequence, each.consumerSequence, each.pendingCount]),
      [
        [1, 1, 1],
        [4, 2, 0],
      ],
    );
  });

  test("filter_subject may hold wildcards", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("WILD", { subjects: ["wild.>"] });
    for (const subject of ["a.x", "b.x", "a.y", "a"]) await raw.publish(`wild.${subject}`, subject);
    await raw.createConsumer("WILD", "c", { filter_subject: "wild.*.x" });
    assert.deepEqual(texts(await raw.pull("WILD", "c", { batch: 2 }).take(2)), ["a.x", "b.x"]);
    await raw.createConsumer("WILD", "d", { filter_subject: "wild.a.>" });
    assert.deepEqual(texts(await raw.pull("WILD", "d", { batch: 2 }).take(2)), ["a.x", "a.y"]);
  });

  test("filter_subjects pass what matches any, in stream order", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("MANY", { subjects: ["many.>"] });
    for (const subject of ["c.1", "a", "x", "b", "c.2", "a"]) {
      await raw.publish(`many.${subject}`, subject);
    }
    const filters = ["many.a", "many.c.*"];
    const info = await raw.createConsumer("MANY", "c", { filter_subjects: filters });
    assert.deepEqual(info["config"].filter_subjects, filters);
    assert.equal(info["num_pending"], 4);
    const messages = await raw.pull("MANY", "c", { batch: 4 }).take(4);
    assert.deepEqual(texts(messages), ["c.1", "a", "c.2", "a"]);
  });

  test("a filter outside the stream's subjects passes nothing", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("OUTSIDE", { subjects: ["outside"] });
    await raw.publish("outside", "x");
    const info = await raw.createConsumer("OUTSIDE", "c", { filter_subject: "elsewhere" });
    assert.equal(info["num_pending"], 0);
  });

  test("messages that come later are passed by the same filter", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("LATER", { subjects: ["later.*"] });
    await raw.createConsumer("LATER", "c", { filter_subject: "later.b" });
    const inbox = raw.pull("LATER", "c", { batch: 2 });
    for (const subject of ["a", "b", "a", "b"]) await raw.publish(`later.${subject}`, subject);
    assert.deepEqual(
      (await inbox.take(2)).map((message) => deliveryNumbers(message.reply).streamSequence),
      [2, 4],
    );
  });

  test("headers_only leaves the body out and says how large it was", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("HEADERS", { subjects: ["headers"] });
    await raw.publish("headers", "12345", { Color: "red" });
    await raw.publish("headers", "1234567");
    await raw.createConsumer("HEADERS", "c", { headers_only: true });
    const [first, second] = await raw.pull("HEADERS", "c", { batch: 2 }).take(2);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(first.body.length, 0);
    assert.equal(headerOf(first, "Color"), "red");
    assert.equal(headerOf(first, "Nats-Msg-Size"), "5");
    assert.equal(headerOf(second, "Nats-Msg-Size"), "7");
  });
});
