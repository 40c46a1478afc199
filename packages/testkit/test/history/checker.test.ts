/**
 * Goal: the checker accepts what a right broker does and finds each way of being wrong. Method: one good history, and for each
 * rule the smallest change that breaks it and nothing else.
 */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  type CheckOptions,
  checkHistory,
  describeViolations,
  type HistoryEvent,
  type MessageIdentity,
} from "@oxbow/testkit";

const stream = "ORDERS";
const consumer = "billing";

const message = (n: number): MessageIdentity => ({
  stream,
  subject: `orders.${n % 2}`,
  messageId: `m${n}`,
  checksum: `c${n}`,
});

const submitted = (n: number, publisher = "p"): HistoryEvent => ({
  type: "submitted",
  publisher,
  ...message(n),
});
const acked = (n: number, sequence: number): HistoryEvent => ({
  type: "acked",
  stream,
  messageId: `m${n}`,
  sequence,
});
const unknown = (n: number): HistoryEvent => ({ type: "unknown", stream, messageId: `m${n}` });
const refused = (n: number): HistoryEvent => ({ type: "refused", stream, messageId: `m${n}` });
const delivered = (n: number, sequence: number): HistoryEvent => ({
  type: "delivered",
  consumer,
  sequence,
  ...message(n),
});
const ackSent = (sequence: number): HistoryEvent => ({
  type: "ack-sent",
  stream,
  consumer,
  sequence,
});
const confirmed = (sequence: number): HistoryEvent => ({
  type: "ack-confirmed",
  stream,
  consumer,
  sequence,
});
const stored = (n: number, sequence: number): HistoryEvent => ({
  type: "stored",
  sequence,
  ...message(n),
});
const readDone = (firstSequence: number, lastSequence: number): HistoryEvent => ({
  type: "stream-read",
  stream,
  firstSequence,
  lastSequence,
});
const removal = (
  type: "removing" | "removed",
  firstSequence: number,
  lastSequence: number,
): HistoryEvent => ({ type, stream, firstSequence, lastSequence });
const drained: HistoryEvent = { type: "consumer-drained", stream, consumer };
const restarted: HistoryEvent = { type: "restarted" };

/** Rules that a history breaks, each once. */
function broken(events: readonly HistoryEvent[], options?: CheckOptions): string[] {
  return [...new Set(checkHistory(events, options).map((violation) => violation.rule))].sort();
}

/** Three messages, a crash with one of unknown fate and one ack unconfirmed, then the rest. */
const good: readonly HistoryEvent[] = [
  submitted(1),
  submitted(2),
  acked(1, 1),
  acked(2, 2),
  delivered(1, 1),
  ackSent(1),
  confirmed(1),
  delivered(2, 2),
  ackSent(2),
  submitted(3),
  unknown(3),
  restarted,
  delivered(2, 2),
  ackSent(2),
  confirmed(2),
  submitted(4, "q"),
  acked(4, 4),
  delivered(3, 3),
  delivered(4, 4),
  stored(1, 1),
  stored(2, 2),
  stored(3, 3),
  stored(4, 4),
  readDone(1, 4),
  drained,
];

suite("what a right broker may do", () => {
  const histories: Readonly<Record<string, readonly HistoryEvent[]>> = {
    "keep a message of unknown fate": good,
    "drop a message of unknown fate": [
      submitted(1),
      unknown(1),
      restarted,
      submitted(2),
      acked(2, 1),
      stored(2, 1),
      readDone(1, 1),
    ],
    "store a message that was sent twice, twice": [
      submitted(1),
      unknown(1),
      submitted(1),
      acked(1, 2),
      stored(1, 1),
      stored(1, 2),
      readDone(1, 2),
    ],
    "answer a duplicate with the sequence it had": [
      submitted(1),
      acked(1, 1),
      submitted(2),
      acked(2, 2),
      submitted(1),
      acked(1, 1),
      stored(1, 1),
      stored(2, 2),
      readDone(1, 2),
    ],
    "have no trace of a refused message": [submitted(1), refused(1), readDone(1, 0)],
    "lack what was, or was being, removed": [
      submitted(1),
      acked(1, 1),
      submitted(2),
      acked(2, 2),
      submitted(3),
      acked(3, 3),
      removal("removing", 1, 2),
      restarted,
      stored(2, 2),
      stored(3, 3),
      readDone(2, 3),
      removal("removed", 2, 2),
      stored(3, 3),
      readDone(3, 3),
    ],
    "be read several times": [
      ...good,
      stored(1, 1),
      stored(2, 2),
      stored(3, 3),
      stored(4, 4),
      readDone(1, 4),
    ],
    "mix the messages of two publishers": [
      submitted(1, "p"),
      submitted(2, "q"),
      acked(2, 1),
      acked(1, 2),
      stored(2, 1),
      stored(1, 2),
      readDone(1, 2),
    ],
  };
  for (const [name, events] of Object.entries(histories)) {
    test(name, () => assert.equal(describeViolations(checkHistory(events)), "no violations"));
  }
});

/** The good history with some events changed, or, for `undefined`, left out. */
function changed(...edits: (readonly [HistoryEvent, HistoryEvent | undefined])[]): HistoryEvent[] {
  const events = [...good];
  for (const [from, to] of edits) {
    const index = events.findIndex((event) => JSON.stringify(event) === JSON.stringify(from));
    assert.ok(index >= 0);
    events.splice(index, 1, ...(to ? [to] : []));
  }
  return events;
}

suite("what it must not do", () => {
  const cases: readonly (readonly [string, string[], readonly HistoryEvent[], CheckOptions?])[] = [
    [
      "lose an acked message at the end",
      ["I1", "I4"],
      changed([stored(4, 4), undefined], [readDone(1, 4), readDone(1, 3)]),
    ],
    ["lose an acked message in the middle", ["I1", "I4"], changed([stored(2, 2), undefined])],
    [
      "lose an acked message at the front",
      ["I1"],
      changed([stored(1, 1), undefined], [readDone(1, 4), readDone(2, 4)]),
    ],
    ["lose everything", ["I1", "I4"], [submitted(1), acked(1, 1), restarted, readDone(1, 0)]],
    [
      "change a payload",
      ["I1"],
      changed([stored(2, 2), { ...stored(2, 2), checksum: "other" } as HistoryEvent]),
    ],
    [
      "change a subject",
      ["I1"],
      changed([delivered(2, 2), { ...delivered(2, 2), subject: "other" } as HistoryEvent]),
    ],
    [
      "change a message it never acked",
      ["I2"],
      changed([stored(3, 3), { ...stored(3, 3), checksum: "other" } as HistoryEvent]),
    ],
    [
      "store what nobody sent",
      ["I2"],
      [
        ...good,
        stored(1, 1),
        stored(2, 2),
        stored(3, 3),
        stored(4, 4),
        stored(9, 5),
        readDone(1, 4),
      ],
    ],
    ["deliver what nobody sent", ["I2"], [...good, delivered(9, 5)]],
    ["ack what nobody sent", ["I2"], [...good, acked(9, 5)]],
    [
      "store a message it refused",
      ["I2"],
      [submitted(1), refused(1), stored(1, 1), readDone(1, 1)],
    ],
    [
      "store twice what was sent once",
      ["I2"],
      [submitted(1), acked(1, 1), stored(1, 1), stored(1, 2), readDone(1, 2)],
    ],
    [
      "read back what it has removed",
      ["I3"],
      [
        submitted(1),
        acked(1, 1),
        removal("removed", 1, 1),
        restarted,
        stored(1, 1),
        readDone(1, 1),
      ],
    ],
    [
      "deliver what it has removed",
      ["I3"],
      [submitted(1), acked(1, 1), removal("removed", 1, 5), restarted, delivered(1, 1)],
    ],
    [
      "give a sequence to a second message after a crash",
      ["I4"],
      [submitted(1), acked(1, 1), removal("removing", 1, 1), restarted, submitted(2), acked(2, 1)],
    ],
    [
      "start again at a lower sequence",
      ["I4"],
      [submitted(1), acked(1, 7), removal("removed", 1, 7), restarted, submitted(2), acked(2, 3)],
    ],
    [
      "forget its last sequence",
      ["I4"],
      [submitted(1), acked(1, 7), removal("removed", 1, 7), restarted, readDone(1, 0)],
    ],
    [
      "forget a message that it gave out without an ack",
      ["I4"],
      [submitted(1), unknown(1), restarted, delivered(1, 1), restarted, readDone(1, 0)],
    ],
    [
      "leave a gap",
      ["I4"],
      [
        submitted(1),
        acked(1, 1),
        submitted(2),
        acked(2, 3),
        stored(1, 1),
        stored(2, 3),
        readDone(1, 3),
      ],
    ],
    [
      "answer two messages with one sequence",
      ["I4"],
      [submitted(1), submitted(2), acked(1, 1), acked(2, 1)],
    ],
    [
      "swap two messages of a publisher",
      ["I5"],
      [
        submitted(1),
        submitted(2),
        acked(2, 1),
        acked(1, 2),
        stored(2, 1),
        stored(1, 2),
        readDone(1, 2),
      ],
    ],
    [
      "store a duplicate again",
      ["I6"],
      [submitted(1), acked(1, 1), submitted(1), acked(1, 2)],
      { isDeduplicated: true },
    ],
    ["deliver again after a confirmed ack", ["I8"], [...good, restarted, delivered(1, 1)]],
    ["skip a message for a consumer", ["I8"], changed([delivered(3, 3), undefined])],
  ];
  for (const [name, rules, events, options] of cases) {
    test(name, () => {
      assert.deepEqual(broken(events, options), rules, describeViolations(checkHistory(events)));
    });
  }
});

suite("what a recorder must not do", () => {
  const cases: readonly (readonly [string, readonly HistoryEvent[]])[] = [
    ["refuse what was not sent", [refused(1)]],
    ["ack what was not delivered", [submitted(1), acked(1, 1), ackSent(1)]],
    [
      "send one id with two contents",
      [submitted(1), { ...submitted(1), checksum: "other" } as HistoryEvent],
    ],
  ];
  for (const [name, events] of cases)
    test(name, () => assert.deepEqual(broken(events), ["history"]));
});

test("streams and consumers are judged apart", () => {
  const other = good.map((event) => ("stream" in event ? { ...event, stream: "OTHER" } : event));
  assert.deepEqual(checkHistory([...good, ...(other as HistoryEvent[])]), []);
  const second = { ...delivered(1, 1), consumer: "audit" } as HistoryEvent;
  assert.deepEqual(checkHistory([...good, second]), []);
});

test("the report names rule, stream, event and case, and is cut after a few", () => {
  const events = [1, 2, 3].flatMap((n) => [submitted(n), acked(n, n)]);
  const violations = checkHistory([...events, restarted, readDone(1, 3)]);
  const report = describeViolations(violations, 1);
  assert.match(report, /^I4, broken 3 times: sequences are dense/m);
  assert.match(report, /^I1, broken 3 times: no loss/m);
  assert.match(report, /^ {2}\[event 7\] ORDERS: message m1 was acked at 1 and is gone$/m);
  assert.match(report, /^ {2}… 2 more$/m);
});
