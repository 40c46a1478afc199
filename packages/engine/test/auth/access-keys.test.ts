import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { accessKeyDigest } from "../../src/auth/access-key.ts";
import type { Engine } from "../../src/engine.ts";
import type { UserOptions } from "../../src/options/accounts.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../connection/test-host.ts";

const id = "0123456789abcdef";
const key = `oxk_${id}_${"s".repeat(43)}`;
const other = `oxk_${id}_${"t".repeat(43)}`;
const violation = "-ERR 'Authorization Violation'\r\n";
/** Of `s3cret`, made by another program. */
const scryptHash =
  "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$IifzN3u05XK+27oQx3KvZqt+3tIJSPWU1x9lMg2hFRw";

const options = (...users: UserOptions[]) => ({
  listen: { host: "127.0.0.1", port: 0 },
  jetstream: { enabled: false },
  auth: { mode: "users" as const, users },
});
const keyed = (expiresAtMs?: number): UserOptions => ({
  user: "ann",
  password: "",
  isKeyOnly: true,
  accessKeys: [{ id, digest: accessKeyDigest(key), expiresAtMs }],
});

function isIn(host: TestHost, shown: Readonly<Record<string, string>>): boolean {
  return !connectClient(host, shown).isEnded;
}

suite("an access key", () => {
  test("lets its user in, as a token or as a password, and nothing else does", async () => {
    const { host } = await openEngine(options(keyed()));
    assert.equal(isIn(host, { auth_token: key }), true);
    assert.equal(isIn(host, { user: "ann", pass: key }), true);
    for (const shown of [
      { auth_token: other },
      { auth_token: `${key}x` },
      { auth_token: accessKeyDigest(key) },
      { user: "bob", pass: key },
      { user: "ann", pass: "" },
      { user: "ann", pass: other },
      { user: "ann" },
      {},
    ]) {
      assert.equal(isIn(host, shown), false, JSON.stringify(shown));
    }
  });

  test("ends what it has let in when it expires, and is of no use then", async () => {
    const host = await openKeyed(1_000);
    const client = host.connect(key);
    host.advance(999);
    assert.equal(client.isEnded, false);
    host.advance(1);
    assert.match(client.take(), /-ERR 'User Authentication Expired'/);
    assert.equal(client.isEnded, true);
    assert.match(host.connect(key).take(), /^$/);
    assert.equal(host.connect(key).isEnded, true);
  });

  test("that is taken back disconnects who came with it", async () => {
    const { engine, host } = await openEngine(options(keyed()));
    const client = connectClient(host, { auth_token: key });
    client.take();
    await engine.reload(options({ ...keyed(), accessKeys: [] }));
    assert.equal(client.isEnded, true);
  });

  test("can't be there twice, and has to look like one", async () => {
    const { engine } = await openEngine(options(keyed()));
    const twice = options(keyed(), { ...keyed(), user: "bob" });
    await assert.rejects(engine.reload(twice), /access key "0123456789abcdef".* is there twice/);
    const wrong = options({ ...keyed(), accessKeys: [{ id: "x", digest: "" }] });
    await assert.rejects(engine.reload(wrong), /needs 16 and 64 hexadecimal digits/);
  });
});

test("a user that expires has to go, and can't come again", async () => {
  const { engine, host } = await openEngine();
  const ann = { user: "ann", password: "a" };
  await engine.reload(options({ ...ann, expiresAtMs: engine.nowMs() + 50 }));
  const client = connectClient(host, { user: "ann", pass: "a" });
  host.clock.advance(50);
  assert.equal(client.isEnded, true);
  const again = connectClient(host, { user: "ann", pass: "a" });
  assert.equal(again.take(), "");
  assert.equal(again.isEnded, true);
});

test("a password may be a hash of scrypt", async () => {
  const { host } = await openEngine(options({ user: "ann", password: scryptHash }));
  const right = connectClient(host, { user: "ann", pass: "s3cret" });
  const wrong = connectClient(host, { user: "ann", pass: "secret" });
  const nobody = connectClient(host, { user: "bob", pass: "s3cret" });
  await new Promise(setImmediate);
  assert.equal(right.isEnded, false);
  assert.equal(wrong.take(), violation);
  assert.equal(nobody.take(), violation);
});

interface Keyed {
  connect(key: string): ManualSocket;
  advance(ms: number): void;
  readonly engine: Engine;
}

async function openKeyed(lifeMs: number): Promise<Keyed> {
  const { engine, host } = await openEngine();
  await engine.reload(options(keyed(engine.nowMs() + lifeMs)));
  return {
    engine,
    connect: (shown) => {
      const client = connectClient(host, { auth_token: shown });
      client.take();
      return client;
    },
    advance: (ms) => host.clock.advance(ms),
  };
}
