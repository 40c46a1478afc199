import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDecimal } from "@oxbow/wire/nats";
import { parseSize } from "../../src/nats/decimal.ts";

const parse = (text: string): number => parseDecimal(Buffer.from(`1${text}1`), 1, text.length + 1);
const size = (text: string): number => parseSize(Buffer.from(`1${text}1`), 1, text.length + 1);

test("a decimal number is parsed up to 2^53 - 1", () => {
  const rows: [text: string, value: number][] = [
    ["0", 0],
    ["7", 7],
    ["0012", 12],
    ["4294967296", 4294967296],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", -1],
    ["9007199254740993", -1],
    ["9999999999999999", -1],
    ["00000000000000001", -1],
    ["", -1],
    ["-1", -1],
    ["+1", -1],
    ["1.0", -1],
    ["1e3", -1],
    [" 1", -1],
    ["1:", -1],
    ["1/", -1],
  ];
  for (const [text, value] of rows) assert.equal(parse(text), value, text);
});

test("a size has at most nine digits", () => {
  assert.equal(size("999999999"), 999_999_999);
  assert.equal(size("000000001"), 1);
  for (const text of ["", "0000000001", "1000000000", "x", "1x", "-1"])
    assert.equal(size(text), -1);
});
