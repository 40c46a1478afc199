import assert from "node:assert/strict";
import { test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Audit, Stations, Users } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { deleteStreams } from "../support/delete-streams.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { Scene, whenWelcome } from "./scene.ts";

onEachTarget("records of changes", (target) => {
  async function open() {
    const client = await openOfficialClient(target.server);
    return {
      ...{ nc: client.nc, audit: await Audit.open(client.nc) },
      async [Symbol.asyncDispose]() {
        await deleteStreams(client, target.server);
        await client[Symbol.asyncDispose]();
      },
    };
  }
  const change = (operation: string, name: string, user = "ann") => ({
    operation,
    names: { station: name },
    who: { user, account: "$G", address: "::1", connection: "cli", clientId: 7 },
    request: { password: "secret", a: 1 },
    before: null,
  });
  const nothing = (): Promise<unknown> => Promise.resolve({ is: "there" });

  test("say who, what, before and after, and never a password", async () => {
    await using bench = await open();
    const { audit } = bench;
    assert.deepEqual(await audit.query(), { entries: [], next: null });
    assert.equal(
      await audit.around(change("station.create", "a.b"), () => Promise.resolve(5), nothing),
      5,
    );
    const failing = audit.around(
      change("station.delete", "c"),
      () => Promise.reject(new Error("no")),
      nothing,
    );
    await assert.rejects(failing, /no/);
    const { entries, next } = await audit.query();
    assert.equal(next, null);
    assert.deepEqual(
      entries.map(({ operation, outcome, error, after }) => [operation, outcome, error, after]),
      [
        ["station.create", "done", null, { is: "there" }],
        ["station.delete", "failed", "no", null],
      ],
    );
    assert.deepEqual(entries[0]?.request, { password: "[redacted]", a: 1 });
    assert.equal(entries[0]?.who?.user, "ann");
  });

  test("are found by what, whom, and when, page by page", async () => {
    await using bench = await open();
    const { audit } = bench;
    const make = (operation: string, name: string, user?: string): Promise<unknown> =>
      audit.around(change(operation, name, user), nothing, nothing);
    await make("station.create", "a");
    await make("station.purge", "a", "bob");
    await make("station.create", "b.c");
    await make("schema.create", "a");
    const found = async (question: object): Promise<string[]> =>
      (await audit.query(question)).entries.map(
        ({ operation, names }) => `${operation} ${names["station"]}`,
      );
    assert.deepEqual(await found({ operation: "station.purge" }), ["station.purge a"]);
    assert.deepEqual(await found({ operation: "schema" }), ["schema.create a"]);
    assert.deepEqual(await found({ name: "b.c" }), ["station.create b.c"]);
    assert.deepEqual(await found({ user: "bob" }), ["station.purge a"]);
    assert.equal((await found({ since: "2020-01-01T00:00:00Z" })).length, 4);
    assert.deepEqual(await found({ until: "2020-01-01T00:00:00Z" }), []);
    const first = await audit.query({ limit: 3 });
    assert.deepEqual(
      first.entries.map(({ outcome }) => outcome),
      ["done", "done", "done"],
    );
    const second = await audit.query({ limit: 3, after: first.next ?? 0 });
    assert.deepEqual([second.entries.length, second.next], [1, null]);
    const newest = await audit.query({ order: "newest", limit: 3 });
    const described = newest.entries.map(({ operation, outcome }) => `${operation} ${outcome}`);
    assert.deepEqual(described, [
      "schema.create done",
      "station.create done",
      "station.purge done",
    ]);
    const before = newest.next ?? 0;
    const older = await audit.query({ order: "newest", limit: 3, before });
    assert.deepEqual(
      [older.entries.map(({ names }) => names["station"]), older.next],
      [["a"], null],
    );
    const ofBob = await audit.query({
      order: "newest",
      user: "bob",
      since: "2020-01-01T00:00:00Z",
    });
    assert.equal(ofBob.entries.length, 1);
    const wrong = audit.query({ order: "newest", after: 1 });
    await refuses(wrong, "AUDIT_INVALID", /after: the newest come first: say before/);
    await refuses(audit.query({ since: "yesterday" }), "AUDIT_INVALID", /since: write a time/);
  });

  test("stand before the change: without one it is not made, and without an end its outcome is unknown", async () => {
    await using bench = await open();
    const { audit, nc } = bench;
    const manager = await jetstreamManager(nc);
    let isMade = false;
    await audit.around(
      change("station.create", "a"),
      async () => {
        isMade = true;
        // As if it died here: what follows can't be kept.
        await manager.streams.update("OXBOW_AUDIT", { max_msgs: 1, discard: "new" });
      },
      nothing,
    );
    assert.equal(isMade, true);
    const { entries } = await audit.query();
    assert.deepEqual(
      entries.map(({ outcome, endedAt }) => [outcome, endedAt]),
      [["unknown", null]],
    );
    const refused = audit.around(
      change("station.create", "b"),
      () => assert.fail("it is made all the same"),
      nothing,
    );
    await refuses(refused, "AUDIT_UNAVAILABLE", /can't be kept, so it is not made/);
  });
});

test("the server tells the platform who asks, also in the first request of all, whatever a client says", async () => {
  await using scene = await Scene.open();
  const guest = await scene.connect();
  const users = await Users.open(guest);
  const { password } = await users.create("ops", { role: "operator" });
  const ops = await whenWelcome(scene, { user: "ops", pass: password ?? "", name: "shell" });
  const control = new ControlClient(ops);
  await control.call("station.create", { station: "orders" }, {});
  await control.call("station.edit", { station: "orders" }, { maxMessages: 5 });
  const audit = await Audit.open(guest);
  const { entries } = await audit.query({ name: "orders" });
  assert.deepEqual(
    entries.map(({ operation, who, outcome }) => [operation, who?.user, who?.connection, outcome]),
    [
      ["station.create", "ops", "shell", "done"],
      ["station.edit", "ops", "shell", "done"],
    ],
  );
  const [made, edited] = entries;
  assert.equal(made?.before, null);
  const maxMessages = (state: unknown): unknown =>
    (state as { settings: { maxMessages: unknown } }).settings.maxMessages;
  assert.deepEqual([maxMessages(edited?.before), maxMessages(edited?.after)], [null, 5]);
  const names = (await (await Stations.open(guest)).list()).map(({ name }) => name);
  assert.equal(names.includes("OXBOW_AUDIT"), false);
  await assert.rejects(
    jetstream(ops).publish("$OXBOW.AUDIT.station.create.x", "{}"),
    /Permissions Violation/,
  );
});
