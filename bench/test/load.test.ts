import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ackSequence } from "../load/ack-check.ts";
import { BatchRing } from "../load/batch-ring.ts";
import { subjectsInTurn } from "../load/durable-publisher.ts";
import { PublishRing } from "../load/publish-ring.ts";
import { Payloads } from "../load/random.ts";
import { Scanner } from "../load/scanner.ts";

/** Feeds bytes in pieces the way a connection does: what is left over stays at the front of the buffer. */
function scanInPieces(bytes: Buffer, sizes: readonly number[]): string[] {
  const seen: string[] = [];
  const scanner = new Scanner({
    onMessage(buffer, frame) {
      const part = (start: number, end: number): string => buffer.toString("latin1", start, end);
      seen.push(
        [
          part(frame.subjectStart, frame.subjectEnd),
          frame.sid,
          part(frame.replyStart, frame.replyEnd),
          part(frame.headerStart, frame.payloadStart),
          part(frame.payloadStart, frame.payloadEnd),
        ].join("|"),
      );
    },
    onLine: (line) => seen.push(line),
  });
  const buffer = Buffer.alloc(bytes.length * 2);
  let end = 0;
  let position = 0;
  for (let i = 0; position < bytes.length; i++) {
    const size = Math.min(sizes[i % sizes.length] as number, bytes.length - position);
    bytes.copy(buffer, end, position, position + size);
    position += size;
    end += size;
    const consumed = scanner.scan(buffer, end);
    buffer.copyWithin(0, consumed, end);
    end -= consumed;
  }
  assert.equal(end, 0);
  return seen;
}

test("the scanner finds the same frames in any chunking", () => {
  const wire = Buffer.from(
    [
      'INFO {"server_id":"x"}\r\n',
      "PONG\r\n",
      "MSG a.b 1 5\r\nhello\r\n",
      "MSG a.b 12 $JS.ACK.S.C.1.774.774.1700000000000000000.99 2\r\n\r\n\r\n",
      "HMSG _INBOX.x 3 16 16\r\nNATS/1.0 404 X\r\n\r\n",
      "HMSG s 3 r.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
      "MSG empty 1 0\r\n\r\n",
      "-ERR 'Slow Consumer'\r\n",
    ].join(""),
  );
  const expected = [
    'INFO {"server_id":"x"}',
    "PONG",
    "a.b|1|||hello",
    "a.b|12|$JS.ACK.S.C.1.774.774.1700000000000000000.99||\r\n",
    "_INBOX.x|3||NATS/1.0 404 X\r\n|",
    "s|3|r.1|NATS/1.0\r\n\r\n|hi",
    "empty|1|||",
    "-ERR 'Slow Consumer'",
  ];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
      assert.deepEqual(scanInPieces(wire, sizes), expected);
    }),
  );
});

test("a publish ring stamps tokens, wraps, and cycles through subjects and payloads", () => {
  const payloads = new Payloads(16);
  const ring = new PublishRing({
    slotCount: 4,
    payloads,
    subjects: ["s.a", "s.b"],
    replyPrefix: "_INBOX.",
  });
  const pieces: Buffer[] = [];
  ring.send(3, 6, (bytes) => pieces.push(Buffer.from(bytes)));
  assert.equal(pieces.length, 2);
  const frames = Buffer.concat(pieces);
  const size = ring.sizeOf(0);
  assert.equal(frames.length, 3 * size);
  for (let i = 0; i < 3; i++) {
    const head = `PUB ${i % 2 === 0 ? "s.b" : "s.a"} _INBOX.000000000${3 + i} 16\r\n`;
    const start = i * size;
    assert.equal(frames.toString("latin1", start, start + head.length), head);
    assert.ok(payloads.matches((3 + i) % 4, frames, start + head.length));
    assert.equal(frames.toString("latin1", start + size - 2, start + size), "\r\n");
  }
});

test("a publish ring puts what follows the token behind it", () => {
  const payloads = new Payloads(16);
  const subjects = ["s.a"];
  const ring = new PublishRing({
    slotCount: 2,
    payloads,
    subjects,
    replyPrefix: "i.",
    replySuffix: ".1.$FI",
  });
  const pieces: string[] = [];
  ring.send(3, 4, (bytes) => pieces.push(Buffer.from(bytes).toString("latin1")));
  assert.ok(pieces.join("").startsWith("PUB s.a i.0000000003.1.$FI 16\r\n"));
});

test("a batch ring numbers its batches, in every message and in the reply subject of the last", () => {
  const payloads = new Payloads(16);
  const options = { slotCount: 2, batchSize: 3, payloads, subjects: ["s.a", "s.b"] };
  const ring = new BatchRing({ ...options, replyPrefix: "i." });
  const seen = scanInPieces(
    Buffer.from(
      ring
        .batch(5)
        .toString("latin1")
        .replaceAll(/^HPUB (\S+)/gm, "HMSG $1 1"),
      "latin1",
    ),
    [7, 100],
  );
  const block = (sequence: number, more = ""): string =>
    `NATS/1.0\r\nNats-Batch-Id: 0000000005\r\nNats-Batch-Sequence: ${sequence}\r\n${more}\r\n`;
  assert.deepEqual(
    seen.map((frame) => frame.split("|").slice(0, 4)),
    [
      ["s.a", "1", "", block(1)],
      ["s.b", "1", "", block(2)],
      ["s.a", "1", "i.0000000005", block(3, "Nats-Batch-Commit: 1\r\n")],
    ],
  );
  assert.ok(payloads.matches(2, Buffer.from(seen[2]?.split("|")[4] ?? "", "latin1"), 0));
});

test("subjects go around the streams, whatever the number of subjects of each", () => {
  assert.deepEqual(
    subjectsInTurn([
      { name: "A", subjects: ["a.1", "a.2"] },
      { name: "B", subjects: ["b"] },
    ]),
    ["a.1", "b", "a.2", "b"],
  );
});

const read = (text: string, stream: string): number => {
  const bytes = Buffer.from(text);
  return ackSequence(bytes, 0, bytes.length, Buffer.from(stream));
};

test("acknowledgements are read in both spellings and with further fields", () => {
  assert.equal(read('{"stream":"S","seq":12}', "S"), 12);
  assert.equal(read('{"stream":"S", "seq":12}', "S"), 12);
  assert.equal(read('{"stream":"S","domain":"hub","seq":12}', "S"), 12);
  assert.equal(read('{"stream":"S","seq":12,"val":"3"}', "S"), 12);
});

for (const [what, text] of [
  ["another stream", '{"stream":"T","seq":1}'],
  ["a longer name", '{"stream":"ST","seq":1}'],
  ["a duplicate", '{"stream":"S","seq":1,"duplicate": true}'],
  ["an error", '{"error":{"code":503},"stream":"S","seq":0}'],
  ["no sequence", '{"stream":"S"}'],
  ["no JSON", "+OK"],
] as const) {
  test(`an acknowledgement with ${what} is refused`, () => {
    assert.throws(() => read(text, "S"), /acknowledgement/);
  });
}
