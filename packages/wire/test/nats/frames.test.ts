import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errFrame,
  infoFrame,
  messageHeadSizeMax,
  OK_FRAME,
  PING_FRAME,
  PONG_FRAME,
  ServerParser,
  writeMessageHead,
} from "@oxbow/wire/nats";
import fc from "fast-check";
import { feed, ServerRecorder } from "./recorder.ts";

/** A message head as text, written in the middle of a buffer from parts that lie in the middle of theirs. */
function head(
  subject: string,
  sid: string,
  reply: string,
  headersSize: number,
  size: number,
  hasBlankReply = false,
): string {
  const [subjects, sids, replies] = [subject, sid, reply].map((part) => Buffer.from(`<${part}>`));
  const sizeMax = messageHeadSizeMax(subject.length, sid.length, reply.length);
  const target = Buffer.alloc(sizeMax + 5);
  const end = writeMessageHead(
    target,
    5,
    subjects!,
    1,
    1 + subject.length,
    sids!,
    1,
    1 + sid.length,
    replies!,
    1,
    1 + reply.length,
    headersSize,
    size,
    hasBlankReply,
  );
  assert.ok(end - 5 <= sizeMax);
  assert.ok(target.subarray(end).every((byte) => byte === 0));
  return target.toString("latin1", 5, end);
}

test("frames are those of nats-server", () => {
  assert.equal(PING_FRAME.toString(), "PING\r\n");
  assert.equal(PONG_FRAME.toString(), "PONG\r\n");
  assert.equal(OK_FRAME.toString(), "+OK\r\n");
  assert.equal(errFrame("Invalid Subject").toString(), "-ERR 'Invalid Subject'\r\n");
  assert.equal(infoFrame({ proto: 1, x: "ü" }).toString(), 'INFO {"proto":1,"x":"ü"} \r\n');
});

test("a message head names what is there", () => {
  assert.equal(head("a", "1", "", 0, 0), "MSG a 1 0\r\n");
  assert.equal(head("a.b", "12", "r.s", 0, 128), "MSG a.b 12 r.s 128\r\n");
  assert.equal(head("a", "1", "", 12, 12), "HMSG a 1 12 12\r\n");
  assert.equal(head("a", "1", "r", 18, 20), "HMSG a 1 r 18 20\r\n");
  assert.equal(head("a", "1", "", 0, 5, true), "MSG a 1  5\r\n");
  assert.equal(head("a", "1", "", 12, 12, true), "HMSG a 1  12 12\r\n");
});

test("a parser reads what was written", () => {
  const part = fc
    .string({ minLength: 1, maxLength: 80 })
    .filter((text) => !/\s/.test(text) && Buffer.byteLength(text) === text.length);
  const reply = fc.oneof(fc.constant(""), part);
  const sizes = fc.tuple(fc.nat(100), fc.nat(100));
  fc.assert(
    fc.property(part, part, reply, sizes, (subject, sid, replyTo, [headersSize, bodySize]) => {
      const payload = "x".repeat(headersSize + bodySize);
      const recorder = new ServerRecorder();
      const parser = new ServerParser(recorder, { controlLineMax: 4096, payloadMax: 1000 });
      feed(parser, `${head(subject, sid, replyTo, headersSize, payload.length)}${payload}\r\n`);
      assert.deepEqual(recorder.calls, [["message", subject, sid, replyTo, headersSize, payload]]);
    }),
  );
});
