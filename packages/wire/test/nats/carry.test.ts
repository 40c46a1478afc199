import assert from "node:assert/strict";
import { test } from "node:test";
import { Carry } from "../../src/nats/carry.ts";

const bytes = Buffer.alloc(4 * 1024 * 1024, "0123456789abcde");

test("a carry gives back what was appended", () => {
  const carry = new Carry();
  let at = 0;
  for (const size of [1, 0, 30, 1500, 70_000, 300_000, 5]) {
    carry.append(bytes, at, at + size);
    at += size;
  }
  assert.equal(carry.size, at);
  assert.ok(carry.buffer.subarray(0, at).equals(bytes.subarray(0, at)));
});

test("capacity follows the bytes, not what may still come", () => {
  const carry = new Carry();
  carry.sizeMax = 900_000;
  for (let size = 0; size < carry.sizeMax; size += 10_000) {
    carry.append(bytes, size, size + 10_000);
    assert.ok(carry.buffer.length <= Math.max(1024, 4 * carry.size));
  }
  assert.equal(carry.buffer.length, carry.sizeMax);
});

test("a cleared carry holds no memory and can be used again", () => {
  const carry = new Carry();
  carry.append(bytes, 0, 5000);
  carry.clear();
  assert.equal(carry.size, 0);
  assert.equal(carry.buffer.length, 0);
  carry.append(bytes, 3, 10);
  assert.equal(carry.buffer.toString("latin1", 0, carry.size), "3456789");
});

test("carries in use at the same time do not share memory", () => {
  const first = new Carry();
  first.append(bytes, 0, 100);
  first.clear();
  const second = new Carry();
  second.append(bytes, 0, 100);
  first.append(bytes, 1, 101);
  assert.equal(second.buffer.toString("latin1", 0, 3), "012");
  assert.equal(first.buffer.toString("latin1", 0, 3), "123");
});
