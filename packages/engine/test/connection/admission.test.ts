import assert from "node:assert/strict";
import { test } from "node:test";
import type { Applicant, Authorizer, DoorPolicy, Verdict } from "../../src/auth/identity.ts";
import type { Security } from "../../src/auth/security.ts";
import { type SecurityEvents, silentSecurityEvents } from "../../src/auth/security-events.ts";
import { ClientConnection } from "../../src/connection/client-connection.ts";
import { makeDoor } from "../../src/connection/door.ts";
import { connectLine } from "./open-engine.ts";
import { plainPort } from "./plain-port.ts";
import { ManualSocket, TestHost } from "./test-host.ts";
import { makeServices } from "./test-services.ts";

const ann: Verdict = { identity: { user: "ann", account: "$G" } };
const nobody: Verdict = { refusal: "Authorization Violation", reason: "test" };
const violation = "-ERR 'Authorization Violation'\r\n";

/** Takes its time until the test says what it thinks. */
class SlowAuthorizer implements Authorizer {
  readonly usesNonce = true;
  readonly applicants: Applicant[] = [];
  readonly #policy: DoorPolicy;
  #decide: ((verdict: Verdict) => void) | undefined;

  constructor(isConnectOptional: boolean) {
    this.#policy = { isAuthRequired: true, isAuthAnnounced: true, isConnectOptional };
  }

  policyAt(): DoorPolicy {
    return this.#policy;
  }

  authenticate(applicant: Applicant): Promise<Verdict> {
    this.applicants.push(applicant);
    return new Promise((resolve) => {
      this.#decide = resolve;
    });
  }

  async decide(verdict: Verdict): Promise<void> {
    this.#decide?.(verdict);
    await Promise.resolve();
    await Promise.resolve();
  }
}

interface Scene {
  readonly host: TestHost;
  readonly authorizer: SlowAuthorizer;
  readonly client: ManualSocket;
  readonly connection: ClientConnection;
  readonly security: Security;
  readonly greeting: string;
}

function connect(isConnectOptional = false, events = silentSecurityEvents): Scene {
  const host = new TestHost();
  const authorizer = new SlowAuthorizer(isConnectOptional);
  const client = new ManualSocket(host.clock);
  const services = makeServices(host, authorizer);
  services.security.events = events;
  const connection = new ClientConnection(1, client, services, makeDoor(client, plainPort));
  const { security } = services;
  return { host, authorizer, client, connection, security, greeting: client.take() };
}

test("the greeting has a nonce of 15 characters, and the authorizer gets it", async () => {
  const { authorizer, client, greeting } = connect();
  const nonce = /"nonce":"([\w-]{15})"/.exec(greeting)?.[1];
  client.send(connectLine({ user: "ann", pass: "x", nkey: "U1", sig: "s", jwt: "j" }));
  assert.equal(authorizer.applicants[0]?.nonce, nonce);
  const { user, password, nkey, signature, jwt } = authorizer.applicants[0]?.credentials ?? {};
  assert.deepEqual(
    { user, password, nkey, signature, jwt },
    {
      user: "ann",
      password: "x",
      nkey: "U1",
      signature: "s",
      jwt: "j",
    },
  );
  await authorizer.decide(ann);
  assert.doesNotMatch(client.send("PING\r\n"), /nonce/);
});

test("nothing behind CONNECT is read before the verdict", async () => {
  for (const chunkSize of [1, 7, 1000]) {
    const { authorizer, client, connection } = connect();
    const input = `${connectLine()}SUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n`;
    assert.equal(client.send(input, chunkSize), "");
    assert.equal(client.isPaused, true);
    assert.equal(connection.subscriptionCount, 0);
    await authorizer.decide(ann);
    assert.match(client.take(), /^MSG a 1 2\r\nhi\r\nPONG\r\nINFO /);
    assert.equal(client.isPaused, false);
    assert.equal(connection.user, "ann");
  }
});

test("what came behind CONNECT is forgotten if the verdict is no", async () => {
  const { authorizer, client, connection } = connect();
  client.send(`${connectLine()}PING\r\nSUB a 1\r\n`);
  await authorizer.decide(nobody);
  assert.equal(client.take(), violation);
  assert.equal(client.isEnded, true);
  assert.equal(connection.subscriptionCount, 0);
});

test("each CONNECT gets a verdict of its own", async () => {
  const { authorizer, client } = connect();
  assert.equal(client.send(`${connectLine()}PING\r\n${connectLine()}PING\r\nPING\r\n`), "");
  await authorizer.decide(ann);
  assert.match(client.take(), /^PONG\r\nINFO [^\n]+\n$/);
  assert.equal(client.isPaused, true);
  await authorizer.decide(ann);
  assert.equal(client.take(), "PONG\r\nPONG\r\n");
  assert.equal(client.isPaused, false);
  assert.equal(authorizer.applicants.length, 2);
});

test("a client that sends more than 16 KiB before the verdict is refused", () => {
  const { client } = connect();
  const line = connectLine();
  assert.equal(client.send(`${line}${"PING\r\n".repeat(2730)}`), "");
  assert.equal(client.send("PING\r"), violation);
  assert.equal(client.isEnded, true);
});

test("a verdict that does not come in time is a timeout", async () => {
  const { host, authorizer, client } = connect();
  host.clock.advance(1_999);
  client.send(connectLine());
  host.clock.advance(2_999);
  assert.doesNotMatch(client.take(), /ERR/);
  host.clock.advance(1);
  assert.match(client.take(), /-ERR 'Authentication Timeout'\r\n$/);
  assert.equal(client.isEnded, true);
  await authorizer.decide(ann);
  assert.equal(client.take(), "");
});

test("a verdict on a connection that is gone has no effect", async () => {
  const { host, authorizer, client, connection } = connect();
  client.send(`${connectLine()}SUB a 1\r\n`);
  client.closeByPeer();
  await authorizer.decide(ann);
  assert.equal(client.take(), "");
  assert.equal(connection.isClosed, true);
  assert.equal(connection.subscriptionCount, 0);
  assert.equal(host.clock.timerCount, 0);
});

test("whoever is asked about while the rules change is asked about again", async () => {
  const { authorizer, client, connection, security } = connect();
  client.send(`${connectLine()}PING\r\n`);
  const next = new SlowAuthorizer(false);
  security.authorizer = next;
  await authorizer.decide(ann);
  assert.equal(client.take(), "");
  assert.equal(client.isPaused, true);
  await next.decide({ identity: { user: "bob", account: "$G" } });
  assert.match(client.take(), /^PONG/);
  assert.equal(connection.user, "bob");
  security.authorizer = authorizer;
  void connection.reauthenticate();
  assert.match(client.send("PING\r\n"), /^PONG/);
  await authorizer.decide(nobody);
  assert.equal(client.take(), violation);
});

test("who needs not say who it is may leave CONNECT out, and waits all the same", async () => {
  for (const chunkSize of [1, 3, 100]) {
    const { authorizer, client, connection, host } = connect(true);
    assert.equal(client.send("SUB a 1\r\nPING\r\n", chunkSize), "");
    assert.equal(authorizer.applicants[0]?.credentials.user, "");
    await authorizer.decide({ identity: { user: "guest", account: "A" } });
    assert.equal(client.take(), "+OK\r\nPONG\r\n");
    assert.equal(connection.user, "guest");
    assert.equal(connection.accountName, "A");
    assert.equal(connection.subscriptionCount, 1);
    host.clock.advance(2_000);
    assert.equal(client.isEnded, false);
  }
});

test("who begins without CONNECT may be refused", async () => {
  const { authorizer, client } = connect(true);
  client.send("SUB a 1\r\n");
  await authorizer.decide(nobody);
  assert.equal(client.take(), violation);
  assert.equal(client.isEnded, true);
});

test("whose time is over has to go", async () => {
  const { host, authorizer, client } = connect();
  client.send(connectLine());
  const expiresAtMs = host.clock.nowMs() + 90_000;
  await authorizer.decide({ identity: { user: "ann", account: "$G", expiresAtMs } });
  client.take();
  for (let seconds = 0; seconds < 89; seconds++) host.clock.advance(1_000);
  assert.equal(client.isEnded, false);
  host.clock.advance(1_000);
  assert.match(client.take(), /-ERR 'User Authentication Expired'\r\n$/);
  assert.equal(client.isEnded, true);
  client.closeByPeer();
  assert.equal(host.clock.timerCount, 0);
});

test("events tell who came, who was refused, and why who went", async () => {
  const told: unknown[] = [];
  const events: SecurityEvents = {
    onConnected: (client) => told.push(["in", client.id, client.user, client.accountName]),
    onDisconnected: (client, reason) => told.push(["out", client.user, reason]),
    onRefused: (_client, user, reason) => told.push(["no", user, reason]),
  };
  const first = connect(false, events);
  first.client.send(connectLine({ user: "carl" }));
  await first.authorizer.decide(nobody);
  const second = connect(false, events);
  second.client.send(connectLine({ user: "ann" }));
  await second.authorizer.decide(ann);
  second.client.send("SUB\r\n");
  second.client.closeByPeer();
  assert.deepEqual(told, [
    ["no", "carl", "Authentication Failure"],
    ["in", 1, "ann", "$G"],
    ["out", "ann", "Protocol Violation"],
  ]);
});
