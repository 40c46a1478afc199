import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { UserOptions } from "../../src/options/accounts.ts";
import { connectClient, openEngine } from "./open-engine.ts";

const listen = { host: "127.0.0.1", port: 0 };
const ann: UserOptions = {
  user: "ann",
  password: "a",
  permissions: {
    publish: { patterns: ["prod#*", "prod#*.>", "$OXBOW.API.>"] },
    subscribe: { patterns: ["prod#*.>", "_INBOX.*.>"] },
    limitsReplies: true,
  },
};
const root: UserOptions = { user: "root", password: "r" };
const options = (...users: UserOptions[]) => ({
  listen,
  jetstream: { enabled: false },
  auth: { mode: "users" as const, users },
});

suite("a user with patterns", () => {
  test("publishes and subscribes to what they allow", async () => {
    const { host } = await openEngine(options(ann, root));
    const client = connectClient(host, { user: "ann", pass: "a" });
    client.take();
    assert.equal(
      client.send("SUB prod#x.> 1\r\nPUB prod#x.k 1\r\na\r\n"),
      "MSG prod#x.k 1 1\r\na\r\n",
    );
    assert.match(client.send("PUB test#x.k 1\r\na\r\n"), /Violation for Publish to "test#x.k"/);
    for (const subject of ["prod.x", ">", "_INBOX.>", "_INBOX.*.x", "*.>"]) {
      assert.match(client.send(`SUB ${subject} 2\r\n`), /Violation for Subscription/, subject);
    }
  });

  test("gets answers where it may listen, and has them sent nowhere else", async () => {
    const { host } = await openEngine(options(ann, root));
    const client = connectClient(host, { user: "ann", pass: "a" });
    const owner = connectClient(host, { user: "root", pass: "r" });
    client.take();
    owner.take();
    owner.send("SUB prod#x.k 1\r\n");
    client.send("PUB prod#x.k _INBOX.a.b 1\r\na\r\n");
    assert.equal(owner.take(), "MSG prod#x.k 1 _INBOX.a.b 1\r\na\r\n");
    assert.match(
      client.send("PUB prod#x.k other.subject 1\r\na\r\n"),
      /Violation for Publish with Reply of "other.subject"/,
    );
    assert.equal(owner.take(), "");
  });
});

suite("services that are told who asks", () => {
  const told = { ...options(ann, root), requestInfoPrefix: "$OXBOW.API." };
  const service = { user: "root", pass: "r" };

  test("get what the server knows, in place of what the client says", async () => {
    const { host } = await openEngine(told);
    const owner = connectClient(host, service);
    const client = connectClient(host, { user: "ann", pass: "a", name: "tool" });
    owner.send("SUB $OXBOW.API.> 1\r\n");
    const head = 'NATS/1.0\r\nNats-Request-Info: {"user":"root"}\r\nA: b\r\n\r\n';
    client.send(`HPUB $OXBOW.API.X _INBOX.a.b ${head.length} ${head.length + 2}\r\n${head}{}\r\n`);
    const received = owner.take();
    const info = JSON.parse(/Nats-Request-Info: (.*)\r\n/.exec(received)?.[1] ?? "") as object;
    assert.equal(received.match(/Nats-Request-Info/g)?.length, 1);
    assert.match(received, /A: b\r\n[\s\S]*\{\}\r\n$/);
    assert.deepEqual(
      { ...info, start: undefined, server: undefined, rtt: undefined },
      {
        ...{ acc: "$G", user: "ann", name: "tool", host: "127.0.0.1", id: 2, kind: "Client" },
        ...{ client_type: "nats", start: undefined, server: undefined, rtt: undefined },
      },
    );
  });

  test("are not told elsewhere", async () => {
    const { host } = await openEngine(told);
    const owner = connectClient(host, service);
    owner.send("SUB > 1\r\n");
    assert.equal(owner.send("PUB $OXBOW.APIX 1\r\na\r\n"), "MSG $OXBOW.APIX 1 1\r\na\r\n");
    assert.equal(owner.send("PUB a 1\r\na\r\n"), "MSG a 1 1\r\na\r\n");
  });
});

test("clients of an account are read from no faster than it may publish", async () => {
  const rated = (messagesPerSecondMax?: number) => ({
    listen,
    jetstream: { enabled: false },
    accounts: [{ name: "A", users: [ann, { ...root, user: "a" }], messagesPerSecondMax }],
  });
  const { engine, host } = await openEngine(rated(10));
  const client = connectClient(host, { user: "a", pass: "r" });
  client.take();
  client.send("PUB a 0\r\n\r\n".repeat(10));
  assert.equal(client.isPaused, false);
  client.send("PUB a 0\r\n\r\n");
  assert.equal(client.isPaused, true);
  host.clock.advance(99);
  assert.equal(client.isPaused, true);
  host.clock.advance(1);
  assert.equal(client.isPaused, false);
  await engine.reload(rated());
  client.send("PUB a 0\r\n\r\n".repeat(100));
  assert.equal(client.isPaused, false);
});

test("who prepares an engine has it before anybody comes in", async () => {
  const { Engine } = await import("../../src/engine.ts");
  const { TestHost } = await import("./test-host.ts");
  const host = new TestHost();
  const before = { listen, jetstream: { enabled: false } };
  const engine = await Engine.open(before, host, async (prepared) => {
    assert.equal(host.net.isListening, false);
    await prepared.reload(options(root));
  });
  assert.equal(host.net.isListening, true);
  assert.equal(engine.isAuthRequired, true);
  const failing = new TestHost();
  await assert.rejects(
    Engine.open(before, failing, () => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(failing.net.isListening, false);
});
