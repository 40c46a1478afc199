import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@oxbow/testkit";
import { Engine } from "../src/engine.ts";
import { connectClient, connectLine, openEngine } from "./connection/open-engine.ts";
import { TestHost } from "./connection/test-host.ts";

test("closing says nothing, as with nats-server, and closes once everybody has gone", async () => {
  const { engine, host } = await openEngine();
  const client = connectClient(host);
  client.send("SUB a 1\r\nPING\r\n");
  const silent = host.connect();
  client.take();
  silent.take();
  const closing = engine.close();
  assert.equal(engine.close(), closing);
  assert.equal(host.net.isListening, false);
  assert.equal(client.take(), "");
  assert.equal(silent.take(), "");
  assert.equal(client.isEnded && silent.isEnded, true);
  client.closeByPeer();
  silent.closeByPeer();
  await closing;
  assert.equal(host.clock.timerCount, 0);
});

test("clients that do not go in time are cut off", async () => {
  const { engine, host } = await openEngine();
  const client = connectClient(host);
  const closing = engine.close();
  host.clock.advance(2_000);
  assert.equal(client.isDestroyed, true);
  client.closeByPeer();
  await closing;
});

test("destroying cuts everybody off at once", async () => {
  const { engine, host } = await openEngine();
  const client = connectClient(host);
  const destroyed = engine.destroy();
  assert.equal(client.isDestroyed, true);
  client.closeByPeer();
  await destroyed;
});

test("an engine can be without a port", async () => {
  await using engine = await Engine.open({ jetstream: { enabled: false } }, new TestHost());
  assert.equal(engine.port, undefined);
  assert.deepEqual([...engine.accounts.keys()].sort(), ["$G", "$SYS"]);
});

test("a port that cannot be opened rejects with the network's error", async () => {
  const host = new TestHost();
  const error = Object.assign(new Error("in use"), { code: "EADDRINUSE" });
  host.net.listen = () => Promise.reject(error);
  await assert.rejects(
    Engine.open({ listen: { host: "127.0.0.1", port: 1 }, jetstream: { enabled: false } }, host),
    { code: "EADDRINUSE" },
  );
});

test("a client can ask who it is", async () => {
  const { engine, host } = await openEngine({
    serverName: "front",
    auth: { mode: "users", users: [{ user: "ann", password: "b" }] },
  });
  const client = host.connect();
  client.send(connectLine({ user: "ann", pass: "b" }));
  client.take();
  const answer = client.send("SUB _INBOX.2 1\r\nPUB $SYS.REQ.USER.INFO _INBOX.2 0\r\n\r\n");
  assert.match(answer, /^MSG _INBOX\.2 1 \d+\r\n/);
  const body = JSON.parse(answer.slice(answer.indexOf("\r\n")));
  assert.deepEqual(body.data, { user: "ann", account: "$G", account_name: "$G" });
  assert.equal(body.server.id, engine.info.id);
  assert.equal(body.server.name, "front");
});

test("it tells what its journal did, also once it is closed", async () => {
  const { world, host } = simulate("journal stats");
  await world.play(async () => {
    const engine = await Engine.open({ dataDirectory: "/data" }, host);
    await engine.close();
    const { commits, syncs } = engine.stats();
    assert.ok(commits > 0 && syncs > 0, `${commits} commits, ${syncs} syncs`);
  });
});

test("it counts what passes", async () => {
  const { engine, host } = await openEngine();
  const before = engine.stats();
  const client = connectClient(host);
  client.send("SUB a 1\r\nSUB * 2\r\nPUB a 5\r\nhello\r\n");
  const after = engine.stats();
  assert.equal(after.connections, 1);
  assert.equal(after.connectionsTotal, 1);
  assert.equal(after.subscriptions, before.subscriptions + 2);
  assert.equal(after.inMessages, 1);
  assert.equal(after.inBytes, 5);
  assert.equal(after.outMessages, 2);
  assert.equal(after.outBytes, 10);
});
