import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createUser, type KeyPair } from "@nats-io/nkeys";
import * as fc from "fast-check";
import type { Engine } from "../../../src/engine.ts";
import { connectLine, openEngine } from "../../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../../connection/test-host.ts";
import { KeptResolver } from "./kept-resolver.ts";
import { OperatorWorld, signNonce, userJwt } from "./operator-world.ts";

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

interface Scene {
  readonly world: OperatorWorld;
  readonly resolver: KeptResolver;
  readonly engine: Engine;
  readonly host: TestHost;
  /** A connection in the system account. */
  readonly system: ManualSocket;
}

async function join(host: TestHost, account: KeyPair): Promise<ManualSocket> {
  const user = createUser();
  const socket = host.connect();
  const nonce = /"nonce":"([\w-]+)"/.exec(socket.take())?.[1] ?? "";
  socket.send(connectLine({ jwt: userJwt(user, account), sig: signNonce(user, nonce) }));
  await settle();
  return socket;
}

async function openScene(): Promise<Scene> {
  const world = new OperatorWorld();
  const resolver = new KeptResolver();
  const { engine, host } = await openEngine({
    auth: { mode: "operator", operator: world.options({ resolver }) },
  });
  const system = await join(host, world.system);
  system.send("PING\r\n");
  return { world, resolver, engine, host, system };
}

test("an account that is not there is asked for in the system account", async () => {
  const { world, resolver, host, system } = await openScene();
  const account = createAccount();
  const key = account.getPublicKey();
  const jwt = world.accountJwt("A", account);
  system.send("SUB $SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP 1\r\n");
  const client = await join(host, account);
  const request = /MSG \$SYS\.REQ\.ACCOUNT\.(\S+)\.CLAIMS\.LOOKUP 1 (\S+) 0\r\n/.exec(
    system.take(),
  );
  assert.equal(request?.[1], key);
  assert.equal(client.take(), "");
  system.send(`PUB ${request?.[2]} ${jwt.length}\r\n${jwt}\r\n`);
  await settle();
  assert.match(client.send("PING\r\n"), /PONG/);
  assert.equal(resolver.kept.get(key), jwt);
});

test("nobody waits for an account longer than it takes", async () => {
  const { host, system } = await openScene();
  system.send("SUB $SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP 1\r\n");
  const client = await join(host, createAccount());
  assert.equal(client.take(), "");
  host.clock.advance(1_000);
  await settle();
  assert.equal(client.take(), "-ERR 'Authorization Violation'\r\n");
});

test("what others have is taken, now and then", async () => {
  const { world, resolver, host, system } = await openScene();
  const account = createAccount();
  const key = account.getPublicKey();
  const jwt = world.accountJwt("A", account);
  system.send("SUB $SYS.REQ.CLAIMS.PACK 1\r\n");
  host.clock.advance(60_000);
  await settle();
  const heard = system.take();
  const request = /MSG \$SYS\.REQ\.CLAIMS\.PACK 1 (\S+) 32\r\n/.exec(heard);
  assert.ok(request !== null, heard);
  const pack = `${key}|${jwt}\nnonsense\nU|x\n${key}|a|b\n`;
  system.send(`PUB ${request[1]} ${pack.length}\r\n${pack}\r\nPUB ${request[1]} 0\r\n\r\n`);
  await settle();
  assert.equal(resolver.kept.get(key), jwt);
  assert.equal(resolver.kept.size, 2);
});

test("what it has is given to those who have something else", async () => {
  const { resolver, system } = await openScene();
  const digest = (await resolver.digest()).toString("latin1");
  system.send("SUB in 1\r\n");
  system.send(`PUB $SYS.REQ.CLAIMS.PACK in 32\r\n${digest}\r\n`);
  await settle();
  assert.equal(system.take(), "MSG in 1  0\r\n\r\n");
  system.send("PUB $SYS.REQ.CLAIMS.PACK in 0\r\n\r\n");
  await settle();
  const [[key, jwt]] = [...resolver.kept] as [[string, string]];
  const line = `${key}|${jwt}`;
  assert.equal(system.take(), `MSG in 1  ${line.length}\r\n${line}\r\nMSG in 1  0\r\n\r\n`);
});

test("an engine that closes leaves no timer, and closes its resolver", async () => {
  const { engine, host, resolver, system } = await openScene();
  system.closeByPeer();
  await engine.close();
  assert.equal(host.clock.timerCount, 0);
  assert.ok(resolver.isClosed);
});

test("whatever is shown or sent, others do not notice", async () => {
  const { world, host, system } = await openScene();
  const user = createUser();
  const good = userJwt(user, world.system);
  const subjects = ["LIST", "UPDATE", "DELETE", "PACK"].map((name) => `$SYS.REQ.CLAIMS.${name}`);
  const text = fc.oneof(
    fc.string(),
    fc.constant(good),
    fc.nat(good.length).map((end) => good.slice(0, end)),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.string(),
      fc.constantFrom(
        ...subjects,
        "$SYS.REQ.ACCOUNT.A.CLAIMS.UPDATE",
        "$SYS.REQ.ACCOUNT.x.CLAIMS.LOOKUP",
      ),
      async (jwt, sig, subject) => {
        const socket = host.connect();
        socket.take();
        const heard = socket.send(connectLine({ jwt, sig }));
        await settle();
        assert.match(heard + socket.take(), /-ERR 'Authorization Violation'/);
        socket.closeByPeer();
        const body = Buffer.from(jwt).toString("latin1");
        system.send(`PUB ${subject} some.inbox ${body.length}\r\n${body}\r\n`);
        await settle();
        assert.match(system.send("PING\r\n"), /PONG/);
      },
    ),
    { numRuns: 60 },
  );
});
