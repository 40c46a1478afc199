import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Engine } from "../../src/engine.ts";
import type { EngineOptions } from "../../src/engine-options.ts";
import type { UserOptions } from "../../src/options/accounts.ts";
import type { Permissions } from "../../src/options/permissions.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../connection/test-host.ts";

const listen = { host: "127.0.0.1", port: 0 };
const jetstream = { enabled: false };
const ann = { user: "ann", password: "a" };
const bob = { user: "bob", password: "b" };
/** Of `s3cret`, cost 4. */
const hash = "$2a$04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";

const withUsers = (...users: UserOptions[]): EngineOptions => ({
  listen,
  jetstream,
  auth: { mode: "users", users },
});

interface Scene {
  readonly engine: Engine;
  readonly host: TestHost;
}

function enter({ host }: Scene, user: { user: string; password: string }): ManualSocket {
  const client = connectClient(host, { user: user.user, pass: user.password });
  client.take();
  return client;
}

suite("a reload of users", () => {
  test("lets new ones in, and closes those that are gone without a word", async () => {
    const scene = await openEngine(withUsers(ann));
    const client = enter(scene, ann);
    const outcome = await scene.engine.reload(withUsers(bob));
    assert.deepEqual(outcome, { applied: ["auth"], refused: [] });
    assert.equal(client.take(), "");
    assert.equal(client.isEnded, true);
    assert.equal(enter(scene, bob).isEnded, false);
    assert.equal(enter(scene, ann).isEnded, true);
  });

  test("refuses those whose password has changed", async () => {
    const scene = await openEngine(withUsers(ann, bob));
    const [one, other] = [enter(scene, ann), enter(scene, bob)];
    await scene.engine.reload(withUsers({ ...ann, password: "x" }, bob));
    assert.equal(one.take(), "-ERR 'Authorization Violation'\r\n");
    assert.equal(one.isEnded, true);
    assert.equal(other.send("PING\r\n").slice(0, 6), "PONG\r\n");
  });

  test("asks for credentials where none were needed, and the other way round", async () => {
    const scene = await openEngine();
    const [silent, greeted] = [scene.host.connect(), connectClient(scene.host)];
    silent.take();
    await scene.engine.reload(withUsers(ann));
    for (const client of [silent, greeted]) {
      assert.equal(client.take(), "-ERR 'Authorization Violation'\r\n");
    }
    const client = enter(scene, ann);
    await scene.engine.reload({ listen, jetstream });
    assert.equal(client.isEnded, false);
    assert.equal(connectClient(scene.host).isEnded, false);
  });

  test("closes those that are in another account now", async () => {
    const scene = await openEngine(withUsers(ann));
    const client = enter(scene, ann);
    const outcome = await scene.engine.reload({
      listen,
      jetstream,
      accounts: [{ name: "A", users: [ann] }],
    });
    assert.deepEqual(outcome.applied.toSorted(), ["accounts", "accounts.users", "auth"]);
    assert.equal(client.take(), "");
    assert.equal(client.isEnded, true);
  });

  test("is over once all are closed that have to go, however many, with a hash for each password at most", async () => {
    const users = withUsers({ ...ann, password: hash }, { ...bob, password: hash });
    const scene = await openEngine(users);
    const enterAll = (user: string): ManualSocket[] =>
      Array.from({ length: 20 }, () => connectClient(scene.host, { user, pass: "s3cret" }));
    const [gone, changed] = [enterAll("ann"), enterAll("bob")];
    await settle();
    for (const client of [...gone, ...changed]) assert.match(client.send("PING\r\n"), /PONG/);
    const { passwordHashes } = scene.host;
    passwordHashes.count = 0;
    const other = hash.replace("GT1Y", "GT1Z");
    await scene.engine.reload(withUsers({ ...bob, password: other }));
    for (const client of [...gone, ...changed]) assert.equal(client.isEnded, true);
    assert.equal(passwordHashes.count, 1);
  });

  test("asks for hashes beside the loop, and not again for those it remembers", async () => {
    const scene = await openEngine(withUsers({ ...ann, password: hash }));
    const client = connectClient(scene.host, { user: "ann", pass: "s3cret" });
    await settle();
    assert.match(client.send("PING\r\n"), /PONG/);
    await scene.engine.reload(withUsers({ ...ann, password: hash }, bob));
    assert.equal(client.isEnded, false);
    const other = hash.replace("GT1Y", "GT1Z");
    await scene.engine.reload(withUsers({ ...ann, password: other }));
    await settle();
    assert.equal(client.take(), "-ERR 'Authorization Violation'\r\n");
  });
});

suite("a reload of permissions", () => {
  const may = (permissions: Permissions): EngineOptions => withUsers({ ...ann, permissions }, bob);

  test("ends subscriptions that are not permitted any more, and says which", async () => {
    const scene = await openEngine(withUsers(ann, bob));
    const client = enter(scene, ann);
    client.send("SUB a 1\r\nSUB b w 2\r\nSUB c 3\r\n");
    await scene.engine.reload(may({ subscribe: { allow: ["c", "d"] }, publish: { deny: ["x"] } }));
    assert.equal(
      client.take(),
      `-ERR 'Permissions Violation for Subscription to "a" (sid "1")'\r\n` +
        `-ERR 'Permissions Violation for Subscription to "b" using queue "w" (sid "2")'\r\n`,
    );
    enter(scene, bob).send("PUB a 0\r\n\r\nPUB b 0\r\n\r\nPUB c 0\r\n\r\n");
    assert.equal(client.take(), "MSG c 3 0\r\n\r\n");
    assert.match(
      client.send("PUB x 0\r\n\r\nSUB a 1\r\n"),
      /Publish to "x"[\s\S]*Subscription to "a"/,
    );
    await scene.engine.reload(withUsers(ann, bob));
    assert.equal(client.send("PUB x 0\r\n\r\nSUB a 1\r\n"), "");
  });

  test("filters subscriptions that stay", async () => {
    const scene = await openEngine(withUsers(ann, bob));
    const client = enter(scene, ann);
    client.send("SUB a.* 1\r\n");
    await scene.engine.reload(may({ subscribe: { deny: ["a.x"] } }));
    enter(scene, bob).send("PUB a.x 0\r\n\r\nPUB a.y 0\r\n\r\n");
    assert.equal(client.take(), "MSG a.y 1 0\r\n\r\n");
    await scene.engine.reload(withUsers(ann, bob));
    enter(scene, bob).send("PUB a.x 0\r\n\r\n");
    assert.equal(client.take(), "MSG a.x 1 0\r\n\r\n");
  });
});

suite("a reload of accounts", () => {
  const withAccounts = (...names: string[]): EngineOptions => ({
    listen,
    jetstream,
    accounts: names.map((name) => ({ name, users: [{ user: name, password: "p" }] })),
  });

  test("lets go of one that is gone, and makes it anew when it comes again", async () => {
    const scene = await openEngine(withAccounts("A", "B"));
    const inA = (): ManualSocket => enter(scene, { user: "A", password: "p" });
    const client = inA();
    const before = scene.engine.accounts.get("A");
    await scene.engine.reload(withAccounts("B"));
    assert.equal(client.isEnded, true);
    assert.deepEqual([...scene.engine.accounts.keys()].sort(), ["$G", "$SYS", "B"]);
    await scene.engine.reload(withAccounts("A", "B"));
    assert.notEqual(scene.engine.accounts.get("A"), before);
    const again = inA();
    assert.match(again.send("SUB a 1\r\nPUB a 0\r\n\r\n"), /^MSG a 1 0/);
    assert.equal(scene.engine.accountConnections("A"), 1);
  });
});

suite("a reload of limits", () => {
  test("bounds clients that are connected", async () => {
    const { engine, host } = await openEngine();
    const client = connectClient(host);
    client.send("SUB a 1\r\nSUB b 2\r\n");
    const limits = { payloadMax: 10, subscriptionsMax: 2, subscriptionTokensMax: 2 };
    const outcome = await engine.reload({ listen, jetstream, limits });
    assert.deepEqual(outcome.applied.toSorted(), [
      "limits.payloadMax",
      "limits.subscriptionTokensMax",
      "limits.subscriptionsMax",
    ]);
    const text = `-ERR 'Permissions Violation for Subscription to "a.b.c", too many tokens'\r\n`;
    assert.equal(client.send("SUB a.b.c 3\r\n"), text);
    assert.equal(client.send("SUB c 3\r\n"), "-ERR 'maximum subscriptions exceeded'\r\n");
    assert.equal(client.send("PUB a 11\r\n"), "-ERR 'Maximum Payload Violation'\r\n");
    assert.match(host.connect().take(), /"max_payload":10,/);
  });

  test("closes connections that are too many", async () => {
    const { engine, host } = await openEngine();
    const clients = [1, 2, 3].map(() => connectClient(host));
    await engine.reload({ listen, jetstream, limits: { connectionsMax: 2 } });
    assert.deepEqual(
      clients.map(({ isEnded }) => isEnded),
      [false, false, true],
    );
    assert.match(clients[2]?.take() ?? "", /maximum connections exceeded/);
  });

  test("closes clients that are too many for an account", async () => {
    const account = (connectionsMax: number): EngineOptions => ({
      listen,
      jetstream,
      accounts: [{ name: "A", users: [ann], limits: { connectionsMax } }],
    });
    const scene = await openEngine(account(-1));
    const clients = [1, 2, 3].map(() => enter(scene, ann));
    const outcome = await scene.engine.reload(account(2));
    assert.deepEqual(outcome.applied, ["accounts.limits"]);
    assert.equal(clients.filter(({ isEnded }) => isEnded).length, 1);
  });

  test("asks clients as often as it says now", async () => {
    const { engine, host } = await openEngine();
    const client = connectClient(host);
    client.take();
    await engine.reload({ listen, jetstream, limits: { pingIntervalMs: 5_000 } });
    host.clock.advance(2_400);
    client.send("PONG\r\n");
    host.clock.advance(5_000);
    assert.equal(client.take(), "PING\r\n");
  });
});

suite("a reload that makes no sense", () => {
  test("changes nothing, and names what cannot change", async () => {
    const scene = await openEngine(withUsers(ann));
    const client = enter(scene, ann);
    const outcome = await scene.engine.reload({
      ...withUsers(bob),
      serverName: "other",
      listen: { host: "127.0.0.1", port: 1 },
      jetstream: { ...jetstream, domain: "D" },
      accounts: [{ name: "A", imports: [{ kind: "stream", account: "B", subject: "x" }] }],
    });
    assert.deepEqual(outcome.applied, []);
    const fixed = ["jetstream.domain", "listen", "serverName"];
    assert.deepEqual(outcome.refused.filter((option) => fixed.includes(option)).toSorted(), fixed);
    assert.equal(client.isEnded, false);
    assert.equal(enter(scene, ann).isEnded, false);
  });

  test("is an error if the options are wrong, and changes nothing", async () => {
    const scene = await openEngine(withUsers(ann));
    const client = enter(scene, ann);
    await assert.rejects(scene.engine.reload(withUsers(bob, bob)), {
      code: "ENGINE_OPTION_INVALID",
    });
    const limits = { payloadMax: -1 };
    await assert.rejects(scene.engine.reload({ listen, limits }), {
      code: "ENGINE_OPTION_INVALID",
    });
    assert.equal(client.isEnded, false);
    assert.deepEqual(await scene.engine.reload(withUsers(ann)), { applied: [], refused: [] });
  });
});

/** Lets what waits for promises go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
