import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, connectLine, openEngine } from "./open-engine.ts";

test("a client is greeted with INFO, and told its account after its first PONG", async () => {
  const { engine, host } = await openEngine();
  const client = host.connect();
  const greeting = client.take();
  assert.match(greeting, /^INFO \{.*\} \r\n$/);
  const info = JSON.parse(greeting.slice(5));
  assert.equal(info.server_id, engine.info.id);
  assert.match(info.server_id, /^N[A-Z2-7]{55}$/);
  assert.match(info.xkey, /^X[A-Z2-7]{55}$/);
  assert.equal(info.port, 4222);
  assert.equal(info.client_id, 1);
  assert.equal(info.auth_required, undefined);
  const answer = client.send(`${connectLine()}PING\r\n`);
  assert.match(answer, /^PONG\r\nINFO \{.*"connect_info":true,"remote_account":"\$G".*\} \r\n$/);
  assert.equal(client.send("PING\r\n"), "PONG\r\n");
  const old = host.connect();
  old.take();
  assert.equal(old.send(`${connectLine({ protocol: 0 })}PING\r\n`), "PONG\r\n");
});

/** What a client sends, after CONNECT with the given options, and what it gets. */
const dialogs: readonly {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly send: string;
  readonly get: string;
  readonly closes?: boolean;
}[] = [
  {
    name: "verbose",
    options: { verbose: true },
    send: "SUB a 1\r\nPUB a 2\r\nhi\r\nUNSUB 1\r\n",
    get: "+OK\r\n+OK\r\nMSG a 1 2\r\nhi\r\n+OK\r\n",
  },
  {
    name: "pedantic publish",
    options: { pedantic: true },
    send: "PUB a..b 1\r\nx\r\nPUB a.b 1\r\nx\r\n",
    get: "-ERR 'Invalid Publish Subject'\r\n",
  },
  { name: "echo off", options: { echo: false }, send: "SUB a 1\r\nPUB a 1\r\nx\r\n", get: "" },
  {
    name: "a sid that is taken",
    send: "SUB a 1\r\nSUB b 1\r\nPUB a 1\r\nx\r\nPUB b 1\r\nx\r\n",
    get: "MSG a 1 1\r\nx\r\n",
  },
  {
    name: "sids that look alike",
    send: "SUB a 1\r\nSUB a 01\r\nSUB a x1\r\nUNSUB 1\r\nUNSUB x1\r\nPUB a 1\r\nx\r\n",
    get: "MSG a 01 1\r\nx\r\n",
  },
  {
    name: "UNSUB after a number of messages",
    send: "SUB a 1\r\nUNSUB 1 2\r\nPUB a 1\r\n1\r\nPUB a 1\r\n2\r\nPUB a 1\r\n3\r\n",
    get: "MSG a 1 1\r\n1\r\nMSG a 1 1\r\n2\r\n",
  },
  {
    name: "UNSUB after a number that is reached",
    send: "SUB b 2\r\nPUB b 1\r\n1\r\nPUB b 1\r\n2\r\nUNSUB 2 1\r\nPUB b 1\r\n3\r\n",
    get: "MSG b 2 1\r\n1\r\nMSG b 2 1\r\n2\r\n",
  },
  {
    name: "headers",
    send: "SUB a 1\r\nHPUB a r 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n",
    get: "HMSG a 1 r 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n",
  },
  {
    name: "a request that reaches nobody",
    send: "SUB r.* 1\r\nPUB nobody r.1 2\r\nhi\r\n",
    get: "HMSG r.1 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n",
  },
  {
    name: "a request that reaches nobody, from a client that does not want to know",
    options: { no_responders: false },
    send: "SUB r.* 1\r\nPUB nobody r.1 2\r\nhi\r\n",
    get: "",
  },
  {
    name: "wildcards in a publish subject, and an empty token",
    send: "SUB > 1\r\nPUB a.* 1\r\nx\r\nPUB a..b 1\r\nx\r\n",
    get: "MSG a.* 1 1\r\nx\r\n",
  },
  { name: "SUB with an empty token", send: "SUB a..b 1\r\n", get: "-ERR 'Invalid Subject'\r\n" },
  { name: "SUB with tokens after >", send: "SUB a.>.b 1\r\n", get: "-ERR 'Invalid Subject'\r\n" },
  { name: "SUB with a star inside a token", send: "SUB a.b* 1\r\n", get: "" },
  {
    name: "replies only servers make",
    send: "PUB a _R_.x 1\r\nx\r\nPUB a $JS.ACK.x 1\r\nx\r\nPUB a _GR_.x 1\r\nx\r\n",
    get: ["_R_.x", "$JS.ACK.x", "_GR_.x"]
      .map((reply) => `-ERR 'Permissions Violation for Publish with Reply of "${reply}"'\r\n`)
      .join(""),
  },
  {
    name: "subjects only servers publish to",
    send: "SUB > 1\r\nPUB _GR_.x 1\r\nx\r\nPUB $NRG.x 1\r\nx\r\n",
    get: ["_GR_.x", "$NRG.x"]
      .map((subject) => `-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`)
      .join(""),
  },
  {
    name: "the queue group of servers",
    send: "SUB a _sys_ 1\r\n",
    get: `-ERR 'Permissions Violation for Subscription to "a" using queue "_sys_"'\r\n`,
  },
  {
    name: "a second CONNECT drops the subscriptions",
    send: `SUB a 1\r\n${connectLine({ verbose: true })}PUB a 1\r\nx\r\n`,
    get: "+OK\r\n+OK\r\n",
  },
  {
    name: "unknown verb",
    send: "FOO\r\n",
    get: "-ERR 'Unknown Protocol Operation'\r\n",
    closes: true,
  },
  { name: "bad size", send: "PUB a x\r\n", get: "", closes: true },
  {
    name: "payload too large",
    send: "PUB a 1048577\r\n",
    get: "-ERR 'Maximum Payload Violation'\r\n",
    closes: true,
  },
  {
    name: "control line too long",
    send: `SUB ${"a".repeat(5000)} 1\r\n`,
    get: "-ERR 'maximum control line exceeded'\r\n",
    closes: true,
  },
  {
    name: "HPUB without headers support",
    options: { headers: false, no_responders: false },
    send: "HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
    get: "",
    closes: true,
  },
  { name: "-ERR from a client", send: "-ERR 'x'\r\nPING\r\n", get: "", closes: true },
  { name: "INFO from a client", send: "INFO {}\r\nSUB a 1\r\n", get: "" },
  { name: "broken INFO from a client", send: "INFO {\r\n", get: "", closes: true },
];

for (const { name, options, send, get, closes } of dialogs) {
  test(`dialog: ${name}`, async () => {
    for (const chunkSize of [send.length, 1]) {
      const { host } = await openEngine();
      const client = connectClient(host, options);
      client.take();
      assert.equal(client.send(send, chunkSize), get);
      assert.equal(client.isEnded, closes === true);
    }
  });
}

/** CONNECTs that are refused, and with what words. */
const refusals: readonly { readonly connect: string; readonly text?: string }[] = [
  { connect: connectLine({ protocol: 2 }), text: "invalid client protocol" },
  { connect: connectLine({ headers: false }), text: "no responders requires headers support" },
  { connect: connectLine({ account: "A" }), text: "Authorization Violation" },
  { connect: "CONNECT {x\r\n" },
  { connect: 'CONNECT {"verbose":"yes"}\r\n' },
  { connect: "CONNECT []\r\n" },
];

for (const { connect, text } of refusals) {
  test(`refused: ${connect.trim()}`, async () => {
    const { engine, host } = await openEngine();
    const client = host.connect();
    client.take();
    const answer = client.send(`${connect}PING\r\n`);
    assert.equal(answer, text === undefined ? "" : `-ERR '${text}'\r\n`);
    assert.equal(client.isEnded, true);
    client.closeByPeer();
    assert.equal(engine.stats().connections, 0);
  });
}

test("a client that never sends CONNECT is taken as verbose and pedantic", async () => {
  const { host } = await openEngine();
  const client = host.connect();
  client.take();
  assert.equal(client.send("PING\r\n"), "PONG\r\n");
  assert.equal(client.send("SUB a 1\r\nPUB a 1\r\nx\r\n"), "+OK\r\n+OK\r\nMSG a 1 1\r\nx\r\n");
  assert.equal(client.send("PUB a.* 0\r\n\r\n"), "-ERR 'Invalid Publish Subject'\r\n+OK\r\n");
});

test("headers are left out for a client that does not take them", async () => {
  const { host } = await openEngine();
  const plain = connectClient(host, { headers: false, no_responders: false });
  const sender = connectClient(host);
  plain.send("SUB a 1\r\n");
  sender.send("HPUB a 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n");
  assert.equal(plain.take(), "MSG a 1 2\r\nhi\r\n");
});

test("connections above the limit are told so and closed", async () => {
  const { host, engine } = await openEngine({ limits: { connectionsMax: 1 } });
  const first = host.connect();
  const second = host.connect();
  assert.match(second.take(), /^INFO .*\r\n-ERR 'maximum connections exceeded'\r\n$/);
  assert.equal(second.isEnded, true);
  second.closeByPeer();
  assert.equal(engine.stats().connections, 1);
  assert.equal(first.isEnded, false);
});

test("subscriptions above the limit are refused, and the connection stays", async () => {
  const { host } = await openEngine({ limits: { subscriptionsMax: 2 } });
  const client = connectClient(host);
  client.send("SUB a 1\r\nSUB b 2\r\n");
  assert.equal(client.send("SUB c 3\r\n"), "-ERR 'maximum subscriptions exceeded'\r\n");
  assert.equal(client.send("UNSUB 1\r\nSUB c 3\r\nPUB c 1\r\nx\r\n"), "MSG c 3 1\r\nx\r\n");
});

test("a connection that closes leaves no subscription and no timer behind", async () => {
  const { host, engine } = await openEngine();
  const before = engine.stats().subscriptions;
  const client = connectClient(host);
  client.send("SUB a 1\r\nSUB b q 2\r\nSUB c x3\r\n");
  assert.equal(engine.stats().subscriptions, before + 3);
  client.closeByPeer();
  assert.equal(engine.stats().subscriptions, before);
  assert.equal(host.clock.timerCount, 0);
});

test("reading is paused while anybody has a reason", async () => {
  const { host, engine } = await openEngine();
  const client = connectClient(host);
  const [connection] = engine.connections;
  connection?.pauseReading("one");
  connection?.pauseReading("two");
  connection?.resumeReading("one");
  connection?.resumeReading("never given");
  assert.equal(client.isPaused, true);
  connection?.resumeReading("two");
  assert.equal(client.isPaused, false);
});
