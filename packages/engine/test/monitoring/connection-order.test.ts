import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionFacts } from "../../src/connection/connection-facts.ts";
import { connectionOrder } from "../../src/monitoring/connection-order.ts";

test("connections with most to be sent come first", () => {
  const facts = [0, 10, 5].map((pendingBytes) => ({ pendingBytes }) as ConnectionFacts);
  const order = connectionOrder("pending", 0);
  assert.deepEqual(
    facts.toSorted(order).map(({ pendingBytes }) => pendingBytes),
    [10, 5, 0],
  );
});
