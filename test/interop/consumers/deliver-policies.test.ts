import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../support/inbox.ts";
import { RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** Bodies say subject and sequence: a1 b2 a3 c4 b5. */
const SUBJECTS = ["a", "b", "a", "c", "b"];

/** Policy, configuration, bodies it must deliver of the five, and whether the sixth comes as well. */
const CASES: readonly [string, Record<string, unknown>, readonly string[]][] = [
  ["all", { deliver_policy: "all" }, ["a1", "b2", "a3", "c4", "b5"]],
  ["last", { deliver_policy: "last" }, ["b5"]],
  ["last of a filter", { deliver_policy: "last", filter_subject: "*.a" }, ["a3"]],
  ["new", { deliver_policy: "new" }, []],
  [
    "by start sequence",
    { deliver_policy: "by_start_sequence", opt_start_seq: 3 },
    ["a3", "c4", "b5"],
  ],
  [
    "by start sequence, filtered",
    { deliver_policy: "by_start_sequence", opt_start_seq: 2, filter_subject: "*.a" },
    ["a3"],
  ],
  [
    "by a start sequence yet to come",
    { deliver_policy: "by_start_sequence", opt_start_seq: 6 },
    [],
  ],
  [
    "last per subject",
    { deliver_policy: "last_per_subject", filter_subject: "*.*" },
    ["a3", "c4", "b5"],
  ],
  [
    "last per subject of some",
    { deliver_policy: "last_per_subject", filter_subjects: ["*.a", "*.b"] },
    ["a3", "b5"],
  ],
];

onEachTarget("deliver policies", (target) => {
  for (const storage of ["file", "memory"]) {
    for (const [index, [policy, config, expected]] of CASES.entries()) {
      test(`${policy} (${storage})`, async () => {
        await using raw = await RawJetStream.open(target.server);
        const prefix = `P${index}${storage}`;
        await raw.createStream(prefix, { subjects: [`${prefix}.*`], storage });
        for (const [position, subject] of SUBJECTS.entries()) {
          await raw.publish(`${prefix}.${subject}`, `${subject}${position + 1}`);
        }
        const filter = (text: string): string => text.replace("*", prefix);
        const filters: Record<string, unknown> = {};
        if (typeof config["filter_subject"] === "string") {
          filters["filter_subject"] = filter(config["filter_subject"]);
        }
        if (Array.isArray(config["filter_subjects"])) {
          filters["filter_subjects"] = config["filter_subjects"].map(filter);
        }
        const info = await raw.createConsumer(prefix, "c", { ...config, ...filters });
        assert.equal(info["num_pending"], expected.length);
        await raw.publish(`${prefix}.a`, "a6");
        const inbox = raw.pull(prefix, "c", { batch: 10 });
        const messages = await inbox.take(expected.length + 1);
        assert.deepEqual(texts(messages), [...expected, "a6"]);
      });
    }
  }

  test("by start time", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("TIME");
    await raw.publishAll("TIME", ["1", "2", "3"]);
    const second = await raw.ok("STREAM.MSG.GET.TIME", { seq: 2 });
    await raw.createConsumer("TIME", "c", {
      deliver_policy: "by_start_time",
      opt_start_time: second["message"].time,
    });
    assert.deepEqual(texts(await raw.pull("TIME", "c", { batch: 2 }).take(2)), ["2", "3"]);
  });

  test("by a start time yet to come", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("FUTURE");
    await raw.publishAll("FUTURE", ["1"]);
    const info = await raw.createConsumer("FUTURE", "c", {
      deliver_policy: "by_start_time",
      opt_start_time: new Date(Date.now() + 3_600_000).toISOString(),
    });
    assert.equal(info["num_pending"], 0);
  });

  test("all passes over deleted messages", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("HOLES");
    await raw.publishAll("HOLES", ["1", "2", "3", "4"]);
    await raw.ok("STREAM.MSG.DELETE.HOLES", { seq: 2 });
    await raw.createConsumer("HOLES", "c");
    assert.deepEqual(texts(await raw.pull("HOLES", "c", { batch: 3 }).take(3)), ["1", "3", "4"]);
  });
});
