import assert from "node:assert/strict";
import { test } from "node:test";
import { connectLine, openEngine } from "../connection/open-engine.ts";

const auth = { mode: "users", users: [{ user: "a", password: "b" }] } as const;

test("nothing but CONNECT is taken from a client that has to authenticate", async () => {
  for (const first of ["PING\r\n", "SUB a 1\r\n", "x", "PUB a 99999999\r\n"]) {
    const { host } = await openEngine({ auth });
    const client = host.connect();
    assert.match(client.take(), /"auth_required":true/);
    assert.equal(client.send(first), "-ERR 'Authorization Violation'\r\n");
    assert.equal(client.isEnded, true);
  }
});

test("wrong credentials are refused, right ones let in", async () => {
  const { host } = await openEngine({ auth });
  for (const wrong of [{}, { user: "a" }, { user: "a", pass: "c" }, { auth_token: "b" }]) {
    const client = host.connect();
    client.take();
    assert.equal(
      client.send(`${connectLine(wrong)}PING\r\n`),
      "-ERR 'Authorization Violation'\r\n",
    );
    assert.equal(client.isEnded, true);
  }
  const client = host.connect();
  client.take();
  assert.match(client.send(`${connectLine({ user: "a", pass: "b" })}PING\r\n`), /^PONG\r\nINFO /);
  host.clock.advance(10_000);
  assert.equal(client.isEnded, false);
});

test("a client that takes too long to authenticate is told so", async () => {
  const { host } = await openEngine({ auth, limits: { authTimeoutMs: 1_500 } });
  const client = host.connect();
  client.take();
  host.clock.advance(1_499);
  assert.equal(client.take(), "");
  host.clock.advance(1);
  assert.equal(client.take(), "-ERR 'Authentication Timeout'\r\n");
  assert.equal(client.isEnded, true);
});

test("a second CONNECT with wrong credentials ends the connection", async () => {
  const { host } = await openEngine({ auth });
  const client = host.connect();
  client.send(connectLine({ user: "a", pass: "b" }));
  client.take();
  assert.equal(
    client.send(connectLine({ user: "a", pass: "x" })),
    "-ERR 'Authorization Violation'\r\n",
  );
  assert.equal(client.isEnded, true);
});
