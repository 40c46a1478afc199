import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { AckPolicy, DeliverPolicy, RetentionPolicy } from "@nats-io/jetstream";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { beginning, now, Workbench } from "../support/workbench.ts";

onEachTarget("rewinding groups", (target) => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  /** A station of so many partitions, with ten messages in each, of which a group has acknowledged six. */
  async function half(partitions: number): Promise<string[]> {
    await bench.stations.create("s", { partitions });
    const streams = partitions === 1 ? ["s"] : ["s$1", "s$2", "s$3"].slice(0, partitions);
    for (const stream of streams) {
      await bench.publish(...Array.from({ length: 10 }, (_, index) => `${stream}.${index % 2}`));
    }
    await bench.groups.create("s", "g");
    for (const stream of streams) await bench.consume(stream, "g", 6);
    return streams;
  }

  for (const partitions of [1, 3]) {
    test(`goes back and ahead, after a dry run, with ${partitions} partitions`, async () => {
      const { groups } = bench;
      const streams = await half(partitions);
      const steps = [
        [{ from: "sequence", sequence: 4 }, 4, 3, 0],
        [now, 11, 0, 7],
        [beginning, 1, 10, 0],
        [{ from: "last", messages: 2 }, 9, 0, 8],
        [{ from: "sequence", sequence: 999 }, 11, 0, 2],
        [{ from: "time", time: "2020-01-01T00:00:00+01:00" }, 1, 10, 0],
        [{ from: "time", time: new Date("2090-01-01T00:00:00Z") }, 11, 0, 10],
      ] as const;
      for (const [place, sequence, deliveredAgain, skipped] of steps) {
        const expected = {
          partitions: streams.map((_, index) => ({
            number: index + 1,
            sequence,
            deliveredAgain,
            skipped,
          })),
          deliveredAgain: deliveredAgain * partitions,
          skipped: skipped * partitions,
        };
        const { waiting } = await groups.get("s", "g");
        assert.deepEqual(await groups.rewind("s", "g", place, { isDryRun: true }), expected);
        assert.equal((await groups.get("s", "g")).waiting, waiting);
        assert.deepEqual(await groups.rewind("s", "g", place), expected);
        const group = await groups.get("s", "g");
        assert.deepEqual(group.problems, []);
        assert.equal(group.waiting, (11 - sequence) * partitions);
      }
      await groups.rewind("s", "g", { from: "sequence", sequence: 8 });
      assert.deepEqual(
        await bench.remaining(await groups.get("s", "g")),
        streams.map(() => [8, 9, 10]),
      );
    });
  }

  test("goes back to a time, with its keys, in one partition", async () => {
    const { stations, groups } = bench;
    await stations.create("s", { partitions: 2 });
    await bench.publish("s$2.a", "s$2.b", "s$2.a", "s$2.b");
    const time = await bench.publishLater("s$2.b");
    await bench.publish("s$1.a", "s$2.a");
    await groups.create("s", "g", { keys: ["a"] });
    await bench.consume("s$1", "g", 1);
    await bench.consume("s$2", "g", 3);
    const to = { from: "time", time } as const;
    const result = await groups.rewind("s", "g", to, { partition: 2 });
    assert.equal(result.deliveredAgain, 1);
    assert.deepEqual(
      result.partitions.map(({ number }) => number),
      [2],
    );
    assert.equal((await groups.get("s", "g")).waiting, 1);
    await refuses(
      groups.rewind("s", "g", to, { partition: 3 }),
      "GROUP_INVALID",
      /no partition 3: it has 1, 2/,
    );
  });

  test("counts what is in flight with what is passed over, at most", async () => {
    const { groups } = bench;
    await half(1);
    await bench.take("s", "g", 2);
    const skipped = async (sequence: number): Promise<number> => {
      const place = { from: "sequence", sequence } as const;
      return (await groups.rewind("s", "g", place, { isDryRun: true })).skipped;
    };
    assert.equal(await skipped(6), 0);
    assert.equal(await skipped(8), 1);
    assert.equal(await skipped(9), 2);
    assert.equal(await skipped(10), 3);
    await groups.rewind("s", "g", { from: "sequence", sequence: 9 });
    const { inFlight, waiting } = await groups.get("s", "g");
    assert.deepEqual({ inFlight, waiting }, { inFlight: 0, waiting: 2 });
  });

  test("lets members that are connected go on", async () => {
    const { groups, client } = bench;
    await half(1);
    const consumer = await client.js.consumers.get("s", "g");
    const messages = await consumer.consume({ max_messages: 100 });
    const seen: number[] = [];
    for await (const message of messages) {
      seen.push(message.seq);
      await message.ackAck();
      if (seen.length === 4) await groups.rewind("s", "g", { from: "sequence", sequence: 8 });
      if (seen.length === 7) break;
    }
    await messages.close();
    assert.deepEqual(seen, [7, 8, 9, 10, 8, 9, 10]);
  });

  test("that was interrupted shows, and is finished by doing it again", async () => {
    const { groups } = bench;
    const streams = await half(3);
    bench.failRequest("$JS.API.CONSUMER.RESET", 2);
    await assert.rejects(groups.rewind("s", "g", now), /cut off/);
    const { problems, partitions } = await groups.get("s", "g");
    assert.deepEqual(problems, ["a rewind to the end is not finished"]);
    assert.deepEqual(
      partitions.map(({ waiting }) => waiting),
      [4, 4, 0],
    );
    // What was published since is not passed over.
    for (const stream of streams) await bench.publish(`${stream}.0`);
    await bench.consume("s$3", "g", 1);
    assert.equal((await groups.rewind("s", "g", now, { isDryRun: true })).deliveredAgain, 1);
    await groups.rewind("s", "g", now);
    const finished = await groups.get("s", "g");
    assert.deepEqual(finished.problems, []);
    assert.deepEqual(await bench.remaining(finished), [[11], [11], [11]]);
  });

  test("that was interrupted at any request is finished by doing it again, or by another", async () => {
    const { groups } = bench;
    await half(2);
    const place = { from: "sequence", sequence: 3 } as const;
    let failures = 0;
    for (let nth = 1; ; nth++) {
      await groups.rewind("s", "g", now);
      const restore = bench.failRequest("$JS.API.", nth);
      const error = await groups.rewind("s", "g", place).catch((thrown: Error) => thrown);
      const isOver = !(error instanceof Error);
      if (!isOver) failures++;
      restore();
      if (!isOver) await groups.rewind("s", "g", nth % 2 === 0 ? beginning : place);
      const { problems, waiting } = await groups.get("s", "g");
      assert.deepEqual(problems, []);
      assert.equal(waiting, !isOver && nth % 2 === 0 ? 20 : 16);
      if (isOver) break;
    }
    assert.ok(failures > 8);
  });

  test("of a station that keeps messages until they are acknowledged drops what it passes over", async () => {
    const { stations, groups } = bench;
    await stations.create("s", { untilAcknowledged: true });
    await groups.create("s", "g");
    await bench.publish("s", "s", "s");
    assert.equal((await groups.rewind("s", "g", now)).skipped, 3);
    await bench.publish("s");
    assert.deepEqual(await bench.remaining(await groups.get("s", "g")), [[4]]);
  });

  test("that JetStream has no way for is refused before anything is rewound", async () => {
    const { stations, groups, client } = bench;
    const { consumers, streams } = client.jsm;
    await stations.create("s", { partitions: 2 });
    await bench.publish("s$1.a", "s$2.a", "s$1.a", "s$2.a");
    await groups.create("s", "last", { start: { from: "lastPerKey" } });
    await refuses(
      groups.rewind("s", "last", beginning),
      "GROUP_FIXED",
      /started with the last message of each key.*make another group/,
    );
    const plain = { ack_policy: AckPolicy.Explicit };
    await consumers.add("s$1", { ...plain, durable_name: "p" });
    await consumers.add("s$2", {
      ...plain,
      durable_name: "p",
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: 2,
    });
    await refuses(
      groups.rewind("s", "p", beginning),
      "GROUP_FIXED",
      /by a plain client to start at sequence 2, and .* rewind it to 1, before that/,
    );
    assert.deepEqual((await groups.get("s", "p")).problems, []);
    await groups.rewind("s", "p", now);
    assert.equal((await groups.get("s", "p")).waiting, 0);
    await streams.add({
      name: "work",
      subjects: ["work"],
      retention: RetentionPolicy.Workqueue,
    });
    await groups.create("work", "g");
    await refuses(groups.rewind("work", "g", beginning), "GROUP_FIXED", /work queue/);
    await refuses(groups.create("work", "h"), "GROUP_FIXED", /work queue/);
  });
});
