import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { AckPolicy } from "@nats-io/jetstream";
import { createInbox } from "@nats-io/nats-core";
import type { GroupRequest } from "@oxbow/platform";
import { withDeadline } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { Workbench } from "../support/workbench.ts";

onEachTarget("groups", (target) => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await Workbench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  test("is made with defaults, and consumed by what any client has for it", async () => {
    const { stations, groups } = bench;
    await stations.create("orders");
    await bench.publish("orders", "orders.a", "orders.b");
    const group = await groups.create("orders", "Billing.EU");
    assert.equal(group.name, "billing.eu");
    assert.equal(group.isManaged, true);
    assert.deepEqual(group.problems, []);
    assert.equal(group.settings.maxAckTimeMs, 30_000);
    assert.equal(group.waiting, 3);
    assert.equal(group.lastActiveAt, null);
    assert.deepEqual(await bench.consume("orders", "billing#eu", 2), [1, 2]);
    const { waiting, lastActiveAt, partitions } = await groups.get("orders", "billing.eu");
    assert.equal(waiting, 1);
    assert.ok(lastActiveAt !== null && lastActiveAt > group.createdAt);
    assert.equal(partitions[0]?.acknowledgedSequence, 2);
  });

  test("keeps what every setting says, with one partition and with more", async () => {
    const { stations, groups } = bench;
    const settings = {
      description: "who bills",
      keys: ["a.*", "b.>"],
      maxAckTimeMs: 1_000,
      maxDeliveries: 5,
      backoffMs: [1_000, 5_000],
      maxInFlight: 7,
      orderedByKey: true,
      tracePercent: 20,
      start: { from: "time", time: "2026-01-02T03:04:05.006Z" },
    } as const;
    for (const partitions of [1, 2]) {
      const station = `s${partitions}`;
      await stations.create(station, { partitions });
      assert.deepEqual((await groups.create(station, "all", settings)).settings, settings);
      const unbounded = { maxDeliveries: null, maxInFlight: null, keys: ["x"] };
      const { settings: others } = await groups.create(station, "unbounded", unbounded);
      assert.deepEqual({ ...others, ...unbounded }, others);
    }
    const { config } = await bench.client.jsm.consumers.info("s2$2", "all");
    assert.deepEqual(config.filter_subjects, ["s2$2.a.*", "s2$2.b.>", "$OXBOW.RS.s2$2.all.*"]);
    for (const keys of [[], [">"], ["*"]]) {
      for (const station of ["s1", "s2"]) {
        await groups.create(station, "g", { keys });
        assert.deepEqual((await groups.get(station, "g")).settings.keys, keys);
        await groups.delete(station, "g");
      }
    }
  });

  test("made again with the same settings stays as it is, with others is refused", async () => {
    const { stations, groups } = bench;
    await stations.create("orders");
    await bench.publish("orders");
    await groups.create("orders", "g", { maxInFlight: 5 });
    await bench.consume("orders", "g", 1);
    assert.equal((await groups.create("orders", "G", { maxInFlight: 5 })).waiting, 0);
    await refuses(groups.create("orders", "g"), "GROUP_EXISTS", /other settings: edit it/);
  });

  const starts: [string, GroupRequest["start"] & object, number[]][] = [
    ["the beginning", { from: "beginning" }, [1, 3, 5, 6, 7]],
    ["now", { from: "now" }, [7]],
    ["a sequence", { from: "sequence", sequence: 2 }, [3, 5, 6, 7]],
    ["a sequence to come, which is now", { from: "sequence", sequence: 99 }, [7]],
    ["the last messages", { from: "last", messages: 3 }, [3, 5, 6, 7]],
    ["more last messages than there are", { from: "last", messages: 30 }, [1, 3, 5, 6, 7]],
    ["the last message of each key", { from: "lastPerKey" }, [5, 6, 7]],
  ];
  for (const [title, start, expected] of starts) {
    for (const partitions of [1, 2]) {
      test(`starts from ${title}, with ${partitions} partitions`, async () => {
        const { stations, groups, client } = bench;
        await stations.create("s", { partitions });
        const streams = partitions === 1 ? ["s"] : ["s$1", "s$2"];
        for (const stream of streams) {
          await bench.publish(...["a", "b", "a", "b", "a", "b"].map((key) => `${stream}.${key}`));
          for (const seq of [2, 4]) await client.jsm.streams.deleteMessage(stream, seq);
        }
        await groups.create("s", "g", { start });
        for (const stream of streams) await bench.publish(`${stream}.c`);
        const group = await groups.get("s", "g");
        assert.deepEqual(group.problems, []);
        assert.equal(group.pausedUntil, null);
        assert.deepEqual(group.settings.start, start);
        assert.deepEqual(
          await bench.remaining(group),
          streams.map(() => expected),
        );
      });
    }
  }

  test("starts from a time, and from the last messages that match its keys", async () => {
    const { stations, groups } = bench;
    await stations.create("s");
    await bench.publish("s.a", "s.b", "s.a");
    const time = await bench.publishLater("s.b");
    await bench.publish("s.a");
    const group = await groups.create("s", "since", { start: { from: "time", time } });
    assert.equal(group.waiting, 2);
    const last = { from: "last", messages: 2 } as const;
    const filtered = await groups.create("s", "filtered", { keys: ["a"], start: last });
    assert.equal(filtered.waiting, 2);
    assert.equal((await groups.create("s", "f2", { keys: ["a", "b"], start: last })).waiting, 2);
  });

  test("that starts from now leaves the messages of a station to the others", async () => {
    const { stations, groups } = bench;
    await stations.create("s", { untilAcknowledged: true });
    await groups.create("s", "first");
    await bench.publish("s", "s");
    const second = await groups.create("s", "second", { start: { from: "now" } });
    assert.equal(second.waiting, 0);
    assert.equal((await groups.get("s", "first")).waiting, 2);
    await bench.consume("s", "first", 2);
    assert.equal((await stations.get("s")).messages, 0);
  });

  test("can be edited while its members are connected", async () => {
    const { stations, groups } = bench;
    await stations.create("s", { partitions: 2 });
    await bench.publish("s$1.a", "s$1.b", "s$2.a", "s$2.b");
    await groups.create("s", "g", { backoffMs: [50, 100] });
    const edited = await groups.edit("s", "g", { keys: ["b"], backoffMs: [], maxInFlight: 1 });
    assert.deepEqual(edited.problems, []);
    assert.deepEqual(edited.settings.keys, ["b"]);
    assert.deepEqual(edited.settings.backoffMs, []);
    assert.equal(edited.settings.maxAckTimeMs, 50);
    assert.equal(edited.waiting, 2);
    await groups.create("s", "last", { start: { from: "lastPerKey" } });
    for (const name of ["g", "last"]) {
      for (const keys of [["a", "b"], [], ["c"]]) {
        assert.deepEqual((await groups.edit("s", name, { keys })).settings.keys, keys);
      }
    }
    const start = { start: { from: "now" } } as object;
    await refuses(groups.edit("s", "g", start), "GROUP_FIXED", /rewind it instead/);
    await refuses(groups.edit("s", "h", {}), "GROUP_NOT_FOUND", /station s has no group h/);
    await refuses(groups.edit("t", "g", {}), "STATION_NOT_FOUND", /no station t/);
  });

  for (const orderedByKey of [false, true]) {
    const kind = orderedByKey ? ", ordered by key" : "";
    test(`brings what came in a pause to who waits, once it is resumed${kind}`, async () => {
      const { stations, groups, client } = bench;
      await stations.create("orders");
      await groups.create("orders", "g", { orderedByKey });
      const { nc } = client;
      const inbox = createInbox();
      const { promise: hasCome, resolve } = Promise.withResolvers<string>();
      nc.subscribe(inbox, {
        callback: (_error, { headers, subject }) => {
          if ((headers?.code ?? 0) === 0) resolve(subject);
        },
      });
      const request = { batch: 1, expires: 120e9, ...(orderedByKey && { group: "by-key" }) };
      const pull = "$JS.API.CONSUMER.MSG.NEXT.orders.g";
      nc.publish(pull, JSON.stringify(request), { reply: inbox });
      await nc.flush();
      await groups.pause("orders", "g", new Date(Date.now() + 3_600_000));
      await bench.publish("orders.a");
      await groups.resume("orders", "g");
      assert.equal(await withDeadline(hasCome, () => "the message"), "orders.a");
    });
  }

  test("is paused until a time, and resumed", async () => {
    const { stations, groups, client } = bench;
    await stations.create("s", { partitions: 2 });
    await groups.create("s", "g");
    const until = new Date("2090-01-01T00:00:00.000Z");
    assert.equal((await groups.pause("s", "g", until)).pausedUntil, until.toISOString());
    await client.jsm.consumers.resume("s$2", "g");
    assert.deepEqual((await groups.get("s", "g")).problems, [
      `partition 2 is not paused, the first is paused until ${until.toISOString()}`,
    ]);
    assert.deepEqual((await groups.pause("s", "g", until)).problems, []);
    const resumed = await groups.resume("s", "g");
    assert.equal(resumed.pausedUntil, null);
    assert.deepEqual(resumed.problems, []);
    await refuses(groups.pause("s", "g", new Date(0)), "GROUP_INVALID", /resume it instead/);
  });

  test("has a lag, of messages that are not acknowledged and of the oldest one's age", async () => {
    const { stations, groups, client } = bench;
    await stations.create("s", { partitions: 2 });
    await groups.create("s", "g", { keys: ["a"], maxAckTimeMs: 60_000 });
    assert.deepEqual(await groups.lag("s", "g"), {
      messages: 0,
      ageMs: 0,
      partitions: [
        { number: 1, messages: 0, ageMs: 0 },
        { number: 2, messages: 0, ageMs: 0 },
      ],
    });
    await bench.publish("s$1.b", "s$1.a", "s$1.b");
    const later = await bench.publishLater("s$1.a");
    const first = await client.jsm.streams.getMessage("s$1", { seq: 2 });
    assert.ok(first);
    const before = await groups.lag("s", "g");
    assert.equal(before.messages, 2);
    assert.ok(before.ageMs >= later.getTime() - first.time.getTime());
    const [one, two] = await bench.take("s$1", "g", 2);
    const { waiting, inFlight, redelivered } = await groups.get("s", "g");
    assert.deepEqual(
      { waiting, inFlight, redelivered },
      { waiting: 0, inFlight: 2, redelivered: 0 },
    );
    two?.nak();
    const [again] = await bench.take("s$1", "g", 1);
    assert.equal((await groups.get("s", "g")).redelivered, 1);
    await again?.ackAck();
    const outOfOrder = await groups.lag("s", "g");
    assert.equal(outOfOrder.messages, 1);
    assert.ok(outOfOrder.ageMs >= before.ageMs);
    await one?.ackAck();
    assert.equal((await groups.lag("s", "g")).ageMs, 0);
  });

  test("that was left half made shows it, and is healed by doing it again", async () => {
    const { stations, groups, client } = bench;
    await stations.create("s", { partitions: 3 });
    for (const partition of [1, 2, 3]) await bench.publish(`s$${partition}.a`);
    const request = { start: { from: "now" } } as const;
    bench.failRequest("$JS.API.CONSUMER.RESET.s$2", 1);
    await assert.rejects(groups.create("s", "g", request), /cut off/);
    assert.equal(await groups.find("s", "g"), undefined);
    bench.failRequest("$JS.API.CONSUMER.RESET.s$1", 1);
    await assert.rejects(groups.create("s", "g", request), /cut off/);
    assert.deepEqual((await groups.get("s", "g")).problems, ["partition 1 has not begun"]);
    await client.jsm.consumers.delete("s$3", "g");
    await client.jsm.consumers.update("s$2", "g", { max_deliver: 3 });
    assert.deepEqual((await groups.get("s", "g")).problems, [
      "partition 3 is missing",
      "partition 1 has not begun",
      "partition 2 has other settings than the first",
    ]);
    // Let go, but not yet said to have begun.
    bench.failRequest("$JS.API.CONSUMER.DURABLE.CREATE.s$1", 1);
    await assert.rejects(groups.create("s", "g", request), /cut off/);
    assert.deepEqual((await groups.get("s", "g")).problems, ["partition 1 has not begun"]);
    await bench.publish("s$1.a");
    await bench.consume("s$1", "g", 1);
    const healed = await groups.create("s", "g", request);
    assert.deepEqual(healed.problems, []);
    assert.equal(healed.waiting, 0);
    assert.equal(healed.pausedUntil, null);
    await client.jsm.consumers.delete("s$1", "g");
    assert.equal(await groups.find("s", "g"), undefined);
    assert.equal(await groups.delete("s", "g"), true);
    assert.equal(await groups.delete("s", "g"), false);
  });

  test("takes what is resent to it, and nothing of what is resent to others", async () => {
    const { stations, groups } = bench;
    await stations.create("s");
    await groups.create("s", "a.b");
    await groups.create("s", "other");
    await groups.create("s", "keyed", { keys: ["x"] });
    await bench.publish("s.x", "$OXBOW.RS.s.a#b.1", "$OXBOW.RS.s.keyed.2", "s");
    assert.deepEqual(await bench.consume("s", "a#b", 3), [1, 2, 4]);
    assert.deepEqual(await bench.consume("s", "other", 2), [1, 4]);
    assert.deepEqual(await bench.consume("s", "keyed", 2), [1, 3]);
  });

  test("of an earlier version takes everything, until it is edited", async () => {
    const { stations, groups, client } = bench;
    await stations.create("s", { partitions: 2 });
    for (const stream of ["s$1", "s$2"]) {
      await client.jsm.streams.update(stream, { subjects: [`${stream}.>`] });
      for (const [name, filter] of Object.entries({
        g: {},
        keyed: { filter_subject: `${stream}.x` },
      })) {
        await client.jsm.consumers.add(stream, {
          name,
          durable_name: name,
          ack_policy: AckPolicy.Explicit,
          metadata: { "oxbow.group": name, "oxbow.start": '{"from":"beginning"}' },
          ...filter,
        });
      }
    }
    assert.deepEqual((await stations.get("s")).problems, [
      "partition 1 can't have messages resent to one group yet",
      "partition 2 can't have messages resent to one group yet",
    ]);
    assert.deepEqual((await groups.get("s", "g")).problems, []);
    await groups.create("s", "new");
    await bench.publish("s$1.x");
    assert.equal((await groups.get("s", "g")).waiting, 1);
    assert.deepEqual((await stations.create("s", { partitions: 2 })).problems, []);
    for (const [name, keys] of Object.entries({ g: [], keyed: ["x"], new: [] })) {
      const { problems, settings } = await groups.get("s", name);
      assert.deepEqual(settings.keys, keys);
      assert.deepEqual(problems, [
        "partition 1 would take what is resent to other groups",
        "partition 2 would take what is resent to other groups",
      ]);
      const healed = await groups.edit("s", name, {});
      assert.deepEqual(healed.problems, []);
      assert.deepEqual(healed.settings.keys, keys);
      assert.equal(healed.waiting, 1);
    }
  });

  test("are listed with durable consumers of plain clients", async () => {
    const { stations, groups, client } = bench;
    const { consumers, streams } = client.jsm;
    await stations.create("s", { partitions: 2 });
    await stations.create("t");
    await streams.add({ name: "LEGACY", subjects: ["legacy.>"] });
    await groups.create("s", "b");
    await groups.create("s", "a.b");
    const plain = { durable_name: "Plain", ack_policy: AckPolicy.Explicit };
    await consumers.add("s$2", { ...plain, filter_subject: "s$2.x" });
    await consumers.add("LEGACY", plain);
    await consumers.add("t", { ack_policy: AckPolicy.Explicit });
    const names = async (station?: string): Promise<unknown[]> =>
      (await groups.list(station)).map((each) => [each.station, each.name, each.isManaged]);
    assert.deepEqual(await names(), [
      ["LEGACY", "Plain", false],
      ["s", "Plain", false],
      ["s", "a.b", true],
      ["s", "b", true],
    ]);
    assert.deepEqual(await names("t"), []);
    const found = await groups.get("s", "Plain");
    assert.deepEqual(found.settings.keys, ["x"]);
    assert.deepEqual(found.problems, []);
    const edited = await groups.edit("s", "Plain", { maxInFlight: 3 });
    assert.equal(edited.settings.maxInFlight, 3);
    assert.equal(edited.isManaged, false);
    assert.deepEqual(edited.settings.keys, ["x"]);
    assert.equal((await groups.edit("LEGACY", "Plain", { keys: ["legacy.x"] })).waiting, 0);
    assert.equal((await groups.create("LEGACY", "g", { keys: ["legacy.x"] })).isManaged, true);
    await consumers.add("t", { ...plain, durable_name: "plain" });
    await refuses(groups.create("t", "Plain"), "GROUP_EXISTS", /a plain client has made/);
    assert.equal(await groups.delete("s", "Plain"), true);
  });

  test("that cannot be is refused with what to do", async () => {
    const { stations, groups, client } = bench;
    await stations.create("s", { partitions: 2 });
    const create = (request: object): Promise<unknown> => groups.create("s", "g", request);
    await refuses(groups.create("s", "a b"), "GROUP_INVALID", /no name for a group: use letters/);
    await refuses(groups.create("s", ""), "GROUP_INVALID", /a group needs a name/);
    await refuses(create({ isOrderedPerKey: true }), "GROUP_INVALID", /no setting isOrderedPerKey/);
    await refuses(create({ maxInFlight: 0 }), "GROUP_INVALID", /maxInFlight: /);
    await refuses(create({ keys: ["a..b"] }), "GROUP_INVALID", /keys.0: a key is tokens/);
    await refuses(create({ keys: ["a.*", "a.b"] }), "GROUP_INVALID", /overlap/);
    await refuses(create({ start: { from: "sequence" } }), "GROUP_INVALID", /start.sequence: /);
    await refuses(
      create({ maxAckTimeMs: 5, backoffMs: [1] }),
      "GROUP_INVALID",
      /it is the first of these, 1: leave it out/,
    );
    await refuses(
      create({ maxDeliveries: 1, backoffMs: [1, 2] }),
      "GROUP_INVALID",
      /need as many deliveries/,
    );
    await refuses(groups.create("t", "g"), "STATION_NOT_FOUND", /no station t/);
    await client.jsm.streams.delete("s$2");
    await refuses(groups.create("s", "g"), "GROUP_UNAVAILABLE", /is not whole \(partition 2 is/);
  });

  test("a group whose deletion was cut off says so, and nothing is made of what is left", async () => {
    const { groups, stations } = bench;
    await stations.create("s", { partitions: 3 });
    await groups.create("s", "g");
    const restore = bench.failRequest("$JS.API.CONSUMER.DELETE.", 2);
    await assert.rejects(groups.delete("s", "g"), /cut off/);
    restore();
    assert.deepEqual((await groups.get("s", "g")).problems, ["its deletion is not finished"]);
    await refuses(groups.create("s", "g"), "GROUP_EXISTS", /being deleted: delete it again/);
    await refuses(groups.edit("s", "g", {}), "GROUP_FIXED", /being deleted/);
    assert.equal(await groups.delete("s", "g"), true);
    assert.deepEqual((await groups.create("s", "g")).problems, []);
  });

  test("are listed also while a station goes", async () => {
    const { groups, stations, client } = bench;
    await stations.create("s");
    await stations.create("t");
    await groups.create("s", "g");
    await groups.create("t", "h");
    const request = client.nc.request.bind(client.nc);
    client.nc.request = async (subject, ...rest) => {
      if (subject === "$JS.API.CONSUMER.LIST.t") await client.jsm.streams.delete("t");
      return request(subject, ...rest);
    };
    assert.deepEqual(
      (await groups.list()).map(({ name }) => name),
      ["g"],
    );
    client.nc.request = request;
    assert.equal(await stations.find("t"), undefined);
  });
});
