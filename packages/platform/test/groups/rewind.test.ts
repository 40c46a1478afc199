import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerInfo } from "@nats-io/jetstream";
import type { Member } from "oxbow/internal";
import { checkRewindable, rewound, rewoundPartition } from "../../src/groups/rewind.ts";

/** Ten messages were delivered, of which those up to the sixth and one more are acknowledged; five are to come. */
const info = {
  delivered: { stream_seq: 10 },
  ack_floor: { stream_seq: 6 },
  num_ack_pending: 3,
  num_pending: 5,
  config: { deliver_policy: "all" },
} as unknown as ConsumerInfo;
const member: Member = { number: 1, stream: "s", info };

test("counts what is delivered again and what is skipped, wherever the target is", () => {
  const cases = [
    // What is behind what is acknowledged all comes again.
    [1, 15, 10, 0],
    [7, 9, 4, 0],
    // In flight there are three of four messages: which, nobody says.
    [8, 8, 3, 1],
    [10, 6, 1, 3],
    [11, 5, 0, 3],
    [13, 3, 0, 5],
    [16, 0, 0, 8],
  ] as const;
  for (const [sequence, messages, deliveredAgain, skipped] of cases) {
    const floorMessages = sequence > 7 && sequence <= 10 ? 9 : 0;
    assert.deepEqual(rewoundPartition(member, { sequence, messages }, floorMessages), {
      number: 1,
      sequence,
      deliveredAgain,
      skipped,
    });
  }
});

test("counts by what was never delivered where a server says what was delivered before a reset", () => {
  const stale = { ...info, ack_floor: { stream_seq: 0 }, num_ack_pending: 0, num_pending: 15 };
  const member = { number: 1, stream: "s", info: stale as unknown as ConsumerInfo };
  assert.deepEqual(rewoundPartition(member, { sequence: 9, messages: 7 }, 0), {
    number: 1,
    sequence: 9,
    deliveredAgain: 0,
    skipped: 8,
  });
});

test("adds up partitions", () => {
  const parts = [1, 2].map((number) => ({ number, sequence: 1, deliveredAgain: 2, skipped: 3 }));
  assert.deepEqual(rewound(parts), { partitions: parts, deliveredAgain: 4, skipped: 6 });
});

test("knows which consumers can be put where", () => {
  checkRewindable("g", info, 1, undefined);
  checkRewindable("g", info, 5, 5);
  const refusal = { code: "GROUP_FIXED", message: /make another group/ };
  assert.throws(() => checkRewindable("g", info, 4, 5), refusal);
  for (const policy of ["new", "last", "last_per_subject"]) {
    const config = { deliver_policy: policy };
    const other = { ...info, config } as unknown as ConsumerInfo;
    assert.throws(() => checkRewindable("g", other, 1, undefined), refusal);
  }
});
