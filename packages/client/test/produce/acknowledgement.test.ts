import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAnswer } from "../../src/produce/acknowledgement.ts";

/** Goal: an answer is read as its JSON says, whichever way it is read. Method: answers as servers write them, and any other text. */
function readText(text: string): ReturnType<typeof readAnswer> {
  // In the middle of what else has come.
  const bytes = Buffer.from(`1,"seq":${text}1}`);
  return readAnswer("s", bytes, 8, bytes.length - 2);
}

test("the sequence and whether it is a duplicate are read", () => {
  const read = (text: string): unknown => readText(text);
  assert.deepEqual(read('{"stream":"s","seq":1}'), { sequence: 1, isDuplicate: false });
  assert.deepEqual(read('{"stream":"s", "seq":9007199254740991}'), {
    sequence: 9007199254740991,
    isDuplicate: false,
  });
  assert.deepEqual(read('{"stream":"s","domain":"d","seq":120}'), {
    sequence: 120,
    isDuplicate: false,
  });
  assert.deepEqual(read('{"stream":"s","seq":7,"duplicate":true}'), {
    sequence: 7,
    isDuplicate: true,
  });
  assert.ok(read('{"error":{"code":503,"err_code":10077,"description":"no"}}') instanceof Error);
  assert.ok(read('{"seq":') instanceof Error);
  assert.ok(read("") instanceof Error);
});

test("any sequence of any stream is read", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 53 - 1 }), (stream, seq) => {
      const text = JSON.stringify({ stream, seq });
      assert.deepEqual(readText(text), { sequence: seq, isDuplicate: false });
    }),
  );
});

test("any text gives an answer or an error", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const result = readText(text);
      assert.ok(result instanceof Error || result.sequence > 0);
    }),
  );
});
