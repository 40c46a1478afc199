import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createUser, type KeyPair } from "@nats-io/nkeys";
import * as fc from "fast-check";
import { readCalloutAnswer } from "../../../src/auth/callout/callout-answer.ts";
import { ServerIdentity } from "../../../src/auth/server-identity.ts";
import type { Engine } from "../../../src/engine.ts";
import { connectLine, openEngine } from "../../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../../connection/test-host.ts";
import { issuedAt, makeToken, signingKey } from "../jwt/tokens.ts";

const issuer = createAccount();
const issuerKey = signingKey(issuer).publicKey;

async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

interface Scene {
  readonly engine: Engine;
  readonly host: TestHost;
  /** The connection of the service. */
  readonly service: ManualSocket;
}

async function openScene(): Promise<Scene> {
  const { engine, host } = await openEngine({
    auth: {
      mode: "users",
      users: [{ user: "auth", password: "pwd" }],
      callout: { issuer: issuerKey, authUsers: ["auth"] },
    },
    limits: { authTimeoutMs: 1_000 },
  });
  const service = host.connect();
  service.send(connectLine({ user: "auth", pass: "pwd" }));
  await settle();
  service.send("SUB $SYS.REQ.USER.AUTH 1\r\nPING\r\n");
  return { engine, host, service };
}

interface Request {
  readonly reply: string;
  readonly userKey: string;
  readonly serverId: string;
}

/** The request the service got. */
function requestOf(service: ManualSocket): Request {
  const text = service.take();
  const match = /MSG \$SYS\.REQ\.USER\.AUTH 1 (\S+) \d+\r\n(\S+)\r\n/.exec(text);
  assert.ok(match !== null, text);
  const [, reply = "", token = ""] = match;
  const body = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  const { nats } = JSON.parse(body) as { nats: { user_nkey: string; server_id: { id: string } } };
  return { reply, userKey: nats.user_nkey, serverId: nats.server_id.id };
}

function answerOf(request: Request, nats: object = {}, key: KeyPair = issuer): string {
  const user = { subs: -1, data: -1, payload: -1, ...nats, type: "user", version: 2 };
  const jwt = makeToken({ sub: request.userKey, name: "ann", aud: "$G", nats: user }, key);
  const body = { jwt, type: "authorization_response", version: 2 };
  return makeToken({ sub: request.userKey, aud: request.serverId, nats: body }, issuer);
}

function publish(socket: ManualSocket, subject: string, body: string): void {
  socket.send(`PUB ${subject} ${body.length}\r\n${body}\r\n`);
}

test("a client waits for the service, and what it sends meanwhile too", async () => {
  const { host, service } = await openScene();
  const client = host.connect();
  client.take();
  client.send(`${connectLine({ user: "x" })}PING\r\n`);
  await settle();
  assert.equal(client.take(), "");
  publish(service, requestOf(service).reply, "");
  await settle();
  assert.equal(client.take(), "-ERR 'Authorization Violation'\r\n");
  const other = host.connect();
  other.take();
  other.send(`${connectLine({ user: "x" })}PING\r\n`);
  await settle();
  const request = requestOf(service);
  publish(service, request.reply, answerOf(request));
  await settle();
  assert.match(other.take(), /^PONG/);
});

test("a service that does not answer in time has said no", async () => {
  const { host, service } = await openScene();
  const client = host.connect();
  client.take();
  client.send(connectLine({ user: "x" }));
  await settle();
  const { reply } = requestOf(service);
  host.clock.advance(999);
  await settle();
  assert.equal(client.take(), "");
  host.clock.advance(1);
  await settle();
  assert.equal(client.take(), "-ERR 'Authorization Violation'\r\n");
  // Nobody is there any more who would listen.
  assert.doesNotMatch(service.send(`PUB ${reply} back 2\r\nhi\r\n`), /-ERR/);
});

test("an answer counts once, and only for the one who asked", async () => {
  const { host, service } = await openScene();
  const clients = [host.connect(), host.connect()];
  const requests: Request[] = [];
  for (const client of clients) {
    client.take();
    client.send(connectLine({ user: "x" }));
    await settle();
    requests.push(requestOf(service));
  }
  const [first, second] = requests as [Request, Request];
  assert.notEqual(first.userKey, second.userKey);
  publish(service, second.reply, answerOf(first));
  publish(service, first.reply, answerOf(first));
  publish(service, first.reply, "");
  await settle();
  assert.equal(clients[1]?.take(), "-ERR 'Authorization Violation'\r\n");
  assert.match(clients[0]?.send("PING\r\n") ?? "", /PONG/);
});

test("a client that has gone is not let in", async () => {
  const { host, service, engine } = await openScene();
  const client = host.connect();
  client.send(connectLine({ user: "x" }));
  await settle();
  const request = requestOf(service);
  client.closeByPeer();
  publish(service, request.reply, answerOf(request));
  await settle();
  assert.equal(engine.stats().connections, 1);
});

test("whatever the service answers, nothing breaks", () => {
  const server = new ServerIdentity({ fill: (target) => target.fill(3), below: () => 0 });
  const userKey = createUser().getPublicKey();
  const expected = {
    account: "$G",
    userKey,
    server,
    curveKey: server.curveKey,
    isProxied: false,
    isAnswerer: () => true,
  };
  const request = { reply: "", userKey, serverId: server.id };
  const good = answerOf(request);
  assert.ok(readCalloutAnswer(Buffer.from(good), expected, issuedAt * 1000).ok);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.uint8Array().map((bytes) => Buffer.concat([Buffer.from("xkv1"), bytes])),
        fc
          .nat(good.length - 2)
          .map((at) => Buffer.from(`${good.slice(0, at)}!${good.slice(at + 1)}`)),
        fc.json().map((json) => {
          const nats = { jwt: json, type: "authorization_response", version: 2 };
          return Buffer.from(makeToken({ sub: userKey, aud: server.id, nats }, issuer));
        }),
      ),
      (answer) => {
        assert.equal(readCalloutAnswer(answer, expected, issuedAt * 1000).ok, false);
      },
    ),
    { numRuns: 300 },
  );
});
