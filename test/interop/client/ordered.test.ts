import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { Groups } from "@oxbow/platform";
import { connect, type HandleOptions, type Message, type Oxbow } from "oxbow";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ClientBench } from "./support/bench-client.ts";

const ordered = { orderedByKey: true } as const;
/** What a member that is gone had comes again after this. */
const soon = { ...ordered, maxAckTimeMs: 1_000 };

/** What members handle, held to the order of each key. */
class Book {
  readonly done: number[] = [];
  /** Of the last message of each member. */
  readonly byMember = new Map<string, Set<number>>();
  most = 0;
  readonly #busy = new Map<string, number>();
  readonly #keys: number;

  constructor(keys: number) {
    this.#keys = keys;
  }

  begin({ key = "", value }: Message<number>): void {
    const busy = this.#busy.get(key);
    assert.equal(busy, undefined, `${value} while ${busy} of ${key} is not done`);
    const before = value - this.#keys;
    assert.ok(before < 0 || this.done.includes(before), `${value} before ${before}`);
    this.#busy.set(key, value);
    this.most = Math.max(this.most, this.#busy.size);
  }

  end({ key = "", value }: Message<number>, isDone: boolean): void {
    this.#busy.delete(key);
    if (isDone) this.done.push(value);
  }

  async reaches(count: number): Promise<void> {
    await eventually(`${count} messages to be handled`, async () => {
      await pause(5);
      return new Set(this.done).size >= count ? true : undefined;
    });
  }
}

async function fill(ox: Oxbow, count: number, keys: number, from = 0): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  const options = (value: number) => ({ key: `k${value % keys}` });
  const { failures } = await ox.station<number>("orders").produceMany(numbers, { options });
  assert.deepEqual(failures, []);
}

const options: HandleOptions<Message<number>> = {
  group: "g",
  create: ordered,
  concurrency: 8,
  onError: () => undefined,
};

onEachTarget("consuming in order per key", (target) => {
  for (const partitions of [1, 3]) {
    test(`handles one message of a key at a time, ${partitions} partitions`, async () => {
      await using bench = await ClientBench.open(target.server);
      await using other = await connect({ servers: target.server.url });
      await bench.stations.create("orders", { partitions });
      await fill(bench.ox, 60, 5);
      const book = new Book(5);
      const failing = new Set([7, 21, 22]);
      const handle = async (message: Message<number>): Promise<void> => {
        book.begin(message);
        for (let turns = 0; turns < 3; turns++) await turn();
        const fails = failing.delete(message.value);
        book.end(message, !fails);
        if (fails) throw new Error("not now");
      };
      const runs = [bench.ox, other].map((ox) =>
        ox.station<number>("orders").consume(options, handle),
      );
      await book.reaches(60);
      for (const run of runs) await run.stop();
      assert.ok(book.most > 1);
      assert.equal(book.done.length, 60);
      const groups = await Groups.open(bench.official.nc);
      assert.equal((await groups.get("orders", "g")).settings.orderedByKey, true);
    });
  }

  test("goes on at another member when one goes, with what that one had first", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, 30, 3);
    const gone = await connect({ servers: target.server.url });
    const book = new Book(3);
    const messages = gone.station<number>("orders").consume({ ...options, create: soon });
    for (const value of [0, 1, 2]) {
      const { value: message } = await messages.next();
      assert.equal(message?.value, value);
    }
    // It has one of each key, and never says what became of them.
    await gone.close();
    const attempts = new Map<number, number>();
    const run = bench.ox
      .station<number>("orders")
      .consume({ ...options, create: soon }, (message) => {
        book.begin(message);
        if (!attempts.has(message.value)) attempts.set(message.value, message.attempt);
        book.end(message, true);
      });
    await book.reaches(30);
    await run.stop();
    assert.deepEqual(
      [0, 1, 2].map((value) => attempts.get(value)),
      [2, 2, 2],
    );
  });

  test("holds up the key of a message that fails, and no other", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, 12, 2);
    const book = new Book(2);
    const order: number[] = [];
    const wait = { ...options, retryDelayMs: 20 };
    const { promise: areOthersDone, resolve } = Promise.withResolvers<void>();
    const run = bench.ox.station<number>("orders").consume(wait, async (message) => {
      book.begin(message);
      order.push(message.value);
      if (message.value === 11) resolve();
      const fails = message.value === 2 && message.attempt < 3;
      if (fails) await areOthersDone;
      book.end(message, !fails);
      if (fails) throw new Error("not now");
      if (message.value === 4) await message.deadLetter("never");
      if (message.value === 6) message.term();
    });
    await book.reaches(12);
    await run.stop();
    assert.deepEqual(
      order.filter((value) => value % 2 === 0),
      [0, 2, 2, 2, 4, 6, 8, 10],
    );
    await eventually("nothing to be in flight", async () => {
      const { num_ack_pending: pending } = await bench.official.jsm.consumers.info("orders", "g");
      return pending === 0 ? true : undefined;
    });
  });

  test("gives up what is delivered too often, and its key goes on", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, 6, 1);
    const seen: number[] = [];
    const create = { ...ordered, maxDeliveries: 2 };
    const few = { ...options, group: "few", create };
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const run = bench.ox.station<number>("orders").consume(few, ({ value }) => {
      seen.push(value);
      if (value === 5) resolve();
      if (value === 1) throw new Error("never");
    });
    await isOver;
    await run.stop();
    assert.deepEqual(seen, [0, 1, 1, 2, 3, 4, 5]);
  });

  test("is rewound while a member consumes", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, 20, 4);
    const seen: number[] = [];
    const run = bench.ox.station<number>("orders").consume(options, ({ value }) => {
      seen.push(value);
    });
    const all = async (count: number): Promise<true | undefined> =>
      seen.length >= count ? true : undefined;
    await eventually("all to be handled", async () => {
      await pause(5);
      return await all(20);
    });
    const groups = await Groups.open(bench.official.nc);
    await eventually("all to be acknowledged", async () => {
      const { inFlight } = await groups.get("orders", "g");
      return inFlight === 0 ? true : undefined;
    });
    await groups.rewind("orders", "g", { from: "beginning" });
    await eventually("all to be handled again", async () => {
      await pause(5);
      return await all(40);
    });
    await run.stop();
    for (let key = 0; key < 4; key++) {
      const values = seen.slice(20).filter((value) => value % 4 === key);
      assert.deepEqual(values, [key, key + 4, key + 8, key + 12, key + 16]);
    }
  });

  test("shares partitions among the members that there are", async () => {
    await using bench = await ClientBench.open(target.server);
    await using other = await connect({ servers: target.server.url });
    await bench.stations.create("orders", { partitions: 2 });
    const partitions = [new Set<number>(), new Set<number>()];
    const runs = [bench.ox, other].map((ox, member) =>
      ox.station<number>("orders").consume({ ...options, create: soon }, ({ partition }) => {
        partitions[member]?.add(partition);
      }),
    );
    let count = 0;
    await eventually("each member to have a partition", async () => {
      for (const each of partitions) each.clear();
      await fill(bench.ox, 16, 16, (count += 16));
      await pause(50);
      const isShared = partitions.every(({ size }) => size === 1);
      return isShared ? true : undefined;
    });
    for (const run of runs) await run.stop();
  });

  test("refuses what can't be in order", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await fill(bench.ox, 3, 1);
    const groups = await Groups.open(bench.official.nc);
    await refuses(
      groups.create("orders", "g", { orderedByKey: true, maxInFlight: null }),
      "GROUP_INVALID",
      /has a limit/,
    );
    await groups.create("orders", "g", ordered);
    await refuses(groups.create("orders", "g"), "GROUP_EXISTS", /other settings/);
    const change = { orderedByKey: false } as object;
    await refuses(groups.edit("orders", "g", change), "GROUP_FIXED", /another group/);
    await refuses(groups.edit("orders", "g", { maxInFlight: null }), "GROUP_INVALID", /limit/);
    assert.equal(
      (await groups.edit("orders", "g", { maxInFlight: 7 })).settings.orderedByKey,
      true,
    );
    const orders = bench.ox.station<number>("orders");
    await refuses(orders.fetch(1, { group: "g" }), "OPTIONS_INVALID", /consume it instead/);
    await refuses(
      orders.consume({ group: "g", keepWorking: false }).next(),
      "OPTIONS_INVALID",
      /keepWorking can't be false/,
    );
    // A client that knows nothing of it gets nothing.
    const { nc } = bench.official;
    const subject = "$JS.API.CONSUMER.MSG.NEXT.orders.g";
    const answer = await nc.request(subject, JSON.stringify({ batch: 1, expires: 1_000_000_000 }));
    assert.equal(answer.headers?.code, 400);
    assert.match(answer.headers?.description ?? "", /Priority Group/);
  });
});
