import assert from "node:assert/strict";
import { test } from "node:test";
import { LineFields } from "../../src/nats/line-fields.ts";

test("no byte at or after the limit is looked at", () => {
  for (const line of ["a b\r\n", "a b\n", "a \r\n", "a \n", "a\rb\r\n", "ab \rc \r\n"]) {
    const buffer = Buffer.from(line);
    for (let limit = 1; limit < line.length; limit++) {
      assert.equal(new LineFields().scan(buffer, 0, limit), -1, JSON.stringify([line, limit]));
    }
    assert.equal(new LineFields().scan(buffer, 0, line.length), line.length);
  }
});

test("more fields than any operation has are counted", () => {
  const buffer = Buffer.from(`${"f ".repeat(50)}\r\n`);
  const fields = new LineFields();
  assert.equal(fields.scan(buffer, 0, buffer.length), buffer.length);
  assert.equal(fields.count, 50);
  assert.deepEqual([...fields.bounds.subarray(0, 4)], [0, 1, 2, 3]);
});

test("arguments are split at line breaks only where that is asked for", () => {
  const buffer = Buffer.from("\na\rb c\r\r\n");
  const fields = new LineFields();
  fields.scan(buffer, 0, buffer.length);
  assert.equal(fields.count, 2);
  fields.splitAtBreaks(buffer);
  assert.equal(fields.count, 3);
  assert.deepEqual([...fields.bounds.subarray(0, 6)], [1, 2, 3, 4, 5, 6]);
});

test("splitting where there are more fields than any operation has stays within bounds", () => {
  const buffer = Buffer.from(`${"f\r".repeat(50)}\r\n`);
  const fields = new LineFields();
  fields.scan(buffer, 0, buffer.length);
  fields.splitAtBreaks(buffer);
  assert.equal(fields.count, 50);
});
