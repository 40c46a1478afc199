import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "@oxbow/log";
import {
  type ConsumerConfig,
  storedConsumerConfig,
} from "../../../src/jetstream/config/consumer-config.ts";
import { startPosition } from "../../../src/jetstream/consumer/start-position.ts";
import { append, openLog } from "../support/test-log.ts";

function config(members: object): ConsumerConfig {
  const decoded = storedConsumerConfig.decode(Buffer.from(JSON.stringify(members)));
  assert.ok(decoded.ok);
  return decoded.value;
}

/** Messages 2 to 6, of a, b, a, c, b. */
async function sixMessages(): Promise<Log> {
  const log = await openLog();
  for (const subject of ["gone", "a", "b", "a", "c", "b"]) append(log, subject);
  log.remove(1);
  return log;
}

for (const [members, sequence] of [
  [{ deliver_policy: "all" }, 2],
  [{ deliver_policy: "new" }, 7],
  [{ deliver_policy: "last" }, 6],
  [{ deliver_policy: "last", filter_subject: "a" }, 4],
  [{ deliver_policy: "last", filter_subjects: ["a", "c"] }, 5],
  [{ deliver_policy: "last", filter_subject: "none" }, 7],
  [{ deliver_policy: "by_start_sequence", opt_start_seq: 1 }, 2],
  [{ deliver_policy: "by_start_sequence", opt_start_seq: 4 }, 4],
  [{ deliver_policy: "by_start_sequence", opt_start_seq: 99 }, 99],
] as const) {
  test(`${JSON.stringify(members)} begins at ${sequence}`, async () => {
    const position = startPosition(await sixMessages(), config(members), 0);
    assert.deepEqual(position, { sequence, skipList: [], resumeSequence: 0 });
  });
}

test("by_start_time begins with the message that was found for it", async () => {
  const log = await sixMessages();
  const timed = config({ deliver_policy: "by_start_time", opt_start_time: "1970-01-01T00:00:01Z" });
  assert.equal(startPosition(log, timed, 5).sequence, 5);
});

test("last_per_subject delivers the last of each subject and goes on behind the end", async () => {
  const log = await sixMessages();
  const all = config({ deliver_policy: "last_per_subject", filter_subject: ">" });
  assert.deepEqual(startPosition(log, all, 0), {
    sequence: 4,
    skipList: [4, 5, 6],
    resumeSequence: 7,
  });
  const none = config({ deliver_policy: "last_per_subject", filter_subject: "none" });
  assert.deepEqual(startPosition(log, none, 0), {
    sequence: 7,
    skipList: [],
    resumeSequence: 7,
  });
});

test("an empty log begins with its first message", async () => {
  const log = await openLog();
  for (const policy of ["all", "new", "last"]) {
    assert.equal(startPosition(log, config({ deliver_policy: policy }), 0).sequence, 1, policy);
  }
});
