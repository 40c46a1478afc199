import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checksumOf,
  decodeHistory,
  encodeHistoryEvent,
  History,
  type HistoryEvent,
} from "@oxbow/testkit";

const events: readonly HistoryEvent[] = [
  {
    type: "submitted",
    stream: "S",
    subject: "s.ü",
    messageId: "1",
    checksum: checksumOf(Buffer.from("x")),
    publisher: "p",
  },
  { type: "acked", stream: "S", messageId: "1", sequence: 1 },
  { type: "restarted" },
];

test("events survive as lines, and a line that was cut off is left out", () => {
  const text = events.map(encodeHistoryEvent).join("");
  assert.deepEqual(decodeHistory(text), events);
  assert.deepEqual(decodeHistory(text.slice(0, -1)), events.slice(0, 2));
  assert.deepEqual(decodeHistory(""), []);
});

test("a history goes on from events that were recorded before", () => {
  const history = new History(events.slice(0, 2));
  history.record(events[2] as HistoryEvent);
  assert.deepEqual(history.events, events);
});

test("checksums tell payloads apart", () => {
  assert.equal(checksumOf(Buffer.from("a")), checksumOf(Buffer.from("a")));
  assert.notEqual(checksumOf(Buffer.from("a")), checksumOf(Buffer.from("b")));
  assert.match(checksumOf(Buffer.alloc(0)), /^[0-9a-f]{16}$/);
});
