import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { NatsConnection } from "@nats-io/nats-core";
import { ControlClient, type UserRequest } from "oxbow/control";
import { Scene } from "../scene.ts";
import { CommandDoor } from "./command-door.ts";
import type { Address, Door, Guest, Login } from "./door.ts";
import { memphisDoor } from "./memphis-door.ts";
import { natsDoor } from "./nats-door.ts";
import { type Deed, deeds, isAllowed, type Kind, kinds, notThere } from "./oracle.ts";
import { sdkDoor } from "./sdk-door.ts";

/** Goal: who may do what with a station, through each door, in each situation, is what the oracle says. */
const orders = { station: "prod.orders" };
const commandDoor = new CommandDoor();
const doors: readonly Door[] = [natsDoor, sdkDoor, commandDoor, memphisDoor];

let scene: Scene;
let root: NatsConnection;
let control: ControlClient;

before(async () => {
  scene = await Scene.open({ memphisPort: "0" });
  root = await scene.connect();
  control = new ControlClient(root);
  await control.call("station.create", orders, {});
  const group = { maxAckTimeMs: 30_000, maxDeliveries: 10, maxInFlight: null };
  await control.call("group.create", { ...orders, group: "billing" }, group);
  await control.call("tenant.create", { tenant: "acme" }, {});
});
after(async () => {
  await commandDoor[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

function address(): Address {
  const { port, memphisPort = 0 } = scene.server;
  return { port, memphisPort };
}

/** Who comes in with patterns of stations that it may read and write. */
async function makeUser(
  name: string,
  kind: Kind,
  pattern: string,
  tenant = "default",
): Promise<Login> {
  const role = kind === "application" ? {} : { role: kind };
  const request = { ...role, read: [pattern], write: [pattern], tenant };
  const { user, password } = await control.call(
    "user.create",
    { user: name },
    request as UserRequest,
  );
  return { user: user.login, password: password ?? "" };
}

/** What there is to do something with. */
async function prepare(deed: Deed): Promise<void> {
  if (deed === "delete") await control.call("station.create", { station: "prod.doomed" }, {});
  if (deed === "consume") await root.request("prod#orders.k", "to be consumed");
}

/** What became of a deed: `undefined` if it was done, else what was said. */
async function outcome(guest: Guest, deed: Deed): Promise<string | undefined> {
  const run = guest.deeds[deed];
  assert.ok(run);
  try {
    await run();
    return undefined;
  } catch (error) {
    return textsOf(error).join(" / ");
  }
}

function textsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  // The SDK of Memphis shows the bytes of a text that comes in pieces.
  const isBytes = /^\d+(?:,\d+)+$/.test(error.message);
  const text = isBytes
    ? Buffer.from(error.message.split(",").map(Number)).toString()
    : String(error);
  return [text, ...textsOf(error.cause)];
}

/** What a stranger must change nothing of. */
async function state(): Promise<unknown> {
  const { settings, messages, partitions } = await control.call("station.get", orders, {});
  const groups = await Array.fromAsync(control.list("group.list", {}));
  const users = (await Array.fromAsync(control.list("user.list", {}))).map(({ name }) => name);
  return { settings, messages, partitions, groups, users };
}

function rowsOf(door: Door): readonly Deed[] {
  return deeds.filter((deed) => notThere[door.name]?.[deed] === undefined);
}

test("what doors have nothing for is said, and is all that they have nothing for", async () => {
  const login = await makeUser("complete", "owner", "prod.*");
  for (const door of doors) {
    await using guest = await door.enter(address(), login);
    const missing = deeds.filter((deed) => guest.deeds[deed] === undefined);
    assert.deepEqual(missing, Object.keys(notThere[door.name] ?? {}), door.name);
  }
});

for (const door of doors) {
  suite(`by ${door.name}`, () => {
    for (const kind of kinds) {
      for (const isLetAt of [true, false]) {
        test(`${kind} ${isLetAt ? "let at the station" : "let at others"}`, async () => {
          const name = `${kind}-${isLetAt ? "here" : "there"}-${doors.indexOf(door)}`;
          const login = await makeUser(name, kind, isLetAt ? "prod.*" : "test.*");
          await using guest = await door.enter(address(), login);
          for (const deed of rowsOf(door)) {
            await prepare(deed);
            const said = await outcome(guest, deed);
            if (isAllowed(kind, deed, isLetAt)) assert.equal(said, undefined, deed);
            else assert.match(said ?? "it was done", door.denial, deed);
          }
        });
      }

      test(`${kind} of another tenant`, async () => {
        const login = await makeUser(`${kind}-${doors.indexOf(door)}`, kind, "prod.*", "acme");
        const before = await state();
        await using guest = await door.enter(address(), login);
        for (const deed of rowsOf(door)) {
          const said = await outcome(guest, deed);
          if (door === memphisDoor)
            assert.match(said ?? "", /are served in account \$G only/, deed);
        }
        assert.deepEqual(await state(), before);
      });
    }

    test("revoked while connected", async () => {
      for (const how of ["disabled", "deleted"] as const) {
        await root.request("prod#orders.k", "to stay for");
        const user = `revoked-${how}-${doors.indexOf(door)}`;
        const login = await makeUser(user, "application", "prod.*");
        await using guest = await door.enter(address(), login);
        const { gone } = await guest.stay();
        const { messages } = await control.call("station.get", orders, {});
        if (how === "disabled") await control.call("user.edit", { user }, { isDisabled: true });
        else await control.call("user.delete", { user }, {});
        // Once that is answered it is in force, whatever the client knows of it yet.
        await outcome(guest, "publish");
        assert.equal((await control.call("station.get", orders, {})).messages, messages);
        const text = await gone;
        if (door === commandDoor)
          assert.match(text, /^status 1: .+does not accept its credentials any more/s);
        await assert.rejects(async () => {
          await using again = await door.enter(address(), login);
          await again.deeds.publish?.();
        });
      }
    });
  });
}
