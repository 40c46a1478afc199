import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore, TTL_NEVER, UNLIMITED } from "@oxbow/log";
import { SimWorld } from "@oxbow/testkit";
import fc from "fast-check";
import { append } from "./support/messages.ts";

const lifetimes = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 200 });

test("messages end in the order of their ends, those that go earlier are passed over", async () => {
  const store = await LogStore.open({ directory: undefined }, new SimWorld("x").host());
  fc.assert(
    fc.property(lifetimes, fc.array(fc.nat({ max: 199 })), (ttls, removed) => {
      const log = store.createLog("log", "memory");
      log.setLimits({ ...UNLIMITED, honoursTtls: true });
      const left = new Map<number, number>();
      for (const ttl of ttls) {
        const sequence = append(log, { subject: "a", payload: "", timeMs: 0, ttl });
        if (ttl > 0) left.set(sequence, ttl * 1000);
      }
      for (const index of removed) {
        log.remove(index + 1);
        left.delete(index + 1);
      }
      const order = [...left].sort(([a, aMs], [b, bMs]) => aMs - bMs || a - b);
      for (const [sequence, atMs] of order) {
        assert.equal(log.nextExpiryAtMs, atMs);
        assert.equal(log.nextExpired(atMs - 1), 0);
        assert.equal(log.nextExpired(atMs), sequence);
        log.remove(sequence);
      }
      assert.equal(log.nextExpiryAtMs, undefined);
      store.deleteLog(log);
    }),
  );
});

test("messages that go before their end take no memory for ever", async () => {
  const store = await LogStore.open({ directory: undefined }, new SimWorld("x").host());
  const log = store.createLog("log", "memory");
  log.setLimits({ ...UNLIMITED, honoursTtls: true, perSubjectMax: 1 });
  append(log, { subject: "other", payload: "", timeMs: 0, ttl: 1_000 });
  append(log, { subject: "never", payload: "", timeMs: 0, ttl: TTL_NEVER });
  for (let i = 0; i < 50_000; i++)
    append(log, { subject: "a", payload: "", timeMs: i, ttl: 5_000 });
  assert.equal(log.index.expiringCount, 2);
  assert.equal(log.nextExpiryAtMs, 1_000_000);
  assert.ok(log.expiringEntries < 2_000, `${log.expiringEntries} entries for two messages`);
});
