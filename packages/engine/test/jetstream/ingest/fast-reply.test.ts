import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FastReply, isFastBatched } from "../../../src/jetstream/ingest/fast-reply.ts";
import { MessageView } from "../../../src/routing/message.ts";

function replyTo(subject: string | Uint8Array): MessageView {
  const bytes = Buffer.concat([Buffer.from("before."), Buffer.from(subject as string)]);
  const message = new MessageView();
  message.setReply(bytes, "before.".length, bytes.length);
  return message;
}

test("a reply subject is read from its end", () => {
  const reply = new FastReply();
  const message = replyTo("_INBOX.a.b.the-id.100.ok.7.1.$FI");
  assert.ok(isFastBatched(message));
  assert.ok(reply.read(message));
  const id = message.replyBuffer.toString("utf8", reply.idStart, reply.idEnd);
  assert.deepEqual(
    [id, reply.flow, reply.isGapOk, reply.sequence, reply.operation],
    ["the-id", 100, true, 7, 1],
  );
});

test("what is read was written", () => {
  const reply = new FastReply();
  const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
  const property = fc.property(
    fc.array(token, { minLength: 1, maxLength: 4 }),
    token,
    fc.integer({ min: 1, max: 65_535 }),
    fc.boolean(),
    fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: 1, max: 4 }),
    (prefix, id, flow, isGapOk, sequence, operation) => {
      const gap = isGapOk ? "ok" : "fail";
      const message = replyTo(
        `${prefix.join(".")}.${id}.${flow}.${gap}.${sequence}.${operation}.$FI`,
      );
      assert.ok(isFastBatched(message) && reply.read(message));
      assert.equal(message.replyBuffer.toString("utf8", reply.idStart, reply.idEnd), id);
      assert.deepEqual(
        [reply.flow, reply.isGapOk, reply.sequence, reply.operation],
        [flow, isGapOk, sequence, operation],
      );
    },
  );
  fc.assert(property);
});

test("what makes no sense is not read", () => {
  const reply = new FastReply();
  for (const subject of [
    "i.u.0.ok.0.0.$FI",
    "i.u.0.ok.1.5.$FI",
    "i.u.0.ok.1.-1.$FI",
    "i.u.0.ok.1.1.$FI",
    "i.u.0.ok.2.0.$FI",
    "i.u.0.ok.1.3.$FI",
    "i.u.0.okay.1.0.$FI",
    "i.u.0.fai.1.0.$FI",
    "i.u.0.ok.9007199254740992.1.$FI",
    "i.u.0.ok.99999999999999999999.1.$FI",
    "u.0.ok.1.0.$FI",
    "0.ok.1.0.$FI",
    "1.0.$FI",
    "0.$FI",
    "..$FI",
  ]) {
    const message = replyTo(subject);
    assert.ok(isFastBatched(message), subject);
    assert.equal(reply.read(message), false, subject);
  }
  for (const subject of ["", "$FI", ".$FI", "a.$Fi", "a.FI", "a$FI", "a.$FI.b"]) {
    assert.equal(isFastBatched(replyTo(subject)), false, subject);
  }
});

test("no bytes make reading fail, or read what is before the subject", () => {
  const reply = new FastReply();
  const part = fc.constantFrom("ok", "fail", "1", "2", "0", ".", "..", "$FI", "x", "");
  const subject = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(part, { maxLength: 12 }).map((parts) => Buffer.from(parts.join("."))),
  );
  const property = fc.property(subject, (bytes) => {
    const message = replyTo(Buffer.concat([Buffer.from(bytes), Buffer.from(".$FI")]));
    if (!isFastBatched(message) || !reply.read(message)) return;
    assert.ok(reply.idStart >= message.replyStart && reply.idEnd <= message.replyEnd);
    assert.ok(reply.idStart <= reply.idEnd && reply.flow >= 1 && reply.sequence >= 1);
  });
  fc.assert(property, { numRuns: 1_000 });
});
