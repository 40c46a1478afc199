import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { connect, type Oxbow } from "oxbow";
import { type AuditAnswer, ControlClient, type Page } from "oxbow/control";
import { refuses } from "../support/refuses.ts";
import { Scene } from "./scene.ts";

const stations = ["prod.eu.x", "prod.orders", "secret", "test.orders"];
const schemaText = '{"type":"object","required":["id"]}';

/** A server with stations of which each has a group, a schema and a dead letter. */
let scene: Scene;
let guest: ControlClient;

before(async () => {
  scene = await Scene.open();
  const connection = await scene.connect();
  guest = new ControlClient(connection);
  await guest.call("schema.create", { schema: "order" }, { format: "json", text: schemaText });
  for (const station of stations) {
    await guest.call(
      "station.create",
      { station },
      station === "prod.eu.x" ? { partitions: 3 } : {},
    );
    await guest.call("group.create", { station, group: "billing" }, {});
    await guest.call("attachment.set", { station }, { schema: "order" });
    const answer = await connection.request(`${station.replaceAll(".", "#")}.k`, "{}");
    assert.match(answer.string(), /refused by the schema/);
    for (let count = 0; count === 0; ) {
      ({ count } = await guest.call("deadLetter.count", { station }, {}));
    }
  }
});
after(() => scene[Symbol.asyncDispose]());

interface Settings {
  readonly role?: "owner" | "admin" | "operator" | "viewer";
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

/** A user who has just been made, by the SDK and by requests. */
async function enter(settings: Settings): Promise<{ ox: Oxbow; control: ControlClient }> {
  await guest.call("user.delete", { user: "ann" }, {});
  const { password } = await guest.call("user.create", { user: "ann" }, settings);
  const credentials = { user: "ann", password: password ?? "" };
  const ox = await connect({ servers: `127.0.0.1:${scene.server.port}`, credentials });
  const connection = await scene.connect({ user: "ann", pass: password ?? "" });
  return { ox, control: new ControlClient(connection) };
}

/** What each sees of the stations: by its patterns, whatever its role; an owner is held to none. */
const oracle: readonly (readonly [Settings, readonly string[]])[] = [
  [{ read: ["prod.*"] }, ["prod.eu.x", "prod.orders"]],
  [{ read: ["secret"], write: ["test.*"] }, ["secret", "test.orders"]],
  [{ role: "viewer", read: ["prod.orders"], write: [] }, ["prod.orders"]],
  [{ role: "operator", read: ["*"] }, stations],
  [{ role: "admin", read: [], write: ["*.orders"] }, ["prod.orders", "test.orders"]],
  [{ role: "viewer", read: ["none.*"], write: [] }, []],
  [{ role: "owner" }, stations],
];

suite("lists tell of what who asks may see", () => {
  for (const [settings, seen] of oracle) {
    test(JSON.stringify(settings), async () => {
      const { ox, control } = await enter(settings);
      await using _ = ox;
      const { admin } = ox;
      const isOwner = settings.role === "owner";
      const own = isOwner ? ["OXBOW_DEAD_LETTERS"] : [];
      assert.deepEqual(await namesIn(admin.stations.list()), [...own, ...seen]);
      assert.deepEqual(await namesIn(admin.groups.list()), seen);
      assert.deepEqual(await namesIn(admin.attachments.list({ schema: "order" })), seen);
      assert.deepEqual(await namesIn(admin.schemas.list()), ["order"]);
      // Dead letters are read by who may read the station.
      const readable = isOwner ? seen : seen.filter((name) => mayRead(settings, name));
      const counts = readable.map((station) => ({ station, count: 1 }));
      assert.deepEqual(await Array.fromAsync(control.list("deadLetter.stations", {})), counts);
      for (const station of stations) {
        if (seen.includes(station)) {
          assert.deepEqual(await namesIn(admin.groups.list({ station })), [station]);
        } else {
          const asked = namesIn(admin.groups.list({ station }));
          await refuses(
            asked,
            "ACCESS_DENIED",
            /ann may not see the station .+oxbow user edit ann/,
          );
        }
      }
    });
  }

  test("page by page", async () => {
    const { ox, control } = await enter({
      role: "operator",
      read: ["*.orders", "prod.*"],
      write: [],
    });
    await using _ = ox;
    const wanted = ["prod.eu.x", "prod.orders", "test.orders"];
    for (const list of [
      "station.list",
      "group.list",
      "attachment.list",
      "deadLetter.stations",
    ] as const) {
      const found: Listed[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const request = { limit: 1, ...(after !== undefined && { after }) };
        const page = (await control.call(list, {}, request)) as Page<Listed>;
        assert.deepEqual([page.items.length, page.total], [1, wanted.length]);
        found.push(...page.items);
        after = page.next;
      }
      assert.deepEqual(found.map(nameOf), wanted);
    }
  });

  test("by a part of their names, and only what who asks may see", async () => {
    const { ox, control } = await enter({ role: "admin", read: ["prod.*"], write: [] });
    await using _ = ox;
    const groups = await control.call("group.list", {}, { search: "ILL", limit: 1 });
    assert.deepEqual([groups.total, groups.items.map(nameOf)], [2, ["prod.eu.x"]]);
    assert.equal((await control.call("group.list", {}, { search: "mail" })).total, 0);
    const sought = { station: "prod.orders", search: "bill" };
    assert.equal((await control.call("group.list", {}, sought)).total, 1);
    assert.equal((await control.call("user.list", {}, { search: "AN" })).total, 1);
    assert.equal((await control.call("user.list", {}, { search: "bob" })).total, 0);
    assert.equal((await control.call("schema.list", {}, { search: "rde" })).total, 1);
    const long = control.call("schema.list", {}, { search: "x".repeat(257) });
    await refuses(long, "API_REQUEST_INVALID", /search/);
  });

  test("and one who may not see all streams consumes what a pattern means that it may read", async () => {
    const { ox } = await enter({ read: ["prod.*"], write: ["prod.*"] });
    await using _ = ox;
    await using messages = ox.consume("*.orders", {
      group: "app",
      create: { start: { from: "beginning" } },
    });
    await ox.station("prod.orders").produce({ id: 1 });
    const { value } = await messages.next();
    assert.equal(value?.station, "prod.orders");
    value?.ack();
  });
});

suite("records of changes", () => {
  test("are told to an admin of some stations as far as they are about those, or its own", async () => {
    const { ox, control } = await enter({ role: "admin", read: ["prod.*"], write: ["prod.*"] });
    await using _ = ox;
    await control.call("station.edit", { station: "prod.orders" }, { description: "x" });
    await control.call("user.create", { user: "app" }, { read: ["prod.a"] });
    const seen = new Set<string>();
    let after: number | null = 0;
    while (after !== null) {
      const page: AuditAnswer = await control.call("audit.query", {}, { after, limit: 3 });
      for (const { names, who, operation } of page.entries) {
        const { station = operation } = names;
        seen.add(who?.user === "ann" ? `own ${station}` : station);
      }
      after = page.next;
    }
    const expected = ["own prod.orders", "own user.create", "prod.eu.x", "prod.orders"];
    assert.deepEqual([...seen].sort(), expected);
  });

  test("are for admins", async () => {
    const { ox } = await enter({ role: "operator" });
    await using _ = ox;
    const asked = ox.admin.audits.query({});
    await refuses(
      asked,
      "ACCESS_DENIED",
      /it takes the role admin or owner.+oxbow user edit USER --role admin/,
    );
  });
});

test("the platform's own streams are marked, consumed, and not changed", async () => {
  const station = "OXBOW_DEAD_LETTERS";
  const found = await guest.call("station.get", { station }, {});
  assert.deepEqual([found.isInternal, found.isManaged], [true, false]);
  assert.equal((await guest.call("station.get", { station: "secret" }, {})).isInternal, false);
  await refuses(guest.call("station.delete", { station }, {}), "STATION_FIXED", /setRetention/);
  const edited = guest.call("station.edit", { station }, { maxAgeMs: 1_000 });
  await refuses(edited, "STATION_FIXED", /platform's own/);
  await guest.call("group.create", { station, group: "watchers" }, {});
  const { ox } = await enter({ role: "admin" });
  await using _ = ox;
  await refuses(ox.admin.stations.get(station), "ACCESS_DENIED", /may not see/);
  await refuses(ox.admin.groups.create(station, "mine"), "ACCESS_DENIED", /may not consume/);
});

test("who activates a version may change all stations that follow it", async () => {
  const { ox } = await enter({ role: "operator", read: ["*"], write: ["prod.*"] });
  await using _ = ox;
  const text = schemaText.replace("required", 'description":"x","required');
  const { number: version } = await ox.admin.schemas.addVersion("order", { text });
  for (const asked of [
    ox.admin.schemas.activate("order", { version }),
    ox.admin.schemas.addVersion("order", { text, isActivated: true }),
  ]) {
    await refuses(
      asked,
      "ACCESS_DENIED",
      /ann may not change the station secret: .+--write secret/,
    );
  }
});

interface Listed {
  readonly name?: string;
  readonly station?: string;
}

function nameOf({ station, name }: Listed): string {
  return station ?? name ?? "";
}

async function namesIn(list: AsyncIterable<Listed>): Promise<string[]> {
  return (await Array.fromAsync(list)).map(nameOf);
}

function mayRead({ read = [] }: Settings, name: string): boolean {
  return read.some((pattern) =>
    new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(name),
  );
}
