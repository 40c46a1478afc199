import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { first, gather, sizeOf, skip } from "../src/buffer-list.ts";

const bufferList = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 6 });

test("what is taken first and what is left are everything, in order", () => {
  fc.assert(
    fc.property(bufferList, fc.nat(60), (buffers, count) => {
      const all = Buffer.concat(buffers);
      assert.equal(sizeOf(buffers), all.length);
      assert.deepEqual(Buffer.concat(first(buffers, count)), all.subarray(0, count));
      assert.deepEqual(Buffer.concat(skip(buffers, count)), all.subarray(count));
    }),
  );
});

test("nothing is copied but by gathering", () => {
  const buffers = [Buffer.from("abc"), Buffer.from("def")];
  const [taken] = first(buffers, 2);
  const [left] = skip(buffers, 4);
  buffers[0]?.fill("x");
  buffers[1]?.fill("y");
  assert.equal(Buffer.from(taken ?? []).toString(), "xx");
  assert.equal(Buffer.from(left ?? []).toString(), "yy");
});

test("gathering fills the target with what comes first, as far as there is something", () => {
  fc.assert(
    fc.property(bufferList, fc.nat(60), (buffers, size) => {
      const target = Buffer.alloc(size, 0xff);
      gather(buffers, target);
      const all = Buffer.concat([...buffers, Buffer.alloc(size, 0xff)]);
      assert.deepEqual(target, all.subarray(0, size));
    }),
  );
});

test("a whole list is gathered piece by piece", () => {
  const buffers = ["", "ab", "cdefg", "", "hi", ""].map((text) => Buffer.from(text));
  const target = Buffer.alloc(3);
  const pieces: string[] = [];
  for (let rest: readonly Uint8Array[] = buffers; sizeOf(rest) > 0; rest = skip(rest, 3)) {
    gather(rest, target);
    pieces.push(target.toString());
  }
  assert.deepEqual(pieces, ["abc", "def", "ghi"]);
});
