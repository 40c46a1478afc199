import assert from "node:assert/strict";
import { test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { passwordMatches } from "@oxbow/node-host/passwords";
import { Directory, Tenants, Users, watchDirectory } from "@oxbow/platform";
import { deleteStreams } from "../support/delete-streams.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("users and tenants are kept", (target) => {
  async function open() {
    const client = await openOfficialClient(target.server);
    const { nc } = client;
    const users = await Users.open(nc);
    const tenants = await Tenants.open(nc, { empty: async () => {} });
    const bucket = await new Kvm(nc).open("oxbow_accounts");
    return {
      ...{ nc, users, tenants, bucket },
      async [Symbol.asyncDispose]() {
        await deleteStreams(client, target.server);
        await client[Symbol.asyncDispose]();
      },
    };
  }

  test("with a random password that is told once, and kept as a hash", async () => {
    await using bench = await open();
    const { user, password } = await bench.users.create("App", { read: ["prod.*"] });
    assert.ok(password);
    assert.deepEqual(user, {
      ...{ name: "app", tenant: "default", login: "app", type: "application", role: null },
      ...{
        read: ["prod.*"],
        write: [],
        description: "",
        mayExport: true,
        hasPassword: true,
        keys: [],
      },
      ...{ isDisabled: false, expiresAt: null, createdAt: user.createdAt },
    });
    assert.deepEqual(await bench.users.get("app"), user);
    assert.deepEqual(await bench.users.list(), [user]);
    const text = (await bench.bucket.get("user.default.app"))?.string() ?? "";
    assert.equal(text.includes(password), false);
    const { password: hash } = JSON.parse(text) as { password: string };
    assert.equal(passwordMatches(password, hash), true);
    assert.equal(passwordMatches(`${password}x`, hash), false);
  });

  test("with a role, a password of their own, keys and a time", async () => {
    await using bench = await open();
    const { users } = bench;
    const made = await users.create("ann.x", {
      role: "viewer",
      password: "green lamp",
    });
    assert.equal(made.password, null);
    assert.deepEqual(
      [made.user.type, made.user.read, made.user.write],
      ["management", ["*"], ["*"]],
    );
    const { accessKey, secret } = await users.addKey("ann.x", { description: "ci" });
    assert.match(secret, new RegExp(`^oxk_${accessKey.id}_[A-Za-z0-9_-]{43}$`));
    const edited = await users.edit("ann.x", { role: "admin", expiresAt: "2100-01-01T00:00:00Z" });
    assert.deepEqual(
      [edited.role, edited.expiresAt, edited.keys.map(({ id }) => id)],
      ["admin", "2100-01-01T00:00:00Z", [accessKey.id]],
    );
    assert.equal(await users.removeKey("ann.x", accessKey.id), true);
    assert.equal(await users.removeKey("ann.x", accessKey.id), false);
    assert.equal(await users.delete("ann.x"), true);
    assert.equal(await users.delete("ann.x"), false);
    assert.equal(await users.find("ann.x"), undefined);
  });

  test("and what can't be is refused", async () => {
    await using bench = await open();
    const { users, tenants, nc } = bench;
    await refuses(users.create("a$b"), "USER_INVALID", /"a\$b" is no name for a user/);
    await refuses(users.create("a", { password: "short" }), "USER_INVALID", /password/);
    await refuses(users.create("a", { read: ["a.>"] }), "USER_INVALID", /read.0: write the name/);
    await refuses(users.create("a", { expiresAt: "soon" }), "USER_INVALID", /write a time such as/);
    await refuses(users.create("a", { isAdmin: true } as object), "USER_INVALID", /isAdmin/);
    await refuses(users.edit("a", {}), "USER_NOT_FOUND", /no user a/);
    await users.create("a");
    await refuses(users.create("a"), "USER_EXISTS", /there is a user a/);
    await refuses(tenants.create("a.b"), "TENANT_INVALID", /no name for a tenant/);
    await refuses(tenants.create("t", { streamsMax: 0 }), "TENANT_INVALID", /streamsMax/);
    const others = await Users.open(nc, { tenant: "t" });
    await refuses(others.create("a"), "TENANT_NOT_FOUND", /no tenant t/);
  });

  test("tenants have quotas, and are gone only without users", async () => {
    await using bench = await open();
    const { tenants, nc } = bench;
    const made = await tenants.create("acme", { streamsMax: 3 });
    assert.deepEqual(await tenants.create("acme", { streamsMax: 3 }), made);
    await refuses(tenants.create("acme"), "TENANT_EXISTS", /other settings/);
    const users = await Users.open(nc, { tenant: "acme" });
    assert.equal((await users.create("ann")).user.login, "ann$acme");
    assert.equal((await tenants.edit("acme", { connectionsMax: 5 })).streamsMax, 3);
    await refuses(tenants.delete("acme"), "TENANT_IN_USE", /has 1 user: delete it first/);
    await users.delete("ann");
    assert.deepEqual(
      (await tenants.list()).map(({ name }) => name),
      ["default", "acme"],
    );
    assert.equal(await tenants.delete("acme"), true);
    assert.equal(await tenants.find("acme"), undefined);
    assert.equal((await tenants.get("default")).createdAt, null);
  });

  test("a tenant whose deletion was cut off says so, takes nothing, and is deleted by doing it again", async () => {
    await using bench = await open();
    const { tenants, nc } = bench;
    await tenants.create("acme");
    const cutOff = await Tenants.open(nc, { empty: () => Promise.reject(new Error("cut off")) });
    await assert.rejects(cutOff.delete("acme"), /cut off/);
    const unfinished = ["its deletion is not finished"];
    assert.deepEqual((await tenants.get("acme")).problems, unfinished);
    const users = await Users.open(nc, { tenant: "acme" });
    await refuses(users.create("ann"), "TENANT_IN_USE", /being deleted: delete it again/);
    await refuses(tenants.edit("acme", {}), "TENANT_IN_USE", /being deleted/);
    await refuses(tenants.create("acme"), "TENANT_IN_USE", /being deleted/);
    assert.equal(await tenants.delete("acme"), true);
    assert.deepEqual((await tenants.create("acme")).problems, []);
  });

  test("several that change them at a time lose nothing", async () => {
    await using bench = await open();
    const other = await Users.open(bench.nc);
    await bench.users.create("ann", { password: null });
    const keys = await Promise.all(
      [bench.users, other, bench.users, other].map((users) => users.addKey("ann")),
    );
    const { keys: kept } = await bench.users.get("ann");
    assert.deepEqual(kept.map(({ id }) => id).sort(), keys.map((key) => key.accessKey.id).sort());
  });

  test("and make the accounts of an engine, where nothing that can't be read lets anybody in", async () => {
    await using bench = await open();
    const { tenants, users, bucket, nc } = bench;
    await tenants.create("acme", { storageBytesMax: 10, messagesPerSecondMax: 7 });
    await (await Users.open(nc, { tenant: "acme" })).create("bob", { password: null });
    await users.create("ann", { role: "owner" });
    await users.create("eve");
    await users.edit("eve", { isDisabled: true });
    await bucket.put("user.default.odd", '{"version":1,"role":"owner"}');
    await bucket.put("user.gone.x", JSON.stringify({ version: 2 }));
    const directory = new Directory();
    const problems: string[] = [];
    for await (const { key, text, isCaughtUp } of watchDirectory(nc)) {
      const problem = directory.take(key, text);
      if (problem !== undefined) problems.push(problem.message);
      if (isCaughtUp) break;
    }
    assert.equal(problems.length, 2);
    const [first, second] = directory.accounts();
    assert.deepEqual([first?.name, first?.users.map(({ user }) => user)], ["$G", ["ann"]]);
    assert.equal(first?.users[0]?.permissions.limitsReplies, false);
    assert.deepEqual(
      second?.users.map(({ user, isKeyOnly }) => [user, isKeyOnly]),
      [["bob$acme", true]],
    );
    assert.deepEqual([second?.jetstream.storageBytesMax, second?.messagesPerSecondMax], [10, 7]);
    directory.take("tenant.acme", undefined);
    assert.equal(directory.accounts().length, 1);
    await users.addKey("ann");
    const copied = (await bucket.get("user.default.ann"))?.string();
    for (const name of ["ann", "copy"]) directory.take(`user.default.${name}`, copied);
    const keys = directory.accounts()[0]?.users.map(({ accessKeys }) => accessKeys.length);
    assert.deepEqual(keys, [0, 0], "a key is that of one user, or of none");
  });
});
