import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Stations } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { ServiceBench } from "../service/service-bench.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { Scene } from "./scene.ts";

/** A user that is made, and comes in at once: what is answered is in force. */
async function enter(
  scene: Scene,
  control: ControlClient,
  name: string,
  request: object = {},
): Promise<ControlClient> {
  const { user, password } = await control.call("user.create", { user: name }, request);
  const connection = await scene.connect({ user: user.login, pass: password ?? "" });
  return new ControlClient(connection);
}

suite("users by the control API", () => {
  test("are made, changed and taken out, in force when that is answered", async () => {
    await using scene = await Scene.open();
    const guest = await scene.connect();
    const control = new ControlClient(guest);
    const shop = { user: "shop" };
    const made = await control.call("user.create", shop, { write: ["prod.*"] });
    assert.equal(made.password?.length, 32);
    const pass = made.password ?? "";
    const first = await scene.connect({ user: "shop", pass });

    const another = await control.call("user.setPassword", shop, {});
    await first.closed();
    await scene.refuses({ user: "shop", pass });
    await scene.connect({ user: "shop", pass: another.password ?? "" });
    const given = await control.call("user.setPassword", shop, { password: "of my own choice" });
    assert.equal(given.password, null);
    await scene.connect({ user: "shop", pass: "of my own choice" });
    const isSame = async (password: string): Promise<boolean> =>
      (await control.call("user.checkPassword", shop, { password })).isSame;
    assert.deepEqual([await isSame("of my own choice"), await isSame(pass)], [true, false]);

    const { accessKey, secret } = await control.call("user.addKey", shop, { description: "ci" });
    const byKey = await scene.connect({ token: secret });
    assert.deepEqual((await control.call("user.get", shop, {})).keys, [accessKey]);
    const { id } = accessKey;
    assert.deepEqual(await control.call("user.removeKey", shop, { id }), { isDeleted: true });
    await byKey.closed();
    await scene.refuses({ token: secret });

    const edited = await control.call("user.edit", shop, { isDisabled: true });
    assert.equal(edited.isDisabled, true);
    await scene.refuses({ user: "shop", pass: "of my own choice" });
    const users = await Array.fromAsync(control.list("user.list", {}));
    assert.deepEqual(users, [edited]);
    assert.deepEqual(await control.call("user.delete", shop, {}), { isDeleted: true });
    assert.deepEqual(await control.call("user.delete", shop, {}), { isDeleted: false });
    await refuses(control.call("user.get", shop, {}), "USER_NOT_FOUND", /no user shop/);

    const { entries } = await control.call("audit.query", {}, { name: "shop" });
    assert.equal(entries.length, 8);
    const records = JSON.stringify(entries);
    for (const secretText of [pass, another.password ?? "", "of my own choice", secret, "scrypt"]) {
      assert.equal(records.includes(secretText), false);
    }
  });

  test("nobody gives more than he has, nor takes from who may more", async () => {
    await using scene = await Scene.open({ auth: true });
    const { owner } = scene.server;
    const root = await scene.connect({ user: owner?.user ?? "", pass: owner?.password ?? "" });
    const control = new ControlClient(root);
    const prod = { read: ["prod.*"], write: ["prod.*"] };
    const admin = await enter(scene, control, "admin", { role: "admin", ...prod });
    const boss = await enter(scene, control, "boss", { role: "owner" });
    const viewer = await enter(scene, control, "viewer", { role: "viewer" });

    const denied = (asked: Promise<unknown>): Promise<void> => refuses(asked, "ACCESS_DENIED", /./);
    const { user } = await admin.call("user.create", { user: "app" }, { read: ["prod.eu.*"] });
    assert.deepEqual(user.read, ["prod.eu.*"]);
    await denied(admin.call("user.create", { user: "x" }, { role: "owner" }));
    await denied(admin.call("user.create", { user: "x" }, { role: "owner", ...prod }));
    await denied(admin.call("user.create", { user: "x" }, { role: "operator" }));
    await denied(admin.call("user.create", { user: "x" }, { read: ["test.a"] }));
    await denied(admin.call("user.create", { user: "x" }, { read: ["pro*"] }));
    await denied(admin.call("user.create", { user: "x" }, { tenant: "acme" }));
    await denied(admin.call("user.edit", { user: "app" }, { role: "owner" }));
    await denied(admin.call("user.edit", { user: "admin" }, { write: ["*"] }));
    await denied(admin.call("user.edit", { user: "boss" }, { isDisabled: true }));
    await denied(admin.call("user.setPassword", { user: "boss" }, {}));
    await denied(admin.call("user.checkPassword", { user: "boss" }, { password: "guessed!" }));
    await denied(admin.call("user.addKey", { user: "viewer" }, {}));
    await denied(admin.call("user.delete", { user: "boss" }, {}));
    await assert.rejects(admin.call("tenant.create", { tenant: "acme" }, {}));
    const own = await admin.call("audit.query", {}, {});
    assert.deepEqual(new Set(own.entries.map(({ who }) => who?.user)), new Set(["admin"]));
    await assert.rejects(viewer.call("user.list", {}, {}));
    await boss.call("user.edit", { user: "admin" }, { write: ["*"], read: ["*"] });
    assert.equal((await admin.call("user.list", {}, {})).total, 4);
    await admin.call("user.create", { user: "y" }, { role: "admin" });
    await boss.call("audit.query", {}, {});
  });
});

test("dead letters go to a station only by who may write to that one", async () => {
  await using scene = await Scene.open();
  const control = new ControlClient(await scene.connect());
  await control.call("station.create", { station: "test.dead" }, {});
  const prod = { role: "operator", read: ["prod.*"], write: ["prod.*"] };
  const operator = await enter(scene, control, "ops", prod);
  const made = { station: "prod.orders" };
  const link = { deadLetterStation: "Test.dead" };
  await refuses(operator.call("station.create", made, link), "ACCESS_DENIED", /may not publish/);
  await operator.call("station.create", { station: "prod.dead" }, {});
  await operator.call("station.create", made, { deadLetterStation: "prod.dead" });
  await refuses(operator.call("station.edit", made, link), "ACCESS_DENIED", /test\.dead/);
  const edited = await operator.call("station.edit", made, { deadLetterStation: null });
  assert.equal(edited.settings.deadLetterStation, null);
  await control.call("station.edit", made, link);
});

suite("tenants by the control API", () => {
  test("are the owner's; what is theirs is nobody else's, and goes with them", async () => {
    await using scene = await Scene.open();
    const guest = await scene.connect();
    const control = new ControlClient(guest);
    const acme = { tenant: "acme" };
    const made = await control.call("tenant.create", acme, { streamsMax: 20 });
    assert.equal(made.streamsMax, 20);
    const ann = await enter(scene, control, "ann", { ...acme, role: "owner" });
    const station = await ann.call("station.create", { station: "orders" }, {});
    assert.equal(station.name, "orders");
    assert.deepEqual(await (await Stations.open(guest)).list(), []);

    // An owner of a tenant is none of others.
    const bob = await ann.call("user.create", { user: "bob" }, {});
    assert.equal(bob.user.login, "bob$acme");
    await refuses(ann.call("user.list", {}, { tenant: "default" }), "ACCESS_DENIED", /owners/);
    await refuses(ann.call("tenant.list", {}, {}), "ACCESS_DENIED", /tenants are for owners/);
    assert.equal((await control.call("user.list", {}, {})).total, 0);
    assert.equal((await control.call("user.list", {}, acme)).total, 2);

    // What one may not change is not told by the record of that either.
    await control.call("tenant.create", { tenant: "rival" }, { description: "secret" });
    await refuses(ann.call("tenant.edit", { tenant: "rival" }, {}), "ACCESS_DENIED", /tenants are/);
    const { entries } = await ann.call("audit.query", {}, { operation: "tenant" });
    assert.deepEqual([entries.length, entries[0]?.before], [1, null]);
    await control.call("tenant.delete", { tenant: "rival" }, {});

    const edited = await control.call("tenant.edit", acme, { connectionsMax: 7 });
    assert.equal(edited.connectionsMax, 7);
    await refuses(control.call("tenant.delete", acme, {}), "TENANT_IN_USE", /has 2 users/);
    await control.call("user.delete", { user: "ann" }, acme);
    await control.call("user.delete", { user: "bob" }, acme);
    assert.deepEqual(await control.call("tenant.delete", acme, {}), { isDeleted: true });
    const names = await Array.fromAsync(control.list("tenant.list", {}));
    assert.deepEqual(
      names.map(({ name }) => name),
      ["default"],
    );
    // Whoever is given the name later finds nothing.
    await control.call("tenant.create", acme, {});
    const eve = await enter(scene, control, "eve", { ...acme, role: "owner" });
    assert.equal((await eve.call("station.list", {}, {})).total, 0);
  });
});

onEachTarget("tenants and users on a server that takes none from the platform", (target) => {
  test("are refused", async () => {
    await using bench = await ServiceBench.open(target.server);
    const { control } = bench;
    const asked = control.call("user.create", { user: "shop" }, {});
    await refuses(asked, "USER_UNAVAILABLE", /takes no tenants and users/);
    await refuses(control.call("tenant.list", {}, {}), "USER_UNAVAILABLE", /takes no tenants/);
    const { entries } = await control.call("audit.query", {}, { name: "shop" });
    assert.deepEqual(
      entries.map(({ operation, outcome }) => [operation, outcome]),
      [["user.create", "failed"]],
    );
  });
});
