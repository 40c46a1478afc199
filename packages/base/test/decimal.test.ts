import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalSize, writeDecimal } from "@oxbow/base";
import fc from "fast-check";

test("a number is written as JavaScript writes it", () => {
  const powers = Array.from({ length: 16 }, (_, i) => 10 ** i);
  const edges = [...powers, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 53 - 1].flatMap((n) => [n - 1, n]);
  const check = (value: number): void => {
    const text = String(value);
    const buffer = Buffer.alloc(text.length + 4, "#");
    assert.equal(decimalSize(value), text.length);
    assert.equal(writeDecimal(buffer, 2, value), text.length + 2);
    assert.equal(buffer.toString(), `##${text}##`);
  };
  edges.forEach(check);
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(53), (n, bits) => check(Math.floor(n / 2 ** bits))),
  );
});
