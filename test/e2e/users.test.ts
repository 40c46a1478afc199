import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AuditAnswer, Tenant, User, UserWithPassword } from "oxbow/control";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: tenants, users and the records of changes, by the command, on a server that the command has started. */
let directory = "";
let server: RunningCommand;
let env: Readonly<Record<string, string>> = {};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-users-"));
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd: directory });
  env = { OXBOW_URL: (await server.event<{ url: string }>()).url };
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function succeed(line: string): Promise<string> {
  const { status, stdout, stderr } = await oxbow(line.split(" "), { env, cwd: directory });
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function json<T>(line: string): Promise<T> {
  return JSON.parse(await succeed(`${line} --json`)) as T;
}

async function fails(line: string, message: RegExp, expected = 1): Promise<void> {
  const { status, stderr } = await oxbow(line.split(" "), { env, cwd: directory });
  assert.equal(status, expected, line);
  assert.match(stderr, message);
}

test("users are created, shown, changed, given keys, and deleted", async () => {
  const made = await json<UserWithPassword>("user create shop --write prod.*");
  const as = `--user shop --password ${made.password}`;
  await succeed("station create prod.orders");
  assert.match(await succeed(`pub prod#orders.a 1 ${as}`), /./);
  assert.match(await succeed("user list"), /^shop +none +nothing +prod\.\* +0 +enabled$/m);
  const edited = await json<User>("user edit shop --read prod.orders --role viewer");
  assert.deepEqual([edited.role, edited.read], ["viewer", ["prod.orders"]]);
  assert.match(
    await succeed("user key add shop --description ci"),
    /^key [0-9a-f]{16} \(ci\): oxk_/,
  );
  const [key] = (await json<User>("user show shop")).keys;
  assert.equal(
    await succeed(`user key remove shop ${key?.id}`),
    `removed key ${key?.id} of shop\n`,
  );
  assert.match(await succeed("user password shop"), /^password of shop: \S{32}\n$/);
  await fails(`station list ${as}`, /did not accept the credentials/);
  await fails("user edit shop --disable --enable", /write --disable or --enable/, 2);
  assert.equal(await succeed("user delete shop"), "deleted shop\n");
  await fails("user show shop", /there is no user shop/);

  const { entries } = await json<AuditAnswer>("audit --name shop --operation user");
  assert.deepEqual(
    entries.map(({ operation }) => operation.slice("user.".length)),
    ["create", "edit", "addKey", "removeKey", "setPassword", "delete"],
  );
  assert.match(await succeed("audit --limit 1"), /user\.create +shop +done\nmore: --after \d+\n$/);
});

test("tenants are created, shown, changed and deleted", async () => {
  const made = await json<Tenant>("tenant create acme --streams 10 --storage 1GiB");
  assert.deepEqual([made.streamsMax, made.storageBytesMax], [10, 1024 ** 3]);
  await succeed("user create ann --tenant acme --role owner");
  assert.match(await succeed("user list --tenant acme"), /^ann\$acme +owner/m);
  assert.equal((await json<Tenant>("tenant edit acme --streams none")).streamsMax, null);
  assert.match(await succeed("tenant list"), /^acme +0 of any +0 B of 1 GiB +0 of any +any/m);
  assert.match(await succeed("tenant show acme"), /storage +0 B of 1 GiB/);
  await fails("tenant delete acme", /tenant acme has 1 user: delete it first/);
  await succeed("user delete ann --tenant acme");
  assert.equal(await succeed("tenant delete acme"), "deleted acme\n");
  await fails("tenant show acme", /there is no tenant acme/);
});
