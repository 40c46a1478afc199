import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { DeadLetterWorker } from "@oxbow/platform";
import {
  type CollectorOptions,
  HistoryCollector,
  type HistoryNews,
  type HistorySource,
  type StreamSample,
} from "@oxbow/platform/history";
import { StandingClock } from "@oxbow/testkit/clock";
import { ServiceBench } from "../service/service-bench.ts";
import { eventually } from "../support/deadline.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const hourMs = 3_600_000;
const stepMs = 10_000;

/** A server that tells what other ones do not. */
class KnowingSource implements HistorySource {
  #sample: StreamSample | undefined = undefined;
  #stored = 0;

  change(numbers: {
    readonly storedBytes: number;
    readonly deliveredBytes: number;
    readonly waiting: number;
    readonly oldestAtMs: number;
  }): void {
    const { storedBytes, deliveredBytes, waiting, oldestAtMs } = numbers;
    this.#stored += waiting;
    const counts = { delivered: 0, acknowledged: 0, inFlight: 0, redelivered: 0, inFlightMax: 0 };
    this.#sample = {
      ...{ stream: "orders$1", station: "orders", partition: 1, created: "now" },
      ...{ lastSequence: this.#stored, messages: this.#stored, bytes: storedBytes, storedBytes },
      ...{ messagesMax: null, bytesMax: null },
      consumers: [{ group: "billing", ...counts, waiting, deliveredBytes, oldestAtMs }],
    };
  }

  look(): Promise<HistoryNews> {
    const changed = this.#sample === undefined ? [] : [this.#sample];
    this.#sample = undefined;
    return Promise.resolve({ changed, gone: [], deadLetters: 0 });
  }
}

onEachTarget("the past of stations and groups", (target) => {
  let clock: StandingClock;
  let collector: HistoryCollector;
  let bench: ServiceBench;
  const clients: OfficialClient[] = [];
  const problems: unknown[] = [];

  async function collect(options: Partial<CollectorOptions> = {}): Promise<HistoryCollector> {
    const client = await openOfficialClient(target.server);
    clients.push(client);
    const onProblem = (problem: unknown): void => void problems.push(problem);
    return HistoryCollector.start(client.nc, { clock, onProblem, ...options });
  }

  beforeEach(async () => {
    // What is written is stored later than it was seen, by any clock.
    const startMs = Date.now() - 20 * hourMs;
    clock = new StandingClock(startMs - (startMs % hourMs));
    collector = await collect();
    bench = await ServiceBench.open(target.server, { history: { clock, recent: collector } });
    await bench.control.call("station.create", { station: "orders" }, { partitions: 2 });
  });

  afterEach(async () => {
    await collector.close();
    await bench[Symbol.asyncDispose]();
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]();
    assert.deepEqual(problems.splice(0), []);
  });

  async function step(count = 1): Promise<void> {
    for (let left = count; left > 0; left--) {
      clock.advance(stepMs);
      await collector.look();
    }
  }

  async function produce(count: number): Promise<void> {
    const { js } = bench.client;
    for (let index = 0; index < count; index++) await js.publish("orders$1.a", "{}");
  }

  test("is kept in points of ten seconds, where something was different", async () => {
    await step();
    await produce(5);
    await bench.control.call("group.create", { station: "orders", group: "billing" }, {});
    await step();
    await produce(10);
    await step(2);
    const from = new Date(clock.nowMs() - 60_000).toISOString();
    const { points, ...said } = await bench.control.call(
      "history.station",
      { station: "orders" },
      { from },
    );
    assert.deepEqual([said.stepMs, points.length], [stepMs, 6]);
    const seen = points.map(({ inPerSecond, messages, lag, lagMax }) => [
      ...[inPerSecond, messages, lag, lagMax],
    ]);
    assert.deepEqual(seen.slice(2), [
      [0, 0, 0, 0],
      [0.5, 5, 5, 5],
      [1, 15, 15, 15],
      [0, 15, 15, 15],
    ]);
    const group = await bench.control.call(
      "history.group",
      { station: "orders", group: "billing" },
      { from, stepMs: 60_000 },
    );
    const { lag, lagMax, inFlight } = group.points.at(-1) as (typeof group.points)[number];
    assert.deepEqual([lag, lagMax, inFlight], [15, 15, 0]);
    const all = await bench.control.call("history.overview", {}, { from, stepMs: 60_000 });
    const last = all.points.at(-1) as (typeof all.points)[number];
    assert.deepEqual([last.inPerSecondMax, last.messages, last.deadLetters], [1, 15, 0]);
    // Nobody who only asks a server knows these.
    assert.deepEqual([last.inBytesPerSecond, last.lagMs], [null, null]);
  });

  test("tells bytes, and how long what waits has waited, where the server knows", async () => {
    await collector.close();
    // What it has not seen it can't tell.
    await bench.service.close();
    const source = new KnowingSource();
    collector = await collect({ source });
    await using other = await ServiceBench.open(target.server, {
      history: { clock, recent: collector },
    });
    source.change({ storedBytes: 0, deliveredBytes: 0, waiting: 0, oldestAtMs: 0 });
    await step();
    const oldestAtMs = clock.nowMs() + 7_000;
    source.change({ storedBytes: 500, deliveredBytes: 0, waiting: 5, oldestAtMs });
    await step(2);
    source.change({ storedBytes: 500, deliveredBytes: 500, waiting: 0, oldestAtMs: 0 });
    await step();
    const range = { from: new Date(clock.nowMs() - 3 * stepMs).toISOString() };
    const place = { station: "orders" };
    const { points } = await other.control.call("history.station", place, range);
    assert.deepEqual(
      points.map(({ inBytesPerSecond, outBytesPerSecond, lagMs }) => [
        ...[inBytesPerSecond, outBytesPerSecond, lagMs],
      ]),
      [
        [50, 0, 3_000],
        [0, 0, 13_000],
        [0, 50, 0],
      ],
    );
    await other.control.call("group.create", { ...place, group: "billing" }, {});
    const group = await other.control.call("history.group", { ...place, group: "billing" }, range);
    assert.deepEqual(
      group.points.map(({ deliveredBytesPerSecond, lagMs }) => [deliveredBytesPerSecond, lagMs]),
      [
        [0, 3_000],
        [0, 13_000],
        [50, 0],
      ],
    );
    const all = await other.control.call("history.overview", {}, range);
    assert.deepEqual(
      all.points.map(({ inBytesPerSecond, lagMs }) => [inBytesPerSecond, lagMs]),
      [
        [50, 3_000],
        [0, 13_000],
        [0, 0],
      ],
    );
  });

  test("tells how many dead letters each station had", async () => {
    await using worker = await DeadLetterWorker.start(bench.platform.nc);
    await bench.control.call("station.create", { station: "quiet" }, {});
    await bench.control.call("group.create", { station: "orders", group: "billing" }, {});
    await produce(2);
    await step();
    const { js } = bench.client;
    const consumer = await js.consumers.get("orders$1", "billing");
    (await consumer.next())?.term("no");
    const letters = async (station: string): Promise<number | null | undefined> => {
      const { points } = await bench.control.call("history.station", { station }, {});
      return points.at(-1)?.deadLetters;
    };
    await eventually("the dead letter", async () => {
      // They are counted now and then.
      await step(3);
      return (await letters("orders")) === 1 ? true : undefined;
    });
    assert.equal(await letters("quiet"), 0);
    assert.ok(worker);
  });

  test("tells what was delivered and acknowledged", async () => {
    await bench.control.call("group.create", { station: "orders", group: "billing" }, {});
    await produce(4);
    await step();
    const { js } = bench.client;
    const consumer = await js.consumers.get("orders$1", "billing");
    for (let index = 0; index < 4; index++) {
      const message = await consumer.next();
      if (index < 3) await message?.ackAck();
    }
    await step();
    const names = { station: "orders", group: "billing" };
    const { points } = await bench.control.call("history.group", names, {});
    const { deliveredPerSecond, acknowledgedPerSecond, lag, inFlight } = points.at(
      -1,
    ) as (typeof points)[number];
    assert.deepEqual([deliveredPerSecond, acknowledgedPerSecond, lag, inFlight], [0.4, 0.3, 1, 1]);
    const station = await bench.control.call("history.station", { station: "orders" }, {});
    const { outPerSecond } = station.points.at(-1) as (typeof station.points)[number];
    assert.equal(outPerSecond, 0.4);
  });

  test("is told by who did not collect it, also after who did has died", async () => {
    await produce(3);
    await step(7);
    collector.abandon();
    clock.advance(60_000);
    collector = await collect();
    await produce(2);
    // Until nobody is heard of who had the lease.
    await eventually("the lease", async () => {
      clock.advance(5_000);
      await collector.look();
      await bench.client.nc.flush();
      return collector.isCollecting ? true : undefined;
    });
    await step();
    await produce(4);
    await step(7);
    await using other = await ServiceBench.open(target.server, { history: { clock } });
    const { points } = await other.control.call(
      "history.station",
      { station: "orders" },
      { stepMs },
    );
    const rates = points.map(({ inPerSecond }) => inPerSecond).filter((rate) => rate > 0);
    assert.deepEqual(rates, [0.3, 0.4]);
    assert.equal(points.at(-1)?.messages, 9);
  });

  test("is collected by one at a time", async () => {
    const second = await collect();
    await produce(1);
    await step();
    await second.look();
    await produce(1);
    await step();
    await second.look();
    await collector.close();
    await step(6);
    await second.close();
    const { streams } = bench.client.jsm;
    const { state } = await streams.info("OXBOW_HISTORY", { subjects_filter: ">" });
    assert.deepEqual(Object.keys(state.subjects ?? {}).sort(), [
      "$OXBOW.HISTORY.ALL",
      "$OXBOW.HISTORY.STATION.orders",
    ]);
    const { points } = await bench.control.call("history.station", { station: "orders" }, {});
    const rates = points.map(({ inPerSecond }) => inPerSecond).filter((rate) => rate > 0);
    assert.deepEqual(rates, [0.1, 0.1]);
  });

  test("costs nothing on the server while nothing happens", async () => {
    await produce(1);
    await step(40);
    const { streams } = bench.client.jsm;
    const before = await Promise.all([
      streams.info("OXBOW_HISTORY"),
      streams.info("KV_oxbow_history"),
    ]);
    clock.advance(hourMs);
    await collector.look();
    const after = await Promise.all([
      streams.info("OXBOW_HISTORY"),
      streams.info("KV_oxbow_history"),
    ]);
    assert.deepEqual(
      after.map(({ state }) => state.last_seq),
      before.map(({ state }) => state.last_seq),
    );
    // It is known all the same how it was.
    const { points } = await bench.control.call("history.station", { station: "orders" }, {});
    assert.deepEqual([points.at(0)?.messages, points.at(-1)?.messages], [1, 1]);
    await produce(2);
    await step();
    const again = await bench.control.call("history.station", { station: "orders" }, {});
    assert.deepEqual([again.points.at(0)?.messages, again.points.at(-1)?.messages], [1, 3]);
  });

  test("is refused where it can't be asked for so", async () => {
    const ask = (request: object): Promise<unknown> =>
      bench.control.call("history.station", { station: "orders" }, request);
    const now = new Date(clock.nowMs()).toISOString();
    await assert.rejects(ask({ from: now, to: now }), { code: "HISTORY_INVALID" });
    await assert.rejects(ask({ stepMs: 15_000 }), /multiple/);
    const early = new Date(clock.nowMs() - 30 * hourMs).toISOString();
    await assert.rejects(ask({ from: early }), /24 hours/);
    const day = new Date(clock.nowMs() - 24 * hourMs).toISOString();
    await assert.rejects(ask({ from: day, stepMs }), /2000 points/);
    await assert.rejects(ask({ from: "yesterday" }), { code: "API_REQUEST_INVALID" });
    await assert.rejects(bench.control.call("history.station", { station: "none" }, {}), {
      code: "STATION_NOT_FOUND",
    });
    await assert.rejects(
      bench.control.call("history.group", { station: "orders", group: "none" }, {}),
      { code: "GROUP_NOT_FOUND" },
    );
  });
});
