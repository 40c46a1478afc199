import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { S2Decoder } from "../../src/nats-archive/s2-decoder.ts";
import { encodeS2, s2StreamHead } from "../../src/nats-archive/s2-encoder.ts";
import { maskedChecksum } from "../../src/nats-archive/s2-format.ts";

/** What a decoder makes of a stream that comes in pieces of that size. */
function decode(stream: Uint8Array, pieceSize = stream.length): Buffer {
  const plain: Buffer[] = [];
  const decoder = new S2Decoder((bytes) => plain.push(bytes));
  for (let at = 0; at < stream.length; at += pieceSize) {
    decoder.push(stream.subarray(at, at + pieceSize));
  }
  decoder.end();
  return Buffer.concat(plain);
}

/** A chunk that holds the elements, with the right checksum. */
function compressedChunk(plain: Buffer, elements: readonly number[]): Buffer {
  const body = Buffer.from([0, 0, 0, 0, plain.length, ...elements]);
  body.writeUInt32LE(maskedChecksum(plain), 0);
  return Buffer.concat([s2StreamHead(), Buffer.from([0, body.length, 0, 0]), body]);
}

/** Bytes in which much repeats, or nothing. */
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .array(fc.constantFrom("orders.new ", "x", "0123456789abcdef", "\n"), { maxLength: 4000 })
    .map((parts) => Buffer.from(parts.join(""))),
);

test("what was compressed comes back, in any pieces", () => {
  fc.assert(
    fc.property(contents, fc.integer({ min: 1, max: 5000 }), (bytes, pieceSize) => {
      const stream = Buffer.concat([s2StreamHead(), encodeS2(bytes)]);
      assert.ok(decode(stream, pieceSize).equals(bytes));
    }),
  );
});

test("several blocks, and matches across their whole length", () => {
  const bytes = Buffer.alloc(300_000, "a message that comes again and again, ");
  const stream = Buffer.concat([s2StreamHead(), encodeS2(bytes)]);
  assert.ok(stream.length < bytes.length / 10);
  assert.ok(decode(stream).equals(bytes));
});

/** Elements of S2 that Snappy does not have, or that the encoder here does not write. */
const elements: readonly [string, string, readonly number[]][] = [
  ["a copy with one byte of offset", "abcdabcd", [3 << 2, 97, 98, 99, 100, 1, 4]],
  ["a copy with four", "ababab", [1 << 2, 97, 98, (3 << 2) | 3, 2, 0, 0, 0]],
  // A copy of four, then the same offset again for six: sizes of repeats are 4 less.
  ["a repeat", "abcdabcdabcdab", [3 << 2, 97, 98, 99, 100, 1, 4, (2 << 2) | 1, 0]],
  ["a repeat with a size of one byte", "a".repeat(18), [0, 97, 1, 1, (5 << 2) | 1, 0, 5]],
];

for (const [name, plain, bytes] of elements) {
  test(`${name} is understood`, () => {
    const expected = Buffer.from(plain);
    assert.equal(decode(compressedChunk(expected, bytes)).toString(), plain);
  });
}

const refused: readonly [string, Buffer][] = [
  ["no identifier", encodeS2(Buffer.from("abc"))],
  ["another identifier", Buffer.from([0xff, 3, 0, 0, 1, 2, 3])],
  ["an unknown chunk", Buffer.concat([s2StreamHead(), Buffer.from([2, 0, 0, 0])])],
  ["a chunk without checksum", Buffer.concat([s2StreamHead(), Buffer.from([1, 1, 0, 0, 7])])],
  ["an offset before the beginning", compressedChunk(Buffer.from("abcd"), [1, 1])],
  ["a block that claims 4 GiB", claim([0xff, 0xff, 0xff, 0xff, 0x0f])],
  ["a block that is shorter than it says", compressedChunk(Buffer.from("ab"), [0, 97])],
  [
    "a chunk cut short",
    Buffer.concat([s2StreamHead(), encodeS2(Buffer.from("abc"))]).subarray(0, -1),
  ],
];

function claim(size: readonly number[]): Buffer {
  const body = Buffer.from([0, 0, 0, 0, ...size, 0, 97]);
  return Buffer.concat([s2StreamHead(), Buffer.from([0, body.length, 0, 0]), body]);
}

for (const [name, stream] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(() => decode(stream), { code: "ARCHIVE_INVALID" });
  });
}

test("a flipped bit is noticed", () => {
  const stream = Buffer.concat([s2StreamHead(), encodeS2(Buffer.alloc(1000, "abcdefg"))]);
  fc.assert(
    fc.property(fc.integer({ min: 14, max: stream.length - 1 }), fc.nat(7), (at, bit) => {
      const damaged = Buffer.from(stream);
      damaged[at] = (damaged[at] as number) ^ (1 << bit);
      assert.throws(() => decode(damaged), { code: "ARCHIVE_INVALID" });
    }),
  );
});
