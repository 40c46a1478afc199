import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import {
  GoneFollower,
  type PresenceGone,
  type PresenceRecord,
  PresenceRecords,
} from "@oxbow/platform";
import { deleteStreams } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const here: PresenceRecord = {
  version: 1,
  state: "here",
  at: "2026-11-20T12:00:00.000Z",
  kind: "consumer",
  isAnnounced: true,
  name: "billing-1",
  station: "orders",
  group: "billing",
  library: "oxbow",
  libraryVersion: "0.1.0",
  address: "127.0.0.1",
  user: "shop",
  firstSeenAt: "2026-11-20T11:59:30.000Z",
  lastSeenAt: null,
  how: null,
  remaining: null,
};
const gone: PresenceRecord = {
  ...here,
  state: "gone",
  at: "2026-11-20T13:00:30.000Z",
  lastSeenAt: "2026-11-20T13:00:00.000Z",
  how: "lapsed",
  remaining: 1,
};

/** Gathers events; `next` resolves with those after the ones it has given. */
class Events {
  readonly all: PresenceGone[] = [];
  #wake: () => void = () => undefined;

  readonly take = (event: PresenceGone): Promise<void> => {
    this.all.push(event);
    this.#wake();
    return Promise.resolve();
  };

  async until(count: number): Promise<void> {
    while (this.all.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

onEachTarget("who is gone", (target) => {
  let client: OfficialClient;
  let records: PresenceRecords;

  beforeEach(async () => {
    client = await openOfficialClient(target.server);
    records = await PresenceRecords.open(client.nc);
  });

  afterEach(async () => {
    await deleteStreams(client, target.server);
    await client[Symbol.asyncDispose]();
  });

  test("is told once, however many write it and follow", async () => {
    const events = new Events();
    await using _first = await GoneFollower.start(client.nc, { onGone: events.take });
    await using _second = await GoneFollower.start(client.nc, { onGone: events.take });
    const stored = await records.write("a", here, 0);
    assert.deepEqual(
      (await records.here()).map(({ id }) => id),
      ["a"],
    );
    const written = await Promise.all([
      records.write("a", gone, stored.revision),
      records.write("a", gone, stored.revision),
    ]);
    assert.equal(written[0]?.revision, written[1]?.revision);
    assert.deepEqual(await records.here(), []);
    const other = await records.write("b", { ...here, name: "billing-2" }, 0);
    await records.write("b", { ...gone, name: "billing-2", remaining: 0 }, other.revision);
    await events.until(2);
    const { revision } = written[0] as { revision: number };
    assert.deepEqual(
      events.all
        .map(({ id, name, how, remaining }) => ({ id, name, how, remaining }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      [
        { id: `OXBOW_PRESENCE.${revision}`, name: "billing-1", how: "lapsed", remaining: 1 },
        { id: `OXBOW_PRESENCE.${revision + 2}`, name: "billing-2", how: "lapsed", remaining: 0 },
      ],
    );
  });

  test("is told though nobody followed then, and again if it was not taken", async () => {
    const events = new Events();
    await using first = await GoneFollower.start(client.nc, { onGone: events.take });
    await first.close();
    const stored = await records.write("a", here, 0);
    await records.write("a", gone, stored.revision);
    // It has come back since: that it was gone is told all the same.
    await records.write("a", here, stored.revision + 1);
    let fails = 1;
    await using _second = await GoneFollower.start(client.nc, {
      onGone: (event) => (fails-- > 0 ? Promise.reject(new Error("not now")) : events.take(event)),
    });
    await events.until(1);
    assert.equal(events.all[0]?.id, `OXBOW_PRESENCE.${stored.revision + 1}`);
  });
});
