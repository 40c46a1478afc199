import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { AccountOptions } from "../../src/options/accounts.ts";
import type { Permissions } from "../../src/options/permissions.ts";
import { connectClient, openEngine } from "./open-engine.ts";
import type { ManualSocket, TestHost } from "./test-host.ts";

/** A client with permissions, and one that may do everything. */
async function scene(
  permissions: Permissions,
): Promise<{ host: TestHost; client: ManualSocket; other: ManualSocket }> {
  const users = [
    { user: "client", password: "p", permissions },
    { user: "other", password: "p" },
  ];
  const { host } = await openEngine({ auth: { mode: "users", users } });
  const client = connectClient(host, { user: "client", pass: "p" });
  return { host, client, other: connectClient(host, { user: "other", pass: "p" }) };
}

const denied = (subject: string): string =>
  `-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`;
const refused = (rest: string): string =>
  `-ERR 'Permissions Violation for Subscription to ${rest}'\r\n`;

suite("permissions to publish", () => {
  test("keep messages from being delivered, and the connection open", async () => {
    const { client, other } = await scene({ publish: { allow: ["a.*"], deny: ["a.b"] } });
    other.send("SUB > 1\r\n");
    assert.equal(client.send("PUB a.b 2\r\nhi\r\nPUB c r 1\r\nx\r\n"), denied("a.b") + denied("c"));
    assert.equal(other.take(), "");
    assert.equal(client.send("PUB a.c 2\r\nhi\r\nPING\r\n").slice(0, 6), "PONG\r\n");
    assert.equal(other.take(), "MSG a.c 1 2\r\nhi\r\n");
  });

  test("hold for headers and for subjects of any kind", async () => {
    const { client } = await scene({ publish: { allow: ["a"] } });
    assert.equal(client.send('PUB "\\ 0\r\n\r\n'), denied('\\"\\\\'));
    const headers = "NATS/1.0\r\n\r\n";
    assert.equal(client.send(`HPUB b 12 12\r\n${headers}\r\n`), denied("b"));
  });

  test("come before what is said of the reply", async () => {
    const { client } = await scene({ publish: { allow: ["a"] } });
    assert.equal(client.send("PUB b $JS.ACK.x 0\r\n\r\n"), denied("b"));
    assert.match(client.send("PUB a $JS.ACK.x 0\r\n\r\n"), /Publish with Reply of "\$JS\.ACK\.x"/);
  });
});

suite("permissions to subscribe", () => {
  test("keep subscriptions from being made", async () => {
    const { client, other } = await scene({ subscribe: { allow: ["a", "b workers"] } });
    assert.equal(client.send("SUB c 1\r\n"), refused('"c"'));
    assert.equal(client.send("SUB b 1\r\n"), refused('"b"'));
    assert.equal(client.send("SUB b others 1\r\n"), refused('"b" using queue "others"'));
    assert.equal(client.send("SUB a 1\r\nSUB b workers 2\r\n"), "");
    other.send("PUB a 1\r\nx\r\nPUB b 1\r\ny\r\nPUB c 1\r\nz\r\n");
    assert.equal(client.take(), "MSG a 1 1\r\nx\r\nMSG b 2 1\r\ny\r\n");
  });

  test("filter what a wildcard brings", async () => {
    const { client, other } = await scene({ subscribe: { deny: ["foo.baz", "foo.q workers"] } });
    client.send("SUB foo.* 1\r\nSUB foo.* workers 2\r\nSUB foo.* others 3\r\n");
    other.send("PUB foo.baz 1\r\nx\r\n");
    assert.equal(client.take(), "");
    other.send("PUB foo.q 1\r\nx\r\n");
    assert.equal(client.take(), "MSG foo.q 1 1\r\nx\r\nMSG foo.q 3 1\r\nx\r\n");
    other.send("PUB foo.a 1\r\nx\r\n");
    assert.equal(client.take().split("MSG").length, 4);
  });

  test("let another member of a queue group have what one may not get", async () => {
    const { client, other } = await scene({ subscribe: { deny: ["foo.baz"] } });
    client.send("SUB foo.* bar 1\r\n");
    other.send("SUB foo.baz bar 2\r\n");
    for (let time = 0; time < 20; time++) {
      assert.equal(other.send("PUB foo.baz 1\r\nx\r\n"), "MSG foo.baz 2 1\r\nx\r\n");
    }
    assert.equal(client.take(), "");
  });

  test("do not count what was filtered as delivered", async () => {
    const { client, other } = await scene({ subscribe: { deny: ["foo.x"] } });
    client.send("SUB foo.* 1\r\nUNSUB 1 1\r\n");
    const headers =
      '{"no_responders":true,"headers":true,"verbose":false,"user":"other","pass":"p"}';
    other.send(`CONNECT ${headers}\r\nSUB r 9\r\n`);
    assert.match(other.send("PUB foo.x r 0\r\n\r\n"), /^HMSG r 9 \d+ \d+\r\nNATS\/1.0 503/);
    other.send("PUB foo.y 0\r\n\r\n");
    assert.equal(client.take(), "MSG foo.y 1 0\r\n\r\n");
  });
});

suite("the permission to answer", () => {
  const permissions: Permissions = {
    publish: { allow: ["log"] },
    subscribe: { allow: ["service"] },
    responses: { countMax: 2, expiresMs: 60_000 },
  };

  test("is given by a request, and used up", async () => {
    const { client, other } = await scene(permissions);
    client.send("SUB service 1\r\n");
    other.send("SUB inbox.* 1\r\n");
    assert.equal(client.send("PUB inbox.1 0\r\n\r\n"), denied("inbox.1"));
    other.send("PUB service inbox.1 0\r\n\r\n");
    const answer = "PUB inbox.1 0\r\n\r\n";
    assert.match(client.take(), /^MSG service 1 inbox\.1 0/);
    assert.equal(client.send("PUB inbox.2 0\r\n\r\n"), denied("inbox.2"));
    assert.equal(client.send(answer + answer + answer), denied("inbox.1"));
    assert.equal(other.take().split("MSG").length, 3);
  });

  test("expires", async () => {
    const { host, client, other } = await scene(permissions);
    client.send("SUB service 1\r\n");
    other.send("PUB service inbox.1 0\r\n\r\n");
    host.clock.advance(60_001);
    client.take();
    assert.match(client.send("PUB inbox.1 0\r\n\r\n"), /Publish to "inbox\.1"/);
  });

  test("is not needed for what may be published anyway", async () => {
    const { client, other } = await scene(permissions);
    client.send("SUB service 1\r\n");
    other.send("PUB service log 0\r\n\r\n");
    client.take();
    for (let time = 0; time < 5; time++) assert.equal(client.send("PUB log 0\r\n\r\n"), "");
  });
});

suite("the limits of an account", () => {
  const account = (limits: AccountOptions["limits"]): { accounts: AccountOptions[] } => ({
    accounts: [{ name: "A", limits, users: [{ user: "a", password: "p" }] }],
  });
  const credentials = { user: "a", pass: "p" };

  test("bound its connections", async () => {
    const { host } = await openEngine(account({ connectionsMax: 2 }));
    const first = connectClient(host, credentials);
    const second = connectClient(host, credentials);
    const third = host.connect();
    third.take();
    const text = "-ERR 'maximum account active connections exceeded'\r\n";
    assert.equal(third.send(`CONNECT ${JSON.stringify(credentials)}\r\nPING\r\n`), text);
    assert.equal(third.isEnded, true);
    // Coming back as the same user takes no second place.
    assert.equal(first.send(`CONNECT {"verbose":false}\r\n`), "");
    assert.equal(first.isEnded, false);
    second.closeByPeer();
    assert.equal(connectClient(host, credentials).isEnded, false);
  });

  test("bound the subscriptions of a client", async () => {
    const { host } = await openEngine(account({ subscriptionsMax: 1 }));
    const client = connectClient(host, credentials);
    const text = "-ERR 'maximum subscriptions exceeded'\r\n";
    assert.equal(client.send("SUB a 1\r\nSUB b 2\r\n"), text);
    assert.equal(client.send("UNSUB 1\r\nSUB b 2\r\n"), "");
  });

  test("bound the size of messages, and are told", async () => {
    const { host } = await openEngine(account({ payloadMax: 10 }));
    const client = host.connect();
    assert.match(client.take(), /"max_payload":1048576/);
    client.send(`CONNECT ${JSON.stringify({ ...credentials, protocol: 1, verbose: false })}\r\n`);
    assert.match(client.send("PING\r\n"), /^PONG\r\nINFO .*"max_payload":10,/);
    assert.equal(client.send("PUB a 11\r\n"), "-ERR 'Maximum Payload Violation'\r\n");
  });
});

test("a user is told what it may do", async () => {
  const permissions = {
    publish: { allow: [">"], deny: ["x"] },
    subscribe: { allow: [">", "a b"] },
    responses: { countMax: 1, expiresMs: 120_000 },
  };
  const { client, other } = await scene(permissions);
  const ask = (socket: ManualSocket): unknown => {
    const answer = socket.send("SUB r 1\r\nPUB $SYS.REQ.USER.INFO r 0\r\n\r\n");
    return JSON.parse(answer.slice(answer.indexOf("{"))).data;
  };
  assert.deepEqual(ask(client), {
    user: "client",
    account: "$G",
    account_name: "$G",
    permissions: {
      publish: { allow: [">"], deny: ["x"] },
      subscribe: { allow: [">", "a b"] },
      responses: { max: 1, ttl: 120_000_000_000 },
    },
  });
  assert.deepEqual(ask(other), { user: "other", account: "$G", account_name: "$G" });
});
