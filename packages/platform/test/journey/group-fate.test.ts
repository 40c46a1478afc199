import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerInfo } from "@nats-io/jetstream";
import fc from "fast-check";
import { type FateFacts, fateOf } from "../../src/journey/group-fate.ts";
import { readJournal } from "../../src/journey/journal.ts";
import { letsThrough } from "../../src/journey/subject-filter.ts";

interface Stand {
  readonly delivered: number;
  readonly floor: number;
  readonly pending: number;
  readonly filter?: string;
  readonly created?: string;
  readonly start?: string;
}

function fate(stand: Stand, more: Partial<FateFacts> = {}): readonly [string, string] {
  const info = {
    created: stand.created ?? "2026-01-01T00:00:00Z",
    config: {
      ...(stand.filter !== undefined && { filter_subject: stand.filter }),
      metadata: { "oxbow.start": `{"from":"${stand.start ?? "beginning"}"}` },
    },
    delivered: { stream_seq: stand.delivered, consumer_seq: 0 },
    ack_floor: { stream_seq: stand.floor, consumer_seq: 0 },
    num_ack_pending: stand.pending,
  } as unknown as ConsumerInfo;
  const message = { subject: "orders.eu.1", timeMs: Date.parse("2026-02-01T00:00:00Z") };
  const facts = { group: "g", info, sequence: 5, message, entries: [], death: undefined, ...more };
  const { state, certainty } = fateOf(facts);
  return [state, certainty];
}

test("what is not written down follows from where the group stands", () => {
  assert.deepEqual(fate({ delivered: 4, floor: 4, pending: 0 }), ["waiting", "exact"]);
  assert.deepEqual(fate({ delivered: 9, floor: 5, pending: 4 }), ["acknowledged", "inferred"]);
  assert.deepEqual(fate({ delivered: 9, floor: 3, pending: 0 }), ["acknowledged", "inferred"]);
  assert.deepEqual(fate({ delivered: 9, floor: 3, pending: 6 }), ["in flight", "inferred"]);
  assert.deepEqual(fate({ delivered: 9, floor: 3, pending: 2 }), ["delivered", "inferred"]);
  const later = { delivered: 9, floor: 9, pending: 0, created: "2026-03-01T00:00:00Z" };
  assert.deepEqual(fate({ ...later, start: "now" }), ["passed over", "inferred"]);
  assert.deepEqual(fate(later), ["acknowledged", "inferred"]);
});

test("what the group does not take is passed over, and so is what was gone before it came", () => {
  const ahead = { delivered: 4, floor: 4, pending: 0 };
  assert.deepEqual(fate({ ...ahead, filter: "orders.us.>" }), ["passed over", "inferred"]);
  assert.deepEqual(fate({ ...ahead, filter: "orders.eu.*" }), ["waiting", "exact"]);
  assert.deepEqual(fate(ahead, { message: undefined }), ["passed over", "inferred"]);
  const behind = { delivered: 9, floor: 9, pending: 0 };
  assert.deepEqual(fate({ ...behind, filter: "orders.us.>" }), ["passed over", "inferred"]);
});

test("what is written down counts more, but for a group that was rewound", () => {
  const at = { consumer: "g", sequence: 5, attempt: 2, atMs: 1, deliveredAtMs: null, text: null };
  const acknowledged = [{ ...at, kind: "acknowledged" as const }];
  const behind = { delivered: 9, floor: 3, pending: 2 };
  assert.deepEqual(fate(behind, { entries: acknowledged }), ["acknowledged", "exact"]);
  const failed = [{ ...at, kind: "failed" as const }];
  assert.deepEqual(fate(behind, { entries: failed }), ["in flight", "inferred"]);
  const dead = [{ ...at, kind: "given up" as const }];
  assert.deepEqual(fate(behind, { entries: dead }), ["given up", "exact"]);
  const rewound = { delivered: 2, floor: 2, pending: 0 };
  assert.deepEqual(fate(rewound, { entries: acknowledged }), ["waiting", "exact"]);
});

test("whatever is in the journal, it is an entry or none", () => {
  const subject = "$JS.EVENT.METRIC.CONSUMER.ACK.orders.g";
  const said = {
    ...{ type: "io.nats.jetstream.metric.v1.consumer_ack", timestamp: "2026-11-20T12:00:01Z" },
    ...{ stream: "orders", consumer: "g", stream_seq: 5, deliveries: 2, ack_time: 500_000_000 },
  };
  const atMs = Date.parse(said.timestamp);
  const entry = readJournal(subject, Buffer.from(JSON.stringify(said)));
  assert.deepEqual(entry, {
    ...{ kind: "acknowledged", consumer: "g", sequence: 5, attempt: 2, text: null },
    ...{ atMs, deliveredAtMs: atMs - 500 },
  });
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readJournal(subject, bytes)));
  fc.assert(
    fc.property(
      fc.json(),
      (json) => void readJournal("$OXBOW.JOURNAL.DEAD.a.b", Buffer.from(json)),
    ),
  );
  assert.equal(readJournal("elsewhere", Buffer.from(JSON.stringify(said))), undefined);
});

test("filters are those of NATS", () => {
  for (const [filter, subject, isThrough] of [
    ["a", "a", true],
    ["a", "a.b", false],
    ["a.*", "a.b", true],
    ["a.*", "a", false],
    ["a.>", "a", false],
    ["a.>", "a.b.c", true],
    [">", "a", true],
    ["a.*.c", "a.b.c", true],
    ["a.*.c", "a.b.d", false],
  ] as const) {
    assert.equal(letsThrough(filter, subject), isThrough, `${filter} ${subject}`);
  }
});
