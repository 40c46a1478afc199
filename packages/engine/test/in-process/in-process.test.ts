import assert from "node:assert/strict";
import { test } from "node:test";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { ManualClock } from "../connection/test-host.ts";

/** Ends turns until nothing waits for one. */
function settle(clock: ManualClock): void {
  for (let turn = 0; turn < 20; turn++) clock.endTurn();
}

test("a client of the process comes in without a port", async () => {
  const { engine, host } = await openEngine({ listen: undefined });
  assert.equal(engine.port, undefined);
  let heard = "";
  let closeCount = 0;
  const client = engine.connectInProcess();
  client.attach({
    onData: (chunk) => (heard += chunk.toString()),
    onDrain: () => {},
    onClose: () => closeCount++,
  });
  settle(host.clock);
  assert.match(heard, /^INFO \{.*\} \r\n$/);
  assert.equal(JSON.parse(heard.slice(5)).client_ip, undefined);
  heard = "";
  client.write(Buffer.from(`${connectLine()}SUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n`));
  settle(host.clock);
  assert.match(heard, /^MSG a 1 2\r\nhi\r\nPONG\r\nINFO .*"connect_info":true/);
  assert.equal(engine.stats().connections, 1);
  const closed = engine.close();
  settle(host.clock);
  await closed;
  assert.equal(closeCount, 1);
  assert.equal(host.clock.timerCount, 0);
});

test("users may be held to coming in this way", async () => {
  const only = (door: "IN_PROCESS" | "STANDARD"): Parameters<typeof openEngine>[0] => ({
    listen: undefined,
    auth: {
      mode: "users",
      users: [{ user: "a", password: "b", connectionTypes: [door] }],
    },
  });
  for (const [door, answer] of [
    ["IN_PROCESS", "PONG"],
    ["STANDARD", "-ERR 'Authorization Violation'"],
  ] as const) {
    const { engine, host } = await openEngine(only(door));
    let heard = "";
    const client = engine.connectInProcess();
    client.attach({ onData: (chunk) => (heard += chunk), onDrain: () => {}, onClose: () => {} });
    client.write(Buffer.from(`${connectLine({ user: "a", pass: "b" })}PING\r\n`));
    settle(host.clock);
    assert.match(heard, new RegExp(answer));
  }
});

test("a client that is passed on is one of the port, from where it is", async () => {
  const users = [{ user: "a", password: "b", connectionTypes: ["STANDARD" as const] }];
  const { engine, host } = await openEngine({ listen: undefined, auth: { mode: "users", users } });
  let heard = "";
  const client = engine.connectFor({ address: "192.0.2.1", port: 7 });
  client.attach({ onData: (chunk) => (heard += chunk), onDrain: () => {}, onClose: () => {} });
  settle(host.clock);
  assert.equal(JSON.parse(heard.slice(5)).client_ip, "192.0.2.1");
  client.write(Buffer.from(`${connectLine({ user: "a", pass: "b" })}PING\r\n`));
  settle(host.clock);
  assert.match(heard, /PONG/);
  const [connection] = engine.connections;
  assert.equal(connection?.isInProcess, false);
});

test("the connection can look like a WebSocket", async () => {
  const { engine, host } = await openEngine({ listen: undefined });
  const socket = engine.webSocketInProcess();
  const events: string[] = [];
  socket.onopen = () => events.push("open");
  socket.onmessage = ({ data }) => events.push(Buffer.from(data as ArrayBuffer).toString());
  socket.addEventListener("close", ({ code, wasClean }) =>
    events.push(`close ${code} ${wasClean}`),
  );
  assert.equal(socket.readyState, socket.CONNECTING);
  await Promise.resolve();
  assert.equal(socket.readyState, socket.OPEN);
  settle(host.clock);
  assert.match(events.join(), /^open,INFO \{.*\} \r\n$/);
  events.length = 0;
  const line = Buffer.from(connectLine());
  socket.send(line.buffer.slice(line.byteOffset, line.byteOffset + line.length));
  socket.send(new Uint8Array(Buffer.from("SUB a 1\r\n")));
  socket.send("PUB a 1\r\nx\r\n");
  settle(host.clock);
  assert.equal(events.join(""), "MSG a 1 1\r\nx\r\n");
  socket.close(1000);
  socket.close();
  socket.send("PUB a 1\r\ny\r\n");
  settle(host.clock);
  assert.equal(events.at(-1), "close 1000 true");
  assert.equal(socket.readyState, socket.CLOSED);
  assert.equal(engine.stats().connections, 0);
});

test("an engine that has closed lets nobody in", async () => {
  const { engine, host } = await openEngine({ listen: undefined });
  await engine.close();
  const socket = engine.webSocketInProcess();
  let closeCount = 0;
  socket.onclose = () => closeCount++;
  await Promise.resolve();
  settle(host.clock);
  assert.equal(closeCount, 1);
});

test("parts of the program come in without credentials, into the account that they name", async () => {
  const { engine, host } = await openEngine({
    listen: undefined,
    accounts: [{ name: "A" }],
    auth: { mode: "users", users: [{ user: "a", password: "b" }] },
  });
  let heard = "";
  const client = engine.connectInProcess({ user: "part", account: "A" });
  client.attach({ onData: (chunk) => (heard += chunk), onDrain: () => {}, onClose: () => {} });
  settle(host.clock);
  assert.equal(JSON.parse(heard.slice(5)).auth_required, undefined);
  client.write(Buffer.from(`${connectLine()}SUB x 1\r\nPUB x 2\r\nhi\r\nPING\r\n`));
  settle(host.clock);
  assert.match(heard, /MSG x 1 2\r\nhi\r\nPONG\r\n/);
  const [connection] = engine.connections;
  assert.deepEqual([connection?.accountName, connection?.user], ["A", "part"]);
  await engine.reload({
    accounts: [{ name: "A" }],
    auth: { mode: "users", users: [{ user: "other", password: "b" }] },
  });
  client.write(Buffer.from("PUB x 2\r\nho\r\n"));
  settle(host.clock);
  assert.match(heard, /MSG x 1 2\r\nho\r\n$/, "nobody can take that away from it");
  const closed = engine.close();
  settle(host.clock);
  await closed;
});

test("what is published can be heard, and answered, without a client", async () => {
  const { engine, host } = await openEngine({ listen: undefined });
  const messages: string[] = [];
  const stop = engine.hear("$G", "ask.>", "q", ({ subject, reply, payload, respond }) => {
    messages.push(`${subject} ${reply} ${payload}`);
    respond(Buffer.from("here"));
  });
  let heard = "";
  const client = engine.connectInProcess();
  client.attach({ onData: (chunk) => (heard += chunk), onDrain: () => {}, onClose: () => {} });
  const lines = ["SUB r 1", "PUB ask.a r 2", "hi", "PUB ask.b 0", ""];
  client.write(Buffer.from(`${connectLine()}${lines.join("\r\n")}\r\n`));
  client.write(Buffer.from("HPUB ask.c r 18 20\r\nNATS/1.0\r\nA: 1\r\n\r\nho\r\n"));
  settle(host.clock);
  assert.deepEqual(messages, ["ask.a r hi", "ask.b undefined ", "ask.c r ho"]);
  assert.equal(heard.match(/MSG r 1 4\r\nhere/g)?.length, 2);
  stop();
  client.write(Buffer.from("PUB ask.d 0\r\n\r\n"));
  settle(host.clock);
  assert.equal(messages.length, 3);
  const closed = engine.close();
  settle(host.clock);
  await closed;
});
