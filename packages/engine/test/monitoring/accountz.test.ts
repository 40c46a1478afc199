import assert from "node:assert/strict";
import { test } from "node:test";
import { createUser } from "@nats-io/nkeys";
import { accountInfo } from "../../src/monitoring/accountz.ts";
import { OperatorWorld } from "../auth/jwt/operator-world.ts";
import { openEngine } from "../connection/open-engine.ts";

/** What is told of an account whose JWT says `nats`. */
async function infoOf(nats: Record<string, unknown>): Promise<Record<string, unknown>> {
  const world = new OperatorWorld();
  const account = world.addAccount("A", undefined, nats);
  const auth = { mode: "operator", operator: world.options() } as const;
  const { engine } = await openEngine({ auth });
  try {
    const found = await engine.operator?.accounts.find(account.getPublicKey());
    assert.equal(found?.ok, true);
    return accountInfo(engine, account.getPublicKey());
  } finally {
    await engine.destroy();
  }
}

test("an export whose latency can't be measured is offered without", async () => {
  const service_latency = { sampling: 50, results: "latency" };
  const service = { type: "service", service_latency };
  const { exports: offered } = await infoOf({
    exports: [
      { subject: "streamed", response_type: "Stream", ...service },
      { subject: "single", ...service },
      { subject: "kept", type: "stream" },
    ],
  });
  assert.deepEqual(offered, [
    { subject: "streamed", type: "service", response_type: "Streamed" },
    { subject: "single", type: "service", response_type: "Singleton", service_latency },
    { subject: "kept", type: "stream" },
  ]);
});

test("times of revocations that no calendar has are told as the nearest that one has", async () => {
  const [first, second] = [createUser().getPublicKey(), createUser().getPublicKey()].sort();
  const revocations = { [first as string]: 9e18, [second as string]: -9e18 };
  const { revoked_user: revoked, expired, complete } = await infoOf({ revocations });
  assert.deepEqual(revoked, {
    [first as string]: "9999-12-31T23:59:59Z",
    [second as string]: "0001-01-01T00:00:00Z",
  });
  assert.deepEqual([expired, complete], [false, true]);
});
