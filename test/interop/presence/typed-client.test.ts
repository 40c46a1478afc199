import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GoneFollower, Presence, type PresenceGone, Stations } from "@oxbow/platform";
import { StandingClock } from "@oxbow/testkit/clock";
import { connect, type Oxbow } from "oxbow";
import type { Producer } from "oxbow/control";
import { eventually as repeatedly } from "../support/deadline.ts";
import { deleteStreams } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";

const program = fileURLToPath(new URL("support/producing-process.ts", import.meta.url));

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

onEachTarget("what the typed client announces", (target) => {
  let client: OfficialClient;
  let clock: StandingClock;
  let presence: Presence;
  let ox: Oxbow;

  beforeEach(async () => {
    client = await openOfficialClient(target.server);
    clock = new StandingClock(Date.parse("2026-11-20T12:00:00Z"));
    await (await Stations.open(client.nc)).create("orders", { partitions: 2 });
    presence = Presence.open(client.nc, { clock });
    await presence.settled();
    ox = await connect({ servers: target.server.url, name: "shop" });
  });

  afterEach(async () => {
    await ox.close();
    await presence.close();
    await deleteStreams(client, target.server);
    await client[Symbol.asyncDispose]();
  });

  async function until<One extends Producer>(
    list: () => Promise<One[]>,
    names: string,
  ): Promise<One[]> {
    return eventually(`${names} listed`, async () => {
      const found = (await list()).sort((a, b) => (a.name < b.name ? -1 : 1));
      return found.map(({ name }) => name).join() === names ? found : undefined;
    });
  }

  test("is its producers, by the client's name and by names of their own, until they end", async () => {
    const station = ox.station<{ id: number }>("Orders");
    const checkout = station.producer({ name: "checkout" });
    await until(() => presence.producers(), "");
    await station.produce({ id: 1 });
    await checkout.produceMany([{ id: 2 }, { id: 3 }]);
    const [one, two] = await until(
      () => presence.producers({ station: "orders" }),
      "checkout,shop",
    );
    assert.deepEqual([one?.library, one?.version], ["oxbow", "0.1.0"]);
    assert.notEqual(one?.id, two?.id);
    assert.ok(Date.parse(one?.connectedAt ?? "") <= Date.now());
    // Who begins to watch asks, and hears how much it was by then.
    await using another = Presence.open(client.nc, { clock });
    const [asked] = await until(() => another.producers(), "checkout,shop");
    assert.deepEqual([asked?.messages, asked?.bytes], [2, 16]);
    assert.notEqual(asked?.lastMessageAt, null);
    checkout.end();
    await until(() => presence.producers(), "shop");
    await ox.close();
    await until(() => presence.producers(), "");
  });

  test("is the members of groups that it consumes as, by whichever way", async () => {
    const station = ox.station<{ id: number }>("orders");
    const consumption = station.consume({ group: "billing", name: "billing-1" });
    const first = consumption.next();
    await until(() => presence.consumers(), "billing-1");
    await station.produce({ id: 1 });
    (await first).value?.ack();
    assert.equal((await station.fetch(1, { group: "audit", timeoutMs: 0 })).length, 1);
    const [billing, audit] = await until(() => presence.consumers(), "billing-1,shop");
    assert.deepEqual([billing?.group, audit?.group], ["billing", "audit"]);
    await consumption.stop();
    await until(() => presence.consumers(), "shop");
  });

  test("is nothing if it is told so, and has names that can be shown", async () => {
    await using silent = await connect({ servers: target.server.url, announce: false });
    await silent.station("orders").produce({ id: 1 });
    await ox.station("orders").produce({ id: 2 });
    await until(() => presence.producers(), "shop");
    await refuses(
      (async () => ox.station("orders").producer({ name: "two\nlines" }))(),
      "OPTIONS_INVALID",
      /"two\\nlines" is no name/,
    );
    await refuses(
      (async () => ox.station("orders").consume({ group: "billing", name: "" }))(),
      "OPTIONS_INVALID",
      /"" is no name/,
    );
  });

  test("lapses when its process is killed, and is told to be gone", async () => {
    const events: PresenceGone[] = [];
    await using _follower = await GoneFollower.start(client.nc, {
      onGone: (gone) => {
        events.push(gone);
        return Promise.resolve();
      },
    });
    const child = spawn(process.execPath, [program, target.server.url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(child.stdout, "data");
      const [producer] = await until(() => presence.producers(), "checkout");
      await until(() => presence.consumers(), "to be killed");
      // For as long that it is worth telling, and shorter than its announcements hold.
      await clock.advanceStepwise(29_999, () => presence.settled());
      client.nc.publish("$OXBOW.API.PRESENCE.ASK");
      await eventually("announced again", async () => {
        const all = [...(await presence.producers()), ...(await presence.consumers())];
        const isHeard = all.every(({ lastSeenAt }) => lastSeenAt !== producer?.lastSeenAt);
        return isHeard && all.length === 2 ? true : undefined;
      });
      await clock.advanceStepwise(16_000, () => presence.settled());
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await clock.advanceStepwise(60_000, () => presence.settled());
    await until(() => presence.producers(), "");
    await eventually("told", () => Promise.resolve(events.length === 2 ? true : undefined));
    assert.deepEqual(events.map(({ kind, name, group, how }) => [kind, name, group, how]).sort(), [
      ["consumer", "to be killed", "billing", "lapsed"],
      ["producer", "checkout", null, "lapsed"],
    ]);
  });
});
