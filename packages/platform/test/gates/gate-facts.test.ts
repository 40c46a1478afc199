import assert from "node:assert/strict";
import { test } from "node:test";
import type { StreamConfig } from "@nats-io/jetstream";
import { readSettings, streamOf } from "oxbow/internal";
import { gateFactsOf } from "../../src/gates/gate-facts.ts";

function configOf(station: string, request: object, partition: number): StreamConfig {
  return streamOf(station, readSettings(request), partition) as unknown as StreamConfig;
}

test("the first partition speaks for a station", () => {
  const settings = { partitions: 2, messageBytesMax: 100 };
  assert.deepEqual(gateFactsOf(configOf("prod.orders", settings, 1)), {
    station: "prod.orders",
    token: "prod#orders",
    partitions: 2,
    moreSubjects: ["$OXBOW.RS.prod#orders$1.*.*", "$OXBOW.RS.prod#orders$2.*.*"],
    keepsRefused: true,
    messageBytesMax: 100,
  });
  assert.equal(gateFactsOf(configOf("prod.orders", settings, 2)), undefined);
});

test("subjects that were added to it by hand belong to it", () => {
  const config = configOf("orders", {}, 1);
  const facts = gateFactsOf({ ...config, subjects: [...config.subjects, "old.orders"] });
  assert.deepEqual(facts, {
    station: "orders",
    token: "orders",
    partitions: 1,
    moreSubjects: ["$OXBOW.RS.orders.*.*", "old.orders"],
    keepsRefused: true,
  });
  const without = configOf("orders", { deadLetterReasons: ["exhausted"] }, 1);
  assert.equal(gateFactsOf(without)?.keepsRefused, false);
});

test("a plain client's stream has its subjects, and tells of its limit itself", () => {
  const config = { name: "LEGACY", subjects: ["a.*"], max_msg_size: 10 } as StreamConfig;
  assert.deepEqual(gateFactsOf(config), {
    station: "LEGACY",
    token: "LEGACY",
    partitions: 1,
    subjects: ["a.*"],
  });
});

test("buckets have none, nor what only says that it is a station", () => {
  const config = configOf("orders", {}, 1);
  assert.equal(gateFactsOf({ ...config, name: "KV_orders" }), undefined);
  assert.equal(gateFactsOf({ ...config, name: "other" }), undefined);
  const metadata = { ...config.metadata, "oxbow.station": "no station" };
  assert.equal(gateFactsOf({ ...config, metadata }), undefined);
  const many = { ...config.metadata, "oxbow.partitions": "1000000000" };
  assert.equal(gateFactsOf({ ...config, metadata: many }), undefined);
});
