import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ActivityLedger } from "../../src/activity/activity-ledger.ts";
import { ActivityTally } from "../../src/activity/activity-tally.ts";
import type { MessageSource } from "../../src/routing/message-source.ts";

function sourceOf(id: number, more: Partial<MessageSource> = {}): MessageSource {
  return { id, accountName: "$G", identity: undefined, ...more } as MessageSource;
}

function publish(tally: ActivityTally, source: MessageSource | undefined): void {
  const entry = tally.of(source);
  if (entry !== undefined) entry.messages++;
}

const countsOf = (ledger: ActivityLedger): [number, string, number][] =>
  [...ledger].map(({ clientId, stream, messages }) => [clientId, stream, messages]);

test("counts nothing while nobody wants to know, and nothing that no client has sent", () => {
  const account = { name: "$G", activity: undefined as ActivityLedger | undefined };
  const tally = new ActivityTally(account, "S");
  assert.equal(tally.of(sourceOf(1)), undefined);
  account.activity = new ActivityLedger(10);
  publish(tally, undefined);
  assert.deepEqual(countsOf(account.activity), []);
  publish(tally, sourceOf(1));
  publish(tally, sourceOf(1));
  publish(tally, sourceOf(2));
  publish(tally, sourceOf(1));
  assert.deepEqual(countsOf(account.activity), [
    [1, "S", 3],
    [2, "S", 1],
  ]);
});

test("shows neither parts of the program nor clients of other accounts", () => {
  const ledger = new ActivityLedger(10);
  const tally = new ActivityTally({ name: "$G", activity: ledger }, "S");
  publish(tally, sourceOf(1, { accountName: "OTHER" }));
  const identity = { isPartOfProgram: true } as unknown as MessageSource["identity"];
  publish(tally, sourceOf(2, { identity }));
  assert.deepEqual(countsOf(ledger), []);
});

test("counts in another ledger once there is another one", () => {
  const account = { name: "$G", activity: new ActivityLedger(10) };
  const tally = new ActivityTally(account, "S");
  publish(tally, sourceOf(1));
  account.activity = new ActivityLedger(10);
  publish(tally, sourceOf(1));
  assert.deepEqual(countsOf(account.activity), [[1, "S", 1]]);
});

test("who has done nothing for long goes first when there is no room", () => {
  const ledger = new ActivityLedger(3);
  const tally = new ActivityTally({ name: "$G", activity: ledger }, "S");
  for (const id of [1, 2, 3]) publish(tally, sourceOf(id));
  // All were busy: the first one goes once nobody has a chance left.
  publish(tally, sourceOf(4));
  assert.deepEqual(
    countsOf(ledger).map(([id]) => id),
    [2, 3, 4],
  );
  publish(tally, sourceOf(2));
  publish(tally, sourceOf(5));
  assert.deepEqual(
    countsOf(ledger).map(([id]) => id),
    [4, 2, 5],
  );
  // One that was forgotten is counted anew.
  publish(tally, sourceOf(3));
  assert.deepEqual(countsOf(ledger).at(-1), [3, "S", 1]);
});

test("keeps to its bound, and counts right for whom it keeps", () => {
  const runs = fc.array(fc.record({ id: fc.integer({ min: 1, max: 40 }), stream: fc.nat(2) }));
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 20 }), (messages, max) => {
      const ledger = new ActivityLedger(max);
      const account = { name: "$G", activity: ledger };
      const tallies = [0, 1, 2].map((index) => new ActivityTally(account, `S${index}`));
      const expected = new Map<string, number>();
      for (const { id, stream } of messages) {
        const key = `${id} S${stream}`;
        expected.set(key, (expected.get(key) ?? 0) + 1);
        publish(tallies[stream] as ActivityTally, sourceOf(id));
        assert.ok(ledger.size <= max);
      }
      for (const [id, stream, count] of countsOf(ledger)) {
        assert.ok(count >= 1 && count <= (expected.get(`${id} ${stream}`) ?? 0));
      }
      if (expected.size <= max) assert.equal(ledger.size, expected.size);
    }),
  );
});
