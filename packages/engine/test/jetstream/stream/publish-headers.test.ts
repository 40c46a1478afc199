import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PublishHeaders } from "../../../src/jetstream/stream/publish-headers.ts";
import { MessageView } from "../../../src/routing/message.ts";

function messageWith(block: string | Uint8Array, payload = "payload"): MessageView {
  const head = Buffer.from(block as string);
  const body = Buffer.concat([head, Buffer.from(payload)]);
  const message = new MessageView();
  message.setPayload(body, 0, body.length, head.length);
  return message;
}

test("the headers by which a publisher asks something are found, the first of each counts", () => {
  const headers = new PublishHeaders();
  const block =
    "NATS/1.0\r\nColor: red\r\nNats-Msg-Id:  one \r\nNats-Expected-Last-Sequence: 12\r\n" +
    "Nats-Msg-Id: two\r\nNats-Rollup: sub\r\n\r\n";
  assert.equal(headers.read(messageWith(block)), true);
  assert.equal(headers.text("messageId"), "one ", "spaces at the end belong to it");
  assert.equal(headers.integer("expectedLastSequence"), 12);
  assert.equal(headers.text("rollup"), "sub");
  assert.equal(headers.has("expectedStream"), false);
  assert.equal(headers.text("expectedStream"), "");
  assert.equal(headers.integer("expectedLastSubjectSequence"), undefined);
});

test("nothing of the message before is left", () => {
  const headers = new PublishHeaders();
  headers.read(messageWith("NATS/1.0\r\nNats-Msg-Id: one\r\n\r\n"));
  assert.equal(
    headers.read(messageWith("NATS/1.0\r\nNats-Other: one\r\nColor: red\r\n\r\n")),
    false,
  );
  assert.equal(headers.has("messageId"), false);
});

test("a value that is no integer is none", () => {
  const headers = new PublishHeaders();
  for (const value of ["x", "-1", "1.5", "9".repeat(20)]) {
    headers.read(messageWith(`NATS/1.0\r\nNats-Expected-Last-Sequence: ${value}\r\n\r\n`));
    assert.equal(headers.integer("expectedLastSequence"), -1, value);
  }
});

test("an empty value is there, but asks nothing", () => {
  const headers = new PublishHeaders();
  headers.read(messageWith("NATS/1.0\r\nNats-Expected-Last-Sequence: \r\nNats-Rollup:\r\n\r\n"));
  assert.equal(headers.has("expectedLastSequence"), true);
  assert.equal(headers.asks("expectedLastSequence"), false);
  assert.equal(headers.integer("expectedLastSequence"), undefined);
  assert.equal(headers.text("rollup"), "");
});

test("names are told apart by case and by their whole length", () => {
  const headers = new PublishHeaders();
  const block =
    "NATS/1.0\r\nnats-msg-id: a\r\nNats-Msg-Id2: b\r\nNats-Expected-Last-Subject-Sequence-Subject: s\r\n\r\n";
  assert.equal(headers.read(messageWith(block)), true);
  assert.equal(headers.has("messageId"), false);
  assert.equal(headers.has("expectedLastSubjectSequence"), false);
  assert.equal(headers.text("expectedLastSubjectSequenceSubject"), "s");
});

test("no bytes make reading fail, or find anything in the payload", () => {
  const headers = new PublishHeaders();
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (block) => {
    headers.read(messageWith(block, "\r\nNats-Msg-Id: from the payload\r\n"));
    assert.ok(!headers.text("messageId").includes("from the payload"));
  });
  fc.assert(property);
});
