import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import {
  type ArchivedConsumer,
  type ArchivedMessage,
  StreamArchiveReader,
  StreamArchiveWriter,
} from "../../src/nats-archive/index.ts";

/** Everything an archive holds. */
interface Content {
  meta: unknown;
  bounds: [number, number] | undefined;
  messages: ArchivedMessage[];
  removed: number[];
  consumers: ArchivedConsumer[];
}

function read(archive: Buffer, pieceSize = 1000, stream = "ORDERS"): Content {
  const content: Content = {
    meta: undefined,
    bounds: undefined,
    messages: [],
    removed: [],
    consumers: [],
  };
  const reader = new StreamArchiveReader(stream, {
    onMeta: (meta) => (content.meta = meta),
    onBounds: (first, last) => (content.bounds = [first, last]),
    onMessage: (message) => content.messages.push(message),
    onRemoved: (sequence) => content.removed.push(sequence),
    onConsumer: (consumer) => content.consumers.push(consumer),
  });
  for (let at = 0; at < archive.length; at += pieceSize) {
    reader.push(archive.subarray(at, at + pieceSize));
  }
  reader.end();
  return content;
}

/**
 * Archives that `nats stream backup --consumers` took of one stream: 300 messages on `orders.new` and a large one on
 * `orders.big`, of which 7 and 299 were deleted, and a consumer that was given 7 and has acknowledged 2 of them.
 */
function recorded(version: string): Buffer {
  return readFileSync(new URL(`testdata/orders-${version}.s2`, import.meta.url));
}

for (const version of ["2.14.5", "2.15.1"]) {
  for (const pieceSize of [1, 777, 1_000_000]) {
    test(`an archive of nats-server ${version} in pieces of ${pieceSize}`, () => {
      const { messages, removed, consumers, bounds, meta } = read(recorded(version), pieceSize);
      assert.equal(messages.length, 299);
      assert.equal(messages[0]?.subject.toString(), "orders.new");
      assert.equal(messages[0]?.payload.toString(), "hello 1 abcabcabcabcabcabcabcabc");
      assert.match(messages[0]?.headers.toString() ?? "", /^NATS\/1\.0\r\nNats-Msg-Id: 1\r\n\r\n$/);
      assert.ok((messages[0]?.timeNs ?? 0n) > 1_700_000_000_000_000_000n);
      assert.equal(messages.at(-1)?.sequence, 301);
      assert.equal(messages.at(-1)?.subject.toString(), "orders.big");
      const isTar = version === "2.14.5";
      assert.deepEqual(new Set(removed), new Set(isTar ? [7, 299] : []));
      assert.deepEqual(bounds, isTar ? undefined : [1, 301]);
      assert.equal(meta !== undefined, isTar);
      const [consumer] = consumers;
      assert.equal(consumer?.name, "worker");
      assert.deepEqual(consumer?.state.delivered, { consumer: 7, stream: 8 });
      assert.equal(consumer?.state.pending.length, 5);
    });
  }
}

const bytes = (max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
const steps = fc.array(
  fc.record({
    step: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 40 })),
    subject: fc.stringMatching(/^[a-z.]{1,20}$/),
    headers: fc.oneof(fc.constant(Buffer.alloc(0)), bytes(40)),
    payload: fc.oneof(
      bytes(60),
      bytes(60).map((some) => Buffer.concat(Array(9000).fill(some))),
    ),
    timeNs: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }),
  }),
  { maxLength: 12 },
);

test("what was written comes back", () => {
  fc.assert(
    fc.property(
      steps,
      fc.nat(1000),
      fc.integer({ min: 500, max: 100_000 }),
      (list, more, piece) => {
        let sequence = 0;
        const messages = list.map(({ step, subject, headers, payload, timeNs }) => {
          sequence += step;
          return { sequence, subject: Buffer.from(subject), headers, payload, timeNs };
        });
        const writer = new StreamArchiveWriter("S", 1_700_000_000);
        const state = {
          ackFloor: { consumer: 1, stream: 2 },
          delivered: { consumer: 2 ** 33, stream: 2 ** 40 },
          pending: [{ streamSequence: 9, consumerSequence: 3, deliveredAtSeconds: 1_699_999_000 }],
          redelivered: [[9, 2]] as const,
        };
        const archive = Buffer.concat([
          writer.start(Buffer.from('{"Created":"2026-01-01T00:00:00Z","name":"S"}')),
          ...messages.map((message) => writer.message(message)),
          writer.finishMessages(sequence + more, 5n),
          writer.consumer(
            "c".repeat(120),
            Buffer.from('{"Created":"x","ack_policy":"none"}'),
            state,
          ),
          writer.end(),
        ]);
        const content = read(archive, piece, "S");
        assert.deepEqual(content.messages, messages);
        assert.deepEqual(content.removed, more > 0 ? [sequence + more] : []);
        assert.deepEqual(content.consumers, [
          { name: "c".repeat(120), config: { ack_policy: "none" }, created: "x", state },
        ]);
      },
    ),
    { numRuns: 40 },
  );
});

test("an archive cut anywhere is refused", () => {
  for (const version of ["2.14.5", "2.15.1"]) {
    const archive = recorded(version);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: archive.length - 20 }), (size) => {
        assert.throws(() => read(archive.subarray(0, size)), { code: "ARCHIVE_INVALID" });
      }),
      { numRuns: 50 },
    );
  }
});

test("an archive of another stream is refused: its checksums do not fit", () => {
  const archive = recorded("2.14.5");
  assert.throws(() => read(archive, 1000, "OTHER"), { code: "ARCHIVE_INVALID" });
});

test("any bytes, and any change of an archive, are read or refused", () => {
  const change = fc.tuple(fc.nat(20_000), fc.nat(255));
  const mutated = fc
    .tuple(fc.constantFrom("2.14.5", "2.15.1"), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([version, changes]) => {
      const archive = Buffer.from(recorded(version));
      for (const [at, byte] of changes) archive[at % archive.length] = byte;
      return archive;
    });
  fc.assert(
    fc.property(fc.oneof(bytes(300), mutated), (archive) => {
      try {
        read(archive);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "ARCHIVE_INVALID");
      }
    }),
  );
});
