import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { GoneFollower, Presence, type PresenceGone } from "@oxbow/platform";
import { StandingClock } from "@oxbow/testkit/clock";
import type { Consumer, Producer } from "oxbow/control";
import { type AnnouncedPlace, announcementSubject, askSubject } from "oxbow/internal";
import { ServiceBench } from "../service/service-bench.ts";
import { eventually as repeatedly } from "../support/deadline.ts";
import { deleteStreams } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const orders: AnnouncedPlace = { kind: "producer", station: "orders", group: null };
const billing: AnnouncedPlace = { kind: "consumer", station: "orders", group: "billing" };
const usual = {
  version: 1,
  state: "here",
  library: "test",
  libraryVersion: "1.0.0",
  holdsMs: 30_000,
  connectedAt: "2026-11-20T11:00:00.000Z",
  messages: 0,
  bytes: 0,
  lastMessageAt: null,
};

/** What is asked is in memory: what is to come has its turn in between. */
async function eventually<Value>(
  what: string,
  probe: () => Promise<Value | undefined>,
): Promise<Value> {
  return repeatedly(what, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return probe();
  });
}

onEachTarget("who announces itself", (target) => {
  let client: OfficialClient;
  let clock: StandingClock;
  const opened: AsyncDisposable[] = [];

  beforeEach(async () => {
    client = await openOfficialClient(target.server);
    clock = new StandingClock(Date.parse("2026-11-20T12:00:00Z"));
  });

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
    await deleteStreams(client, target.server);
    await client[Symbol.asyncDispose]();
  });

  /** What a platform process has of it, on a connection of its own. */
  async function watch(): Promise<Presence> {
    const connection = await openOfficialClient(target.server);
    opened.push(connection);
    const presence = Presence.open(connection.nc, { clock });
    opened.push(presence);
    await connection.nc.flush();
    await presence.settled();
    return presence;
  }

  function announce(place: AnnouncedPlace, id: string, more: object = {}): void {
    const body = JSON.stringify({ ...usual, id, name: id, ...more });
    client.nc.publish(announcementSubject(place), body);
  }

  const named = async (presence: Presence, place: AnnouncedPlace): Promise<string[]> => {
    const found: readonly (Producer | Consumer)[] =
      place.kind === "producer" ? await presence.producers() : await presence.consumers();
    return found.map(({ name }) => name).sort();
  };

  async function sees(
    presence: Presence,
    place: AnnouncedPlace,
    expected: string[],
  ): Promise<void> {
    await eventually(`${expected.join()} seen`, async () =>
      (await named(presence, place)).join() === expected.join() ? true : undefined,
    );
  }

  test("is there for every process, and lapses", async () => {
    const one = await watch();
    const two = await watch();
    announce(orders, "producer-1");
    announce(billing, "consumer-1");
    for (const presence of [one, two]) {
      await sees(presence, orders, ["producer-1"]);
      await sees(presence, billing, ["consumer-1"]);
    }
    const [consumer] = await two.consumers({ station: "orders", group: "billing" });
    const { id: _, ...shown } = consumer as Consumer;
    assert.deepEqual(shown, {
      ...{ name: "consumer-1", station: "orders", group: "billing" },
      ...{ isAnnounced: true, isConnected: true, library: "test", version: "1.0.0" },
      ...{ address: null, user: null, connection: null, pulls: null },
      firstSeenAt: "2026-11-20T12:00:00.000Z",
      connectedAt: "2026-11-20T11:00:00.000Z",
      lastSeenAt: "2026-11-20T12:00:00.000Z",
      ...{ lastMessageAt: null, messages: 0, bytes: 0 },
      ...{ messagesPerSecond: null, bytesPerSecond: null },
    });
    assert.deepEqual(await two.consumers({ station: "orders", group: "other" }), []);
    const settled = () => Promise.all([one.settled(), two.settled()]);
    await clock.advanceStepwise(29_000, settled);
    assert.deepEqual(await named(one, orders), ["producer-1"]);
    await clock.advanceStepwise(1_000, settled);
    assert.deepEqual(await named(one, orders), []);
    assert.deepEqual(await named(two, billing), []);
    const manager = await jetstreamManager(client.nc);
    const streams = await Array.fromAsync(manager.streams.names());
    assert.deepEqual(streams, [], "who is there for a moment leaves nothing behind");
  });

  test("is told to be gone once, whichever process sees it, and not for connecting again", async () => {
    const one = await watch();
    const two = await watch();
    const events: PresenceGone[] = [];
    const follow = {
      onGone: (gone: PresenceGone) => {
        events.push(gone);
        return Promise.resolve();
      },
    };
    opened.push(await GoneFollower.start(client.nc, follow));
    const settled = () => Promise.all([one.settled(), two.settled()]);
    const heard = async (count: number): Promise<void> => {
      for (const presence of [one, two]) {
        await eventually("heard", async () => {
          const [first] = await presence.producers();
          return first?.messages === count ? true : undefined;
        });
      }
    };
    announce(billing, "consumer-1", { holdsMs: 600_000 });
    for (let count = 1; count <= 4; count++) {
      announce(orders, "producer-1", { messages: count });
      await heard(count);
      // It is away for almost as long as it may be.
      await clock.advanceStepwise(29_000, settled);
    }
    const [again] = await two.producers();
    assert.equal(again?.firstSeenAt, "2026-11-20T12:00:00.000Z");
    assert.equal(again?.isConnected, false);
    await clock.advanceStepwise(30_000, settled);
    await eventually("gone", () => Promise.resolve(events.length > 0 ? true : undefined));
    announce(billing, "consumer-1", { state: "left" });
    for (const presence of [one, two]) await sees(presence, billing, []);
    await clock.advanceStepwise(1_000, settled);
    await eventually("left", () => Promise.resolve(events.length > 1 ? true : undefined));
    assert.deepEqual(
      events.map(({ kind, name, station, group, how, remaining }) => [
        ...[kind, name, station, group, how, remaining],
      ]),
      [
        ["producer", "producer-1", "orders", null, "lapsed", 0],
        ["consumer", "consumer-1", "orders", "billing", "left", 0],
      ],
    );
  });

  test("is gone also if it goes while nobody watches", async () => {
    const events: PresenceGone[] = [];
    const first = await watch();
    announce(billing, "consumer-1", { holdsMs: 600_000 });
    announce(billing, "consumer-2", { holdsMs: 600_000 });
    await sees(first, billing, ["consumer-1", "consumer-2"]);
    await clock.advanceStepwise(29_000, () => first.settled());
    await eventually("recorded", async () => {
      await clock.advanceStepwise(1_000, () => first.settled());
      const manager = await jetstreamManager(client.nc);
      const info = await manager.streams.info("OXBOW_PRESENCE").catch(() => undefined);
      return info?.state.messages === 2 ? true : undefined;
    });
    const [{ firstSeenAt = "" } = {}] = await first.consumers();
    await first.close();
    await clock.advanceStepwise(3_600_000, () => Promise.resolve());
    opened.push(
      await GoneFollower.start(client.nc, {
        onGone: (gone) => {
          events.push(gone);
          return Promise.resolve();
        },
      }),
    );
    const second = await watch();
    await sees(second, billing, ["consumer-1", "consumer-2"]);
    const isHeard = async (count: number): Promise<void> => {
      announce(billing, "consumer-1", { messages: count, holdsMs: 600_000 });
      await eventually("heard", async () =>
        (await second.consumers()).some(({ messages }) => messages === count) ? true : undefined,
      );
    };
    await isHeard(1);
    assert.deepEqual(
      (await second.consumers()).map((one) => [one.firstSeenAt, one.isConnected]).sort(),
      [
        [firstSeenAt, false],
        [firstSeenAt, true],
      ],
    );
    await clock.advanceStepwise(29_000, () => second.settled());
    await isHeard(2);
    await clock.advanceStepwise(2_000, () => second.settled());
    await eventually("gone", () => Promise.resolve(events.length > 0 ? true : undefined));
    assert.deepEqual(
      events.map(({ name, how, remaining }) => [name, how, remaining]),
      [["consumer-2", "lapsed", 1]],
    );
  });

  test("is asked by who begins to watch", async () => {
    const asked = client.nc.subscribe(askSubject, {
      callback: () => announce(orders, "producer-1"),
    });
    await client.nc.flush();
    const presence = await watch();
    await sees(presence, orders, ["producer-1"]);
    asked.unsubscribe();
  });

  test("is listed by the control API, page by page, in order", async () => {
    await using bench = await ServiceBench.open(target.server, { presence: { clock } });
    for (const station of ["b", "a"]) {
      announce({ ...orders, station }, `two-of-${station}`);
      announce({ ...orders, station }, `one-of-${station}`);
      announce({ ...billing, station }, `member-of-${station}`);
    }
    const { control } = bench;
    const list = async (filter: { station?: string } = {}): Promise<string[]> =>
      (await Array.fromAsync(control.list("producer.list", filter))).map(({ name }) => name);
    await eventually("listed", async () => ((await list()).length === 4 ? true : undefined));
    assert.deepEqual(await list(), ["one-of-a", "two-of-a", "one-of-b", "two-of-b"]);
    assert.deepEqual(await list({ station: "b" }), ["one-of-b", "two-of-b"]);
    const first = await control.call("producer.list", {}, { limit: 3 });
    assert.equal(first.total, 4);
    const rest = await control.call("producer.list", {}, { limit: 3, after: first.next ?? "" });
    assert.deepEqual(
      rest.items.map(({ name }) => name),
      ["two-of-b"],
    );
    const members = await eventually("members", async () => {
      const page = await control.call("consumer.list", {}, { station: "a", group: "billing" });
      return page.total === 1 ? page.items : undefined;
    });
    assert.deepEqual(
      members.map(({ name, group }) => [name, group]),
      [["member-of-a", "billing"]],
    );
  });
});
