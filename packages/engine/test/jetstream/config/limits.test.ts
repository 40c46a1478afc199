import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerConfig } from "../../../src/jetstream/config/consumer-config.ts";
import { storedConsumerConfig } from "../../../src/jetstream/config/consumer-config.ts";
import { checkConsumerCreate } from "../../../src/jetstream/config/consumer-requests.ts";
import type { Checked } from "../../../src/jetstream/config/errors.ts";
import { type JetStreamLimits, unlimited } from "../../../src/jetstream/config/limits.ts";
import {
  type StreamConfig,
  storedStreamConfig,
} from "../../../src/jetstream/config/stream-config.ts";
import {
  checkStreamCreate,
  checkStreamUpdate,
} from "../../../src/jetstream/config/stream-requests.ts";

const noUsage = { streamCount: 0, memoryReserved: 0, storageReserved: 0 };

function stream(
  config: object,
  limits: Partial<JetStreamLimits> = {},
  usage = noUsage,
): Checked<StreamConfig> {
  return checkStreamCreate({
    request: Buffer.from(JSON.stringify({ name: "S", ...config })),
    subjectName: "S",
    limits: { ...unlimited, ...limits },
    usage,
    current: undefined,
  });
}

function unwrap<T>(checked: Checked<T>): T {
  if (!checked.ok) assert.fail(checked.error.description);
  return checked.value;
}

function codeOf(checked: Checked<unknown>): number | undefined {
  return checked.ok ? undefined : checked.error.err_code;
}

function consumer(
  config: object,
  limits: Partial<JetStreamLimits>,
  consumerCount = 0,
  own = {},
): Checked<ConsumerConfig> {
  const decided = checkConsumerCreate({
    request: Buffer.from(JSON.stringify({ stream_name: "S", config })),
    subject: { api: "create", stream: "S", consumer: "c", filter: "" },
    limits: { ...unlimited, ...limits },
    stream: unwrap(stream(own)),
    consumerCount,
    find: () => undefined,
    randomSuffix: () => "RANDOMLY",
    hasInterest: () => false,
    consumers: [],
  });
  return decided.ok ? { ok: true, value: decided.value.config } : decided;
}

test("an account has room for so many streams", () => {
  assert.equal(codeOf(stream({}, { streamsMax: 2 }, { ...noUsage, streamCount: 1 })), undefined);
  assert.equal(codeOf(stream({}, { streamsMax: 2 }, { ...noUsage, streamCount: 2 })), 10027);
});

test("what streams reserve must fit", () => {
  const usage = { streamCount: 1, memoryReserved: 60, storageReserved: 60 };
  const limits = { memoryBytesMax: 100, storageBytesMax: 100 };
  assert.equal(codeOf(stream({ max_bytes: 40 }, limits, usage)), undefined);
  assert.equal(codeOf(stream({ max_bytes: 41 }, limits, usage)), 10047);
  assert.equal(codeOf(stream({ max_bytes: 41, storage: "memory" }, limits, usage)), 10028);
  assert.equal(codeOf(stream({}, limits, { ...usage, storageReserved: 100 })), 10047);
});

test("limits on a stream", () => {
  assert.equal(codeOf(stream({}, { requiresMaxBytes: true })), 10113);
  assert.equal(codeOf(stream({ max_bytes: 11 }, { storageStreamBytesMax: 10 })), 10122);
  assert.equal(codeOf(stream({ max_consumers: 11 }, { consumersMax: 10 })), 10026);
  const limits = { duplicateWindowMax: 60_000_000_000n };
  assert.equal(unwrap(stream({}, limits)).duplicate_window, 60_000_000_000n);
  const refused = stream({ duplicate_window: 61e9 }, limits);
  assert.equal(
    refused.ok ? "" : refused.error.description,
    "duplicates window can not be larger then server limit of 1m0s",
  );
  assert.equal(codeOf(stream({ pedantic: true }, limits)), 10157);
});

test("limits on consumers", () => {
  assert.equal(codeOf(consumer({}, { consumersMax: 1 }, 1)), 10026);
  assert.equal(codeOf(consumer({}, { consumersMax: 5 }, 1, { max_consumers: 1 })), 10026);
  assert.equal(codeOf(consumer({}, { consumersMax: 5 }, 1, { max_consumers: 2 })), undefined);
  const explicit = { ack_policy: "explicit" };
  assert.equal(unwrap(consumer(explicit, { ackPendingMax: 7 })).max_ack_pending, 7);
  assert.equal(codeOf(consumer({ ...explicit, max_ack_pending: 8 }, { ackPendingMax: 7 })), 10121);
  assert.equal(unwrap(consumer({}, { requestBatchMax: 9 })).max_batch, 9);
  assert.equal(codeOf(consumer({ max_batch: 10 }, { requestBatchMax: 9 })), 10125);
});

test("an update may use what the stream had reserved before", () => {
  const current = unwrap(stream({ max_bytes: 50 }));
  const update = (maxBytes: number): Checked<StreamConfig> =>
    checkStreamUpdate({
      request: Buffer.from(JSON.stringify({ name: "S", max_bytes: maxBytes })),
      subjectName: "S",
      limits: { ...unlimited, storageBytesMax: 100 },
      usage: { ...noUsage, storageReserved: 40 },
      current,
      consumers: [],
    });
  assert.equal(codeOf(update(60)), undefined);
  assert.equal(codeOf(update(61)), 10047);
});

test("stored configurations come back as they were", () => {
  const config = unwrap(
    stream({ max_age: 34_560_000_000_000_000, metadata: { a: "<" }, first_seq: 9 }),
  );
  assert.deepEqual(storedStreamConfig.decode(storedStreamConfig.encode(config)), {
    ok: true,
    value: config,
  });
  const other = unwrap(
    stream({ max_age: 34_560_000_000_000_000, metadata: { a: ">" }, first_seq: 9 }),
  );
  assert.equal(storedStreamConfig.equals(config, other), false);
  const start = { deliver_policy: "by_start_time", opt_start_time: "2020-01-01T00:00:00.5+01:00" };
  const consumed = unwrap(consumer({ ...start, backoff: [1e9] }, {}));
  const stored = unwrap(storedConsumerConfig.decode(storedConsumerConfig.encode(consumed)));
  assert.deepEqual(stored, consumed);
  assert.equal(storedConsumerConfig.equals(stored, consumed), true);
});

// Up to 2.14 a lone nats-server takes it; 2.15 refuses it with 10074, which is why no recording has it.
test("more replicas are refused for a new stream and accepted for one that is there", () => {
  assert.equal(codeOf(stream({ num_replicas: 3 })), 10074);
  const input = {
    request: Buffer.from(JSON.stringify({ name: "S", num_replicas: 3 })),
    subjectName: "S",
    limits: unlimited,
    usage: noUsage,
    current: unwrap(stream({})),
    consumers: [],
  };
  assert.equal(unwrap(checkStreamUpdate(input)).num_replicas, 3);
});
