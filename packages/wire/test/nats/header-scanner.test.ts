import assert from "node:assert/strict";
import { test } from "node:test";
import { findHeader, HeaderScanner } from "@oxbow/wire/nats";
import fc from "fast-check";

/** The value of the first header called `name` in `block`, which is put among other bytes. */
function find(block: string, name: string): string | undefined {
  const buffer = Buffer.from(`\r\nX: before\r\n${block}X: after\r\n`, "latin1");
  const start = "\r\nX: before\r\n".length;
  const out = { start: -1, end: -1 };
  const end = start + block.length;
  if (findHeader(buffer, start, end, Buffer.from(name, "latin1"), out)) {
    return buffer.toString("latin1", out.start, out.end);
  }
  assert.deepEqual(out, { start: -1, end: -1 });
  return undefined;
}

/** All headers of `block`, or those with a reserved name. */
function scan(block: string, reservedOnly: boolean): [string, string][] {
  const buffer = Buffer.from(`\r\n\r\n${block}\r\nX: after\r\n`, "latin1");
  const scanner = new HeaderScanner();
  scanner.reset(buffer, 4, 4 + block.length);
  const found: [string, string][] = [];
  while (reservedOnly ? scanner.nextReserved() : scanner.next()) {
    const name = buffer.toString("latin1", scanner.nameStart, scanner.nameEnd);
    assert.ok(scanner.nameIs(Buffer.from(name, "latin1")));
    assert.ok(!scanner.nameIs(Buffer.from(`${name}x`, "latin1")));
    found.push([name, buffer.toString("latin1", scanner.valueStart, scanner.valueEnd)]);
  }
  return found;
}

test("findHeader finds what nats-server finds", () => {
  const rows: [block: string, value: string | undefined][] = [
    ["NATS/1.0\r\nKey: v\r\n\r\n", "v"],
    ["NATS/1.0\r\nKey:v\r\n\r\n", "v"],
    ["NATS/1.0\r\nKey:   v w  \r\n\r\n", "v w  "],
    ["NATS/1.0\r\nKey:\tv\r\n\r\n", "\tv"],
    ["NATS/1.0\r\nKey:\r\n\r\n", ""],
    ["NATS/1.0\r\nKey: \r\n\r\n", ""],
    ["NATS/1.0\r\nKey: a\nb\r\n\r\n", "a\nb"],
    ["NATS/1.0\r\nA: 1\r\nKey: v\r\nB: 2\r\n\r\n", "v"],
    ["NATS/1.0\r\nKey: first\r\nKey: second\r\n\r\n", "first"],
    ["NATS/1.0\r\nKeys: x\r\nXKey: y\r\nKey: v\r\n\r\n", "v"],
    ["NATS/1.0\r\nA: Key: x\r\n\r\n", undefined],
    ["NATS/1.0\r\nA: x\nKey: v\r\n\r\n", undefined],
    ["NATS/1.0\r\nKey : v\r\n\r\n", undefined],
    ["NATS/1.0\r\n Key: v\r\n\r\n", undefined],
    ["NATS/1.0\r\nkey: v\r\n\r\n", undefined],
    ["NATS/1.0 503 Key: v\r\n\r\n", undefined],
    ["NATS/1.0\r\nKey", undefined],
    ["NATS/1.0\r\nKey:", ""],
    ["NATS/1.0\r\nKey: cut of", "cut of"],
    ["NATS/1.0\r\n\r\nKey: behind\r\n", "behind"],
    ["Key: v\r\n", undefined],
    ["\r\nKey: v\r\n", "v"],
    ["", undefined],
    ["\r", undefined],
    ["\r\n", undefined],
  ];
  for (const [block, value] of rows) assert.equal(find(block, "Key"), value, JSON.stringify(block));
});

test("a scanner gives all headers, in order, with duplicates", () => {
  const block = "NATS/1.0 100 Idle: x\r\nA: 1\r\nno colon\r\n: empty\r\nA:2\r\nB:  3 \r\n\r\nC: 4";
  assert.deepEqual(scan(block, false), [
    ["A", "1"],
    ["", "empty"],
    ["A", "2"],
    ["B", "3 "],
    ["C", "4"],
  ]);
  assert.deepEqual(scan("", false), []);
});

test("a scanner can be asked for reserved names only", () => {
  const block = "NATS/1.0\r\nA: Nats-B: 1\r\nNats-C: 2\r\nnats-D: 3\r\nNats-\r\nNats-E:4\r\nNats";
  assert.deepEqual(scan(block, true), [
    ["Nats-C", "2"],
    ["Nats-E", "4"],
  ]);
  assert.deepEqual(scan("NATS/1.0\r\nA: 1\r\n\r\n", true), []);
});

test("a scanner can be used again", () => {
  const scanner = new HeaderScanner();
  for (const name of ["Nats-A", "Nats-B"]) {
    const block = Buffer.from(`NATS/1.0\r\n${name}: v\r\n\r\n`);
    scanner.reset(block, 0, block.length);
    assert.ok(scanner.nextReserved());
    assert.ok(scanner.nameIs(Buffer.from(name)));
    assert.ok(!scanner.nextReserved());
  }
});

test("any block: both ways of looking agree with a split at CRLF", () => {
  const piece = fc.constantFrom(
    "\r\n",
    "\r",
    "\n",
    ":",
    ": ",
    " ",
    "Nats-",
    "Key",
    "K",
    "v",
    "NATS/1.0",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const block = pieces.join("");
      const expected: [string, string][] = [];
      for (const line of block.split("\r\n").slice(1)) {
        const [name = "", ...rest] = line.split(":");
        if (rest.length > 0) expected.push([name, rest.join(":").replace(/^ +/, "")]);
      }
      assert.deepEqual(scan(block, false), expected);
      const reserved = expected.filter(([name, value]) => `${name}:${value}`.startsWith("Nats-"));
      assert.deepEqual(scan(block, true), reserved);
      for (const name of ["Key", "K", "Nats-Key"]) {
        assert.equal(find(block, name), expected.find((entry) => entry[0] === name)?.[1]);
      }
    }),
    { numRuns: 2000 },
  );
});
