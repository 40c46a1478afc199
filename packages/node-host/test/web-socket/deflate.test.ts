import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { deflate, inflateAtOnce } from "../../src/web-socket/deflate.ts";

const sizeMax = 1_000;

test("what is compressed comes back, up to the limit", () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.tuple(fc.nat(255), fc.nat(2_000)).map(([byte, count]) => Buffer.alloc(count, byte)),
  );
  fc.assert(
    fc.property(data, (bytes) => {
      deflate(bytes, (deflated) => {
        const result = inflateAtOnce(deflated as Buffer, sizeMax);
        if (bytes.length > sizeMax) assert.equal(result, "too-large");
        else assert.deepEqual(result, Buffer.from(bytes));
      });
    }),
  );
});

test("any bytes are decompressed within the limit, or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const result = inflateAtOnce(Buffer.from(bytes), sizeMax);
      if (typeof result !== "string") assert.ok(result.length <= sizeMax);
    }),
    { numRuns: 2_000 },
  );
});

test("a bomb is given up at the limit", () => {
  assert.equal(inflateAtOnce(deflateRawSync(Buffer.alloc(15_000_000)), sizeMax), "too-large");
});
