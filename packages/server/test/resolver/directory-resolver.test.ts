import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { KeyPair } from "@nats-io/nkeys";
import { silentLogger } from "@oxbow/base";
import { StandingClock } from "@oxbow/testkit/clock";
import {
  DirectoryResolver,
  type DirectoryResolverOptions,
} from "../../src/resolver/directory-resolver.ts";
import { accountJwt, createAccount } from "./tokens.ts";

const directories: string[] = [];
after(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

interface Scene {
  readonly directory: string;
  readonly clock: StandingClock;
  readonly resolver: DirectoryResolver;
  /** What was told to who watches: keys, with a minus for those that are gone. */
  readonly told: string[];
  files(): Promise<string[]>;
}

async function open(
  options: Partial<DirectoryResolverOptions> = {},
  clock: StandingClock = new StandingClock(),
): Promise<Scene> {
  const base = options.directory ?? (await mkdtemp(join(tmpdir(), "oxbow-jwt-")));
  directories.push(base);
  const directory = options.directory ?? join(base, "jwt");
  const resolver = await DirectoryResolver.open(
    { kind: "full", ...options, directory },
    { clock, logger: silentLogger },
  );
  const told: string[] = [];
  resolver.watch((key, jwt) => told.push(jwt === undefined ? `-${key}` : key));
  return { directory, clock, resolver, told, files: async () => (await readdir(directory)).sort() };
}

function keyOf(account: KeyPair): string {
  return account.getPublicKey();
}

test("a JWT is kept in a file that nats-server would call the same", async () => {
  const { directory, resolver, files, told } = await open();
  const account = createAccount();
  const accountKey = keyOf(account);
  const jwt = accountJwt(account);
  assert.equal(await resolver.fetch(accountKey), undefined);
  await resolver.store({ accountKey, jwt });
  assert.deepEqual(await files(), [`${accountKey}.jwt`]);
  const path = join(directory, `${accountKey}.jwt`);
  assert.equal(await readFile(path, "utf8"), jwt);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  assert.equal(await resolver.fetch(accountKey), jwt);
  await resolver.store({ accountKey, jwt });
  assert.deepEqual(told, [accountKey]);
  await resolver.close();
  const again = await open({ directory });
  assert.deepEqual(await again.resolver.list(), [{ accountKey, jwt }]);
  await again.resolver.close();
});

test("class G (CVE-2022-28357): a key that is none is no name for a file", async () => {
  const { resolver, files } = await open();
  for (const accountKey of ["../../etc/passwd", "", "A/B", "x".repeat(300), "AAA\0"]) {
    await assert.rejects(resolver.fetch(accountKey), /invalid public key/);
    await assert.rejects(resolver.store({ accountKey, jwt: "x" }), /invalid public key/);
  }
  assert.deepEqual(await files(), []);
  await resolver.close();
});

test("files with other names are left alone", async () => {
  const { directory, resolver } = await open();
  await writeFile(join(directory, "notes.jwt"), "x");
  await writeFile(join(directory, "README"), "x");
  await resolver.reload();
  assert.deepEqual(await resolver.list(), []);
  await resolver.close();
});

test("what the configuration says does not take the place of something newer", async () => {
  const { resolver } = await open();
  const account = createAccount();
  const accountKey = keyOf(account);
  const newer = accountJwt(account, { iat: 1_700_000_100 });
  const older = accountJwt(account);
  const newest = accountJwt(account, { iat: 1_700_000_200 });
  await resolver.store({ accountKey, jwt: newer });
  await resolver.preload({ accountKey, jwt: older });
  assert.equal(await resolver.fetch(accountKey), newer);
  await resolver.preload({ accountKey, jwt: newest });
  assert.equal(await resolver.fetch(accountKey), newest);
  const other = accountJwt(createAccount(), { iat: 1_700_000_300 });
  await assert.rejects(resolver.preload({ accountKey, jwt: other }), /do not match/);
  await resolver.close();
});

test("the digest is that of all JWTs, whatever way they came", async () => {
  const { resolver } = await open({ onDelete: "remove" });
  const [a, b] = [createAccount(), createAccount()];
  const jwts = [accountJwt(a), accountJwt(b)] as const;
  const expected = Buffer.alloc(32);
  for (const jwt of jwts) {
    const digest = createHash("sha256").update(jwt).digest();
    for (let i = 0; i < 32; i++)
      expected.writeUInt8(expected.readUInt8(i) ^ digest.readUInt8(i), i);
  }
  await resolver.store({ accountKey: keyOf(a), jwt: accountJwt(a) });
  await resolver.store({ accountKey: keyOf(a), jwt: jwts[0] });
  await resolver.store({ accountKey: keyOf(b), jwt: jwts[1] });
  assert.deepEqual(await resolver.digest(), expected);
  await resolver.remove?.(keyOf(a));
  await resolver.remove?.(keyOf(b));
  assert.deepEqual(await resolver.digest(), Buffer.alloc(32));
  await resolver.close();
});

test("a full directory refuses more than it may have", async () => {
  const { resolver } = await open({ accountsMax: 2 });
  const accounts = [createAccount(), createAccount(), createAccount()];
  const store = (account: KeyPair | undefined): Promise<void> =>
    resolver.store({ accountKey: keyOf(account as KeyPair), jwt: accountJwt(account as KeyPair) });
  await store(accounts[0]);
  await store(accounts[1]);
  await assert.rejects(store(accounts[2]), /jwt store is full/);
  await store(accounts[1]);
  await resolver.close();
});

test("a cache lets go of what was not used for the longest time", async () => {
  const { resolver, files } = await open({ kind: "cache", accountsMax: 2 });
  const keys: string[] = [];
  for (let index = 0; index < 3; index++) {
    const account = createAccount();
    keys.push(keyOf(account));
    await resolver.store({ accountKey: keyOf(account), jwt: accountJwt(account) });
    if (index === 1) await resolver.fetch(keys[0] as string);
  }
  assert.deepEqual(await files(), [`${keys[0]}.jwt`, `${keys[2]}.jwt`].sort());
  await resolver.close();
});

test("a cache keeps a JWT for as long as it is used", async () => {
  const { resolver, clock, files } = await open({ kind: "cache", ttlMs: 10_000 });
  const account = createAccount();
  const accountKey = keyOf(account);
  await resolver.store({ accountKey, jwt: accountJwt(account) });
  clock.advance(9_000);
  await resolver.fetch(accountKey);
  clock.advance(9_000);
  assert.equal((await files()).length, 1);
  clock.advance(11_000);
  await resolver.digest();
  assert.deepEqual(await files(), []);
  await resolver.close();
});

test("a JWT that has ended is removed, and not listed before", async () => {
  const { resolver, clock, files } = await open();
  const account = createAccount();
  const accountKey = keyOf(account);
  const exp = Math.floor(clock.nowMs() / 1000) + 10;
  await resolver.store({ accountKey, jwt: accountJwt(account, { exp }) });
  assert.equal((await resolver.list()).length, 1);
  clock.advance(12_000);
  assert.equal((await resolver.list()).length, 0);
  assert.equal((await files()).length, 1);
  clock.advance(60_000);
  await resolver.digest();
  assert.deepEqual(await files(), []);
  await resolver.close();
});

test("accounts are deleted only where that is allowed, and then as it is wanted", async () => {
  const refusing = await open();
  assert.equal(refusing.resolver.remove, undefined);
  await refusing.resolver.close();
  for (const onDelete of ["rename", "remove"] as const) {
    const { resolver, files, told } = await open({ onDelete });
    const account = createAccount();
    const accountKey = keyOf(account);
    await resolver.store({ accountKey, jwt: accountJwt(account) });
    await resolver.remove?.(accountKey);
    await resolver.remove?.(accountKey);
    assert.deepEqual(await files(), onDelete === "rename" ? [`${accountKey}.jwt.deleted`] : []);
    assert.deepEqual(told, [accountKey, `-${accountKey}`]);
    assert.equal(await resolver.fetch(accountKey), undefined);
    await resolver.close();
  }
});

test("a reload finds what others have put into the directory", async () => {
  const { directory, resolver, told } = await open();
  const account = createAccount();
  const accountKey = keyOf(account);
  await resolver.store({ accountKey, jwt: accountJwt(account) });
  const changed = accountJwt(account, { iat: 1_700_000_500 });
  await writeFile(join(directory, `${accountKey}.jwt`), `${changed}\n`);
  told.length = 0;
  await resolver.reload();
  assert.deepEqual(told, [accountKey]);
  assert.equal(await resolver.fetch(accountKey), changed);
  await resolver.reload();
  assert.deepEqual(told, [accountKey]);
  await resolver.close();
});

test("a directory that can't be one is refused", async () => {
  const base = await mkdtemp(join(tmpdir(), "oxbow-jwt-"));
  directories.push(base);
  const file = join(base, "file");
  await writeFile(file, "");
  await assert.rejects(open({ directory: file }), /EEXIST|not a directory/);
});
