import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Stations, Tenants, Users } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { Scene, whenWelcome } from "./scene.ts";

suite("a server on loopback without --auth", () => {
  test("stays open, and holds those who show credentials to them", async () => {
    await using scene = await Scene.open();
    const guest = await scene.connect();
    const stations = await Stations.open(guest);
    await stations.create("prod.orders");
    await stations.create("test.orders");
    const users = await Users.open(guest);
    const { password } = await users.create("shop", { write: ["prod.*"] });
    assert.ok(password);
    const shop = await whenWelcome(scene, { user: "shop", pass: password });
    const js = jetstream(shop);
    assert.equal((await js.publish("prod#orders.x", "1")).stream, "prod#orders");
    await assert.rejects(js.publish("test#orders.x", "1"), /Permissions Violation/);
    await scene.refuses({ user: "shop", pass: `${password}x` });
    await scene.refuses({ user: "nobody", pass: password });
    await (await scene.connect()).flush();

    const closed = shop.closed();
    await users.edit("shop", { isDisabled: true });
    await closed;
    await scene.refuses({ user: "shop", pass: password });
    await guest.flush();
  });

  test("has who may come in, and who may not, in place when it starts again", async () => {
    await using scene = await Scene.open();
    const users = await Users.open(await scene.connect());
    const one = await users.create("one");
    const other = await users.create("other");
    const { secret } = await users.addKey("one");
    await users.delete("other");
    await scene.restart();
    await scene.connect({ user: "one", pass: one.password ?? "" });
    await scene.connect({ token: secret });
    await scene.refuses({ user: "other", pass: other.password ?? "" });
    await scene.connect();
  });
});

test("who only looks for users changes nothing of who comes in", async () => {
  await using scene = await Scene.open();
  const users = await Users.open(await scene.connect());
  assert.deepEqual(await users.list(), []);
  for (const credentials of [{}, { user: "anybody", pass: "anything" }]) {
    await scene.connect(credentials);
  }
  await scene.restart();
  await scene.connect({ user: "anybody", pass: "anything" });
});

suite("a server with --auth", () => {
  test("makes credentials once, keeps them for its owner alone, and asks for them from then on", async () => {
    await using scene = await Scene.open({ auth: true });
    const { owner } = scene.server;
    assert.ok(owner?.file);
    assert.equal(owner.isNew, true);
    assert.equal((await stat(owner.file)).mode & 0o777, 0o600);
    await scene.refuses({});
    const credentials = { user: owner.user, pass: owner.password };
    await scene.connect(credentials);
    await scene.restart();
    assert.deepEqual(scene.server.owner, { ...owner, isNew: false });
    await scene.refuses({});
    const users = await Users.open(await scene.connect(credentials));
    const { password } = await users.create("ann", { role: "viewer" });
    await whenWelcome(scene, { user: "ann", pass: password ?? "" });
    await scene.refuses({});
  });

  test("on another address starts with these, too", async () => {
    await using scene = await Scene.open({ auth: true, host: "0.0.0.0" });
    await scene.refuses({});
    await scene.restart({ host: "0.0.0.0" });
    await scene.refuses({});
  });

  test("does not take a file that others can read, or that holds nothing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "oxbow-users-"));
    try {
      const first = await Scene.start(directory, { auth: true });
      await first.stop();
      const file = first.owner?.file ?? "";
      const text = await readFile(file, "utf8");
      await writeFile(file, "{}");
      await assert.rejects(Scene.start(directory, {}), /holds no user and password: delete it/);
      await rm(file);
      await writeFile(file, text, { mode: 0o644 });
      await assert.rejects(Scene.start(directory, {}), /can be read by other users/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test("in memory makes others each time, and keeps them nowhere", async () => {
    await using scene = await Scene.open({ auth: true, memory: true });
    assert.equal(scene.server.owner?.file, undefined);
    const before = scene.server.owner?.password;
    await scene.restart({ auth: true, memory: true });
    assert.notEqual(scene.server.owner?.password, before);
    await scene.refuses({});
  });
});

test("tenants have stations and users of their own, within their quotas", async () => {
  await using scene = await Scene.open();
  const guest = await scene.connect();
  await (await Stations.open(guest)).create("orders");
  const tenants = await Tenants.open(guest);
  await tenants.create("acme", { streamsMax: 1, connectionsMax: 1 });
  const users = await Users.open(guest, { tenant: "acme" });
  const { user, password } = await users.create("ann", { role: "owner" });
  const ann = await whenWelcome(scene, { user: user.login, pass: password ?? "" });
  const stations = await Stations.open(ann);
  assert.deepEqual(await stations.list(), []);
  await stations.create("mine");
  await assert.rejects(stations.create("more"), { code: "STATION_UNAVAILABLE" });
  const names = (await (await Stations.open(guest)).list()).map(({ name }) => name);
  assert.deepEqual(names, ["orders"]);
  const { items } = await new ControlClient(guest).call("tenant.uses", {}, { tenant: "acme" });
  const { storageReservedBytes: _, ...use } = items[0] ?? assert.fail();
  const used = { tenant: "acme", streams: 1, consumers: 0, connections: 1 };
  assert.deepEqual(use, { ...used, storageBytes: 0, memoryBytes: 0, memoryReservedBytes: 0 });
  // As many as it may have, without those of the platform.
  await assert.rejects(
    scene.connect({ user: user.login, pass: password ?? "" }),
    /maximum account active connections exceeded/i,
  );
  await scene.restart();
  const again = await scene.connect({ user: user.login, pass: password ?? "" });
  const manager = await jetstreamManager(again);
  assert.deepEqual(await Array.fromAsync(manager.streams.names()), ["mine"]);
});
