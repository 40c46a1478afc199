import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { SmallInflate } from "../../src/web-socket/small-inflate.ts";

const sizeMax = 1_000;
const inflater = new SmallInflate(sizeMax);
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Bytes that repeat themselves here and there. */
const data = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ maxLength: 100 }).map((text) => Buffer.from(text)),
      fc.tuple(fc.nat(255), fc.nat(600)).map(([byte, count]) => Buffer.alloc(count, byte)),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => Buffer.concat(pieces));
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
  ),
});
const finish = fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FINISH);
const message = fc.tuple(data, options, finish).map(([bytes, settings, finishFlush]) => {
  const deflated = deflateRawSync(bytes, { ...settings, finishFlush });
  const isCut = finishFlush === constants.Z_SYNC_FLUSH;
  return { bytes, deflated: isCut ? deflated.subarray(0, -tail.length) : deflated };
});

/** What zlib makes of it. */
function byZlib(deflated: Uint8Array): Buffer | undefined {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    return inflateRawSync(Buffer.concat([deflated, tail]), { finishFlush, maxOutputLength: 1e6 });
  } catch {
    return undefined;
  }
}

test("what is compressed in whatever way comes back, up to the limit", () => {
  fc.assert(
    fc.property(message, ({ bytes, deflated }) => {
      const result = inflater.inflate(deflated);
      if (bytes.length > sizeMax) assert.equal(result, "too-large");
      else assert.deepEqual(result, bytes);
    }),
    { numRuns: 1_000 },
  );
});

test("any bytes, and messages that were tampered with, are read as zlib reads them or refused", () => {
  const mutated = fc
    .tuple(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(40))
    .map(([{ deflated }, changes, cut]) => {
      const bytes = Buffer.from(deflated);
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, cut < 20 ? bytes.length - cut : bytes.length);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      const result = inflater.inflate(bytes);
      if (typeof result === "string") return;
      assert.ok(result.length <= sizeMax);
      assert.deepEqual(result, byZlib(bytes));
    }),
    { numRuns: 5_000 },
  );
});

test("a bomb is given up at the limit", () => {
  const bomb = deflateRawSync(Buffer.alloc(15_000_000));
  assert.equal(inflater.inflate(bomb), "too-large");
  assert.equal(inflater.inflate(Buffer.from([0x00]))?.length, 0);
  assert.equal(inflater.inflate(Buffer.alloc(0))?.length, 0);
});
