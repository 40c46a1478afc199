import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32c } from "../src/crc32c.ts";

const crcOf = (bytes: Uint8Array, previous?: number): number =>
  crc32c(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, previous);

test("the vectors of RFC 3720 appendix B.4", () => {
  const iscsiRead = Buffer.from(
    "01c00000000000000000000000000000140000000000040000000014000000182800000000000000" +
      "0200000000000000",
    "hex",
  );
  assert.equal(crcOf(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crcOf(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crcOf(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(crcOf(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
  assert.equal(crcOf(iscsiRead), 0xd9963a56);
  assert.equal(crcOf(Buffer.from("123456789")), 0xe3069283);
});

test("can be continued at any byte", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      const first = crcOf(bytes.subarray(0, cut));
      assert.equal(crcOf(bytes.subarray(cut), first), crcOf(bytes));
    }),
  );
});

test("agrees with the definition, bit by bit, at every length and alignment that its lanes divide", () => {
  const bytes = Buffer.alloc(1300);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 151 + (i >> 3)) & 0xff;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < 9; start++) {
    let crc = ~0;
    for (let end = start; end < bytes.length; end++) {
      assert.equal(crc32c(view, start, end), ~crc >>> 0, `[${start}, ${end})`);
      crc ^= bytes[end] as number;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  }
});
