import assert from "node:assert/strict";
import { test } from "node:test";
import { Tally } from "../../src/demo/tally.ts";

function tallyOf(messages: readonly (readonly [subject: string, payload: string])[]): Tally {
  const tally = new Tally();
  for (const [subject, payload] of messages) tally.add(subject, Buffer.from(payload));
  return tally;
}

const messages = [
  ["a", "1"],
  ["b", "2"],
  ["a", "3"],
] as const;

test("the order of messages does not matter", () => {
  const tally = tallyOf(messages);
  assert.ok(tally.equals(tallyOf(messages.toReversed())));
  assert.equal(tally.count, 3);
  assert.equal(tally.bytes, 3);
  assert.match(tally.checksum, /^[0-9a-f]{16}$/);
});

test("anything lost, doubled, changed or sent elsewhere is seen", () => {
  const tally = tallyOf(messages);
  const others = [
    messages.slice(1),
    [...messages, messages[0]],
    [
      ["a", "2"],
      ["b", "1"],
      ["a", "3"],
    ],
    [
      ["a", "1"],
      ["a", "2"],
      ["a", "3"],
    ],
    [
      ["a", "1"],
      ["b", "2"],
      ["a", "4"],
    ],
  ] as (readonly (readonly [string, string])[])[];
  for (const other of others) assert.ok(!tally.equals(tallyOf(other)), JSON.stringify(other));
});
