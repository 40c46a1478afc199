import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosedConnections } from "../../src/connection/closed-connections.ts";
import type { ConnectionFacts } from "../../src/connection/connection-facts.ts";

const facts: ConnectionFacts = {
  ...{ id: 1, door: "STANDARD", address: "127.0.0.1", port: 1, startedAtMs: 0 },
  ...{ lastActivityAtMs: 0, rttMs: 0, pendingBytes: 0, stalls: 0, subscriptionCount: 0 },
  traffic: { inMessages: 0, inBytes: 0, outMessages: 0, outBytes: 0 },
  ...{ name: "", lang: "", version: "", tls: undefined, isTlsFirst: false, certificateSubject: "" },
  ...{ user: "", accountName: "$G", jwt: "", isBearer: false, issuerKey: "", tags: [] },
  subscriptions: [],
};

function idsAfter(closed: ClosedConnections, ids: readonly number[], countMax: number): number[] {
  for (const id of ids) closed.add({ ...facts, id }, "Client Closed", 0, countMax);
  return closed.list().map(({ id }) => id);
}

test("the last connections are remembered, oldest first, also when there may be more or fewer", () => {
  const closed = new ClosedConnections();
  assert.deepEqual(idsAfter(closed, [1, 2], 3), [1, 2]);
  assert.deepEqual(idsAfter(closed, [3, 4, 5, 6, 7], 3), [5, 6, 7]);
  assert.deepEqual(idsAfter(closed, [8], 5), [5, 6, 7, 8]);
  assert.deepEqual(idsAfter(closed, [9, 10], 5), [6, 7, 8, 9, 10]);
  assert.deepEqual(idsAfter(closed, [11], 2), [10, 11]);
  assert.deepEqual(idsAfter(closed, [12], 0), []);
});

test("of one connection a bounded number of subscriptions is remembered", () => {
  const closed = new ClosedConnections();
  const subscription = { subject: "a", queue: "", sid: "1", messages: 1, max: 2 };
  const subscriptions = Array.from({ length: 2_000 }, () => subscription);
  closed.add({ ...facts, subscriptions }, "Client Closed", 0, 1);
  const [kept] = closed.list();
  assert.equal([...(kept?.subscriptions ?? [])].length, 1_000);
});
