import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnnouncedPlace, Announcement } from "oxbow/internal";
import { deedKey, type ObservedDeed } from "../../src/presence/observed-clients.ts";
import { type Announcer, PresenceBoard } from "../../src/presence/presence-board.ts";
import { presenceLimits } from "../../src/presence/presence-limits.ts";
import { type Present, shown, shownConsumer } from "../../src/presence/present.ts";

const orders: AnnouncedPlace = { kind: "producer", station: "orders", group: null };
const billing: AnnouncedPlace = { kind: "consumer", station: "orders", group: "billing" };

const said = (id: string, more: Partial<Announcement> = {}): Announcement => ({
  version: 1,
  id,
  name: id,
  state: "here",
  library: "oxbow",
  libraryVersion: "0.1.0",
  holdsMs: 30_000,
  connectedAt: null,
  messages: 0,
  bytes: 0,
  lastMessageAt: null,
  ...more,
});

const by = (clientId: number, user = "shop"): Announcer => ({
  ...{ user, account: "$G", address: "10.0.0.1", connection: "conn", clientId },
  connectedAt: "2026-11-20T12:00:00.000Z",
});

/** What connections do, by their numbers. */
function deeds(
  ...list: readonly (readonly [AnnouncedPlace, number, Partial<ObservedDeed>?, string?])[]
): Map<string, ObservedDeed> {
  return new Map(
    list.map(([place, id, more, name = "app"]) => {
      const client = {
        ...{ id, name, library: "nats.go", version: "1.50.0", address: "10.0.0.1", user: "" },
        connectedAtMs: 1_000,
      };
      const deed = { ...place, client, messages: 0, bytes: 0, lastAtMs: 0, pulls: null, ...more };
      return [deedKey(place, id), deed];
    }),
  );
}

const all = () => true;
const names = (presents: readonly Present[]): string[] =>
  presents.map(({ looks: { name } }) => name).sort();

test("one that announces itself lapses when it says nothing any more, and is the same when it comes back", () => {
  const board = new PresenceBoard(30_000);
  board.announce(orders, said("producer-1"), null, 0);
  const [first] = board.list({ kind: "producer" });
  assert.equal(shown(first as Present).isConnected, true);
  board.lapse(20_000);
  assert.equal(board.list({ kind: "producer" })[0]?.isConnected, false, "shown, though away");
  board.announce(orders, said("producer-1"), null, 29_000);
  assert.equal(board.list({ kind: "producer" })[0], first);
  assert.equal(first?.firstSeenMs, 0);
  board.lapse(58_999);
  assert.equal(first?.leaving, undefined);
  board.lapse(59_000);
  assert.equal(first?.leaving, "lapsed");
  assert.deepEqual(board.list({ kind: "producer" }), []);
  assert.equal(board.remaining(orders), 0);
});

test("one that says that it leaves, leaves, and nobody else can say so", () => {
  const board = new PresenceBoard(30_000);
  board.announce(billing, said("consumer-1"), by(1), 0);
  board.announce(billing, said("consumer-1", { state: "left" }), by(2, "mallory"), 1);
  board.announce(orders, said("consumer-1", { state: "left" }), by(1), 1);
  assert.deepEqual(names(board.list({ kind: "consumer" })), ["consumer-1"]);
  board.announce(billing, said("consumer-1", { state: "left" }), by(1), 2);
  assert.deepEqual(
    board.all().map(({ leaving }) => leaving),
    ["left"],
  );
});

test("who and where it is says the server, not the client", () => {
  const board = new PresenceBoard(30_000);
  board.announce(billing, said("consumer-1"), by(7), 0);
  const [one] = board.list({ kind: "consumer", station: "orders", group: "billing" });
  const { user, address, connection, connectedAt, library, group } = shownConsumer(one as Present);
  assert.deepEqual(
    { user, address, connection, connectedAt, library, group },
    {
      ...{ user: "shop", address: "10.0.0.1", connection: 7, library: "oxbow", group: "billing" },
      connectedAt: "2026-11-20T12:00:00.000Z",
    },
  );
});

test("what a connection is seen to do, and announces, is one, with the server's counts", () => {
  const board = new PresenceBoard(30_000);
  board.observe(deeds([orders, 7, { messages: 10 }]), all, 0);
  assert.deepEqual(names(board.list({ kind: "producer" })), ["app"]);
  board.announce(orders, said("producer-1", { messages: 99_999 }), by(7), 100);
  board.observe(deeds([orders, 7, { messages: 20, lastAtMs: 5_000 }]), all, 10_000);
  board.observe(deeds([orders, 7, { messages: 120, lastAtMs: 15_000 }]), all, 20_000);
  const [one, ...others] = board.list({ kind: "producer" }).map(shown);
  assert.deepEqual(others, []);
  assert.equal(one?.name, "producer-1");
  assert.equal(one?.messages, 120);
  assert.equal(one?.messagesPerSecond, 10);
  assert.equal(one?.lastMessageAt, "1970-01-01T00:00:15.000Z");
});

test("two that announce themselves on one connection count for themselves", () => {
  const board = new PresenceBoard(30_000);
  for (const [atMs, count] of [
    [0, 0],
    [10_000, 50],
  ] as const) {
    board.announce(orders, said("producer-1", { messages: count }), by(7), atMs);
    board.announce(orders, said("producer-2", { messages: 2 * count }), by(7), atMs);
    board.observe(deeds([orders, 7, { messages: 3 * count }]), all, atMs);
  }
  const rates = board.list({ kind: "producer" }).map(shown);
  assert.deepEqual(
    rates.map(({ name, messagesPerSecond }) => [name, messagesPerSecond]),
    [
      ["producer-1", 5],
      ["producer-2", 10],
    ],
  );
});

test("one whose connection is there is there, however late its announcements are", () => {
  const board = new PresenceBoard(30_000);
  board.announce(orders, said("producer-1"), by(7), 0);
  board.observe(new Map(), all, 60_000);
  board.lapse(60_000);
  assert.equal(board.list({ kind: "producer" })[0]?.isConnected, true);
  board.observe(new Map(), () => false, 70_000);
  assert.equal(board.list({ kind: "producer" })[0]?.isConnected, false);
  board.lapse(90_000);
  assert.deepEqual(board.list({ kind: "producer" }), []);
});

test("a plain client that connects again within the time is the same one", () => {
  const board = new PresenceBoard(30_000);
  board.observe(deeds([billing, 1], [billing, 2], [billing, 3]), all, 0);
  const before = new Set(board.list({ kind: "consumer" }));
  assert.equal(before.size, 3);
  board.observe(deeds([billing, 1], [billing, 3]), all, 10_000);
  board.lapse(10_000);
  assert.equal(board.list({ kind: "consumer" }).filter((one) => one.isConnected).length, 2);
  board.observe(deeds([billing, 1], [billing, 3], [billing, 4]), all, 20_000);
  board.lapse(45_000);
  assert.deepEqual(new Set(board.list({ kind: "consumer" })), before);
  // Another program does not take the place of one that is away.
  board.observe(deeds([billing, 1], [billing, 3], [billing, 5, {}, "other"]), all, 50_000);
  assert.equal(board.list({ kind: "consumer" }).length, 4);
  board.lapse(75_000);
  assert.deepEqual(names(board.list({ kind: "consumer" })), ["app", "app", "other"]);
  assert.equal(board.all().filter(({ leaving }) => leaving === "lapsed").length, 1);
});

test("nobody is gone because nobody could be heard", () => {
  const board = new PresenceBoard(30_000);
  board.announce(orders, said("producer-1"), null, 0);
  board.holdAll(100_000);
  board.lapse(129_000);
  assert.equal(board.list({ kind: "producer" }).length, 1);
});

test("keeps to its bounds", () => {
  const board = new PresenceBoard(30_000);
  const { announcedPerConnectionMax, presentMax } = presenceLimits;
  for (let index = 0; index < announcedPerConnectionMax; index++) {
    assert.ok(board.announce(orders, said(`producer-${index}`), by(7), 0));
  }
  assert.equal(board.announce(orders, said("one-more"), by(7), 0), false);
  assert.ok(board.announce(orders, said("producer-0"), by(7), 1), "one that is known");
  const others = Array.from({ length: presentMax }, (_, id) => [orders, 100 + id] as const);
  board.observe(deeds(...others), all, 2);
  assert.equal(board.size, presentMax);
  assert.equal(board.announce(billing, said("consumer-1"), by(8), 3), false);
});
