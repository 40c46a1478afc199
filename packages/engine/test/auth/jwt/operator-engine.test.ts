import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createUser, type KeyPair } from "@nats-io/nkeys";
import type { Engine } from "../../../src/engine.ts";
import { connectLine, openEngine } from "../../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../../connection/test-host.ts";
import { OperatorWorld, scopedJwt, signNonce, unlimited, userJwt } from "./operator-world.ts";
import { issuedAt } from "./tokens.ts";

/** Lets promises that are settled go on. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

interface Scene {
  readonly world: OperatorWorld;
  readonly engine: Engine;
  readonly host: TestHost;
  /** Connects with a JWT; returns the socket once the server has answered. */
  join(jwt: string, user: KeyPair): Promise<ManualSocket>;
  /** Sends a request as `socket` and returns its answer. */
  ask(socket: ManualSocket, subject: string, body: string): Promise<string>;
}

async function openScene(world: OperatorWorld = new OperatorWorld()): Promise<Scene> {
  const { engine, host } = await openEngine({
    auth: { mode: "operator", operator: world.options() },
  });
  return {
    world,
    engine,
    host,
    async join(jwt, user) {
      const socket = host.connect();
      const nonce = /"nonce":"([\w-]+)"/.exec(socket.take())?.[1] ?? "";
      socket.send(connectLine({ jwt, sig: signNonce(user, nonce), nkey: user.getPublicKey() }));
      await settle();
      return socket;
    },
    async ask(socket, subject, body) {
      const first = socket.send(
        `SUB inbox 77\r\nPUB ${subject} inbox ${body.length}\r\n${body}\r\nUNSUB 77 1\r\n`,
      );
      await settle();
      return first + socket.take();
    },
  };
}

/** What the server says to a client that asks whether it is there. */
function ping(socket: ManualSocket): string {
  const answer = socket.send("PING\r\n");
  return answer.replace(/INFO [^\r]*\r\n|^PING\r\n/g, "");
}

/** What a client got, without the server's question whether it still lives. */
function heard(socket: ManualSocket | undefined): string {
  return socket?.take().replace(/^PING\r\n/, "") ?? "";
}

function pushed(world: OperatorWorld, account: KeyPair, nats: object, data: object = {}): string {
  return world.accountJwt("A", account, { ...nats }, { ...data, iat: issuedAt + 1 });
}

test("users of different accounts do not hear each other", async () => {
  const { world, join } = await openScene();
  const [a, b] = [createAccount(), createAccount()];
  for (const account of [a, b]) {
    await world.resolver.preload({
      accountKey: account.getPublicKey(),
      jwt: world.accountJwt("x", account),
    });
  }
  const [user1, user2, user3] = [createUser(), createUser(), createUser()];
  const one = await join(userJwt(user1, a), user1);
  const two = await join(userJwt(user2, a), user2);
  const three = await join(userJwt(user3, b), user3);
  assert.match(one.send("PING\r\n"), new RegExp(`"remote_account":"${a.getPublicKey()}"`));
  two.send("SUB x 1\r\nPING\r\n");
  three.send("SUB x 1\r\nPING\r\n");
  one.send("PUB x 2\r\nhi\r\n");
  assert.equal(two.take(), "MSG x 1 2\r\nhi\r\n");
  assert.equal(three.take(), "");
});

test("a client with a wrong signature is refused, and the greeting says that credentials are needed", async () => {
  const { world, join, host } = await openScene();
  const account = world.addAccount("A");
  await world.resolver.preload({
    accountKey: account.getPublicKey(),
    jwt: world.preload[account.getPublicKey()] as string,
  });
  assert.match(host.connect().take(), /"auth_required":true/);
  const user = createUser();
  const socket = await join(userJwt(user, account), createUser());
  assert.equal(heard(socket), "-ERR 'Authorization Violation'\r\n");
  assert.ok(socket.isEnded);
});

test("whoever is connected feels a new JWT of its account", async () => {
  const world = new OperatorWorld();
  const signing = createAccount();
  const scoped = createAccount();
  const scope = { kind: "user_scope", key: scoped.getPublicKey(), template: {} };
  const keys = [signing.getPublicKey(), scope];
  const nats = { signing_keys: keys };
  const account = world.addAccount("A", createAccount(), nats);
  const issuer_account = account.getPublicKey();
  const { join, ask } = await openScene(world);
  const admin = createUser();
  const system = await join(userJwt(admin, world.system), admin);
  const names = ["plain", "revoked", "bearer", "signed", "scoped", "free"] as const;
  const users = Object.fromEntries(names.map((name) => [name, createUser()])) as Record<
    (typeof names)[number],
    KeyPair
  >;
  const jwts = {
    plain: userJwt(users.plain, account),
    revoked: userJwt(users.revoked, account),
    bearer: userJwt(users.bearer, account, { bearer_token: true }),
    signed: userJwt(users.signed, signing, { issuer_account }),
    scoped: scopedJwt(users.scoped, scoped, account),
    free: userJwt(users.free, account, { sub: { allow: [">"] } }),
  };
  const sockets = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await join(jwts[name], users[name])] as const),
    ),
  ) as Record<(typeof names)[number], ManualSocket>;
  for (const name of names) assert.equal(ping(sockets[name]), "PONG\r\n", name);
  sockets.plain.send("SUB secret 5\r\n");
  sockets.free.send("SUB secret 5\r\n");

  const limits = { ...unlimited, imports: -1, exports: -1, conn: -1, disallow_bearer: true };
  const changed = pushed(world, account, {
    limits,
    signing_keys: [{ ...scope, template: { sub: { deny: ["x"] } } }],
    revocations: { [users.revoked.getPublicKey()]: issuedAt },
    default_permissions: { sub: { deny: ["secret"] } },
  });
  const answer = await ask(system, `$SYS.REQ.ACCOUNT.${issuer_account}.CLAIMS.UPDATE`, changed);
  assert.match(
    answer,
    new RegExp(`"data":{"account":"${issuer_account}","code":200,"message":"jwt updated"}`),
  );
  assert.equal(heard(sockets.revoked), "-ERR 'User Authentication Revoked'\r\n");
  assert.equal(heard(sockets.bearer), "-ERR 'Authorization Violation'\r\n");
  assert.equal(heard(sockets.signed), "");
  assert.ok(sockets.signed.isEnded && sockets.scoped.isEnded && sockets.revoked.isEnded);
  const lost = `-ERR 'Permissions Violation for Subscription to "secret" (sid "5")'\r\n`;
  assert.equal(heard(sockets.plain), lost);
  assert.equal(ping(sockets.free), "PONG\r\n");
});

test("limits that shrink send away those who came last", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const { join, ask } = await openScene(world);
  const admin = createUser();
  const system = await join(userJwt(admin, world.system), admin);
  const users = [createUser(), createUser(), createUser()];
  const sockets: ManualSocket[] = [];
  for (const user of users) sockets.push(await join(userJwt(user, account), user));
  for (const socket of sockets) ping(socket);
  sockets[0]?.send("SUB a 1\r\nSUB b 2\r\n");
  const limits = { ...unlimited, imports: -1, exports: -1, conn: 2, payload: 3 };
  const key = account.getPublicKey();
  await ask(system, `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`, pushed(world, account, { limits }));
  assert.equal(heard(sockets[2]), "-ERR 'maximum account active connections exceeded'\r\n");
  assert.match(sockets[1]?.send("PUB a 4\r\n1234\r\n") ?? "", /Maximum Payload Violation/);
  const fewer = { ...limits, subs: 2 };
  await ask(
    system,
    `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`,
    pushed(world, account, { limits: fewer }),
  );
  assert.match(heard(sockets[0]), /maximum subscriptions exceeded/);
});

test("an account that ends sends everybody away, and nobody comes in until it is renewed", async () => {
  const world = new OperatorWorld();
  const account = createAccount();
  const key = account.getPublicKey();
  const brief = world.accountJwt("A", account, {}, { exp: issuedAt + 10 });
  world.preload[key] = brief;
  const { join, host, world: same } = await openScene(world);
  const user = createUser();
  const socket = await join(userJwt(user, account), user);
  assert.equal(ping(socket), "PONG\r\n");
  host.clock.advance(9_000);
  assert.equal(ping(socket), "PONG\r\n");
  host.clock.advance(1_000);
  assert.equal(heard(socket), "-ERR 'Account Authentication Expired'\r\n");
  const late = await join(userJwt(user, account), user);
  assert.match(late.take(), /Authorization Violation/);
  await same.resolver.preload({ accountKey: key, jwt: world.accountJwt("A", account) });
  host.clock.advance(1_000);
  const again = await join(userJwt(user, account), user);
  assert.equal(ping(again), "PONG\r\n");
});

test("class E (CVE-2020-26892): a user that ends is sent away while it is connected", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const { join, host } = await openScene(world);
  const user = createUser();
  const socket = await join(userJwt(user, account, {}, { exp: issuedAt + 5 }), user);
  ping(socket);
  host.clock.advance(5_000);
  assert.equal(heard(socket), "-ERR 'User Authentication Expired'\r\n");
});

test("pushes that make no sense are answered with a reason", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const other = createAccount();
  const { join, ask } = await openScene(world);
  const admin = createUser();
  const system = await join(userJwt(admin, world.system), admin);
  const user = createUser();
  await join(userJwt(user, account), user);
  const key = account.getPublicKey();
  const update = `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`;
  const foreign = world.accountJwt("A", account, {}, {}, other);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      update,
      "",
      /"error":{"account":"A\w+","code":500,"description":"jwt update error - request body is empty"}/,
    ],
    [update, "x", /"description":"jwt update resulted in error - expected 3 chunks"/],
    [update, world.accountJwt("B", other), /subject does not match jwt content/],
    [update, foreign, /jwt update resulted in error - account validation failed/],
    [
      `$SYS.REQ.ACCOUNT.${other.getPublicKey()}.CLAIMS.UPDATE`,
      world.accountJwt("B", other),
      /"message":"jwt update skipped"/,
    ],
    [
      `$SYS.ACCOUNT.${key}.CLAIMS.UPDATE`,
      world.accountJwt("A", account),
      /"message":"jwt updated"/,
    ],
  ];
  for (const [subject, body, expected] of cases) {
    assert.match(await ask(system, subject, body), expected, subject);
  }
});
