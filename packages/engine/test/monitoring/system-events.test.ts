import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, openEngine } from "../connection/open-engine.ts";

const accounts = [
  { name: "$SYS", users: [{ user: "s", password: "pw" }] },
  { name: "A", users: [{ user: "a", password: "pw" }] },
];

test("while somebody is in the system account, it is told every ten seconds how the server is", async () => {
  const { engine, host } = await openEngine({ accounts, auth: { mode: "users", users: [] } });
  const timersBefore = host.clock.timerCount;
  const client = connectClient(host, { user: "s", pass: "pw" });
  client.send("SUB $SYS.SERVER.*.STATSZ 1\r\nSUB $SYS.ACCOUNT.*.SERVER.CONNS 2\r\n");
  let received = "";
  for (let second = 0; second < 35; second++) {
    host.clock.advance(1_000);
    received += client.take();
  }
  assert.equal(received.split("STATSZ 1 ").length - 1, 3);
  assert.match(received, /"statsz":\{"start":/);
  assert.match(received, /SERVER\.CONNS 2 .*\r\n.*"acc":"\$SYS"/);
  client.closeByPeer();
  host.clock.advance(10_000);
  assert.equal(host.clock.timerCount, timersBefore);
  await engine.destroy();
});

test("the end of the server is told", async () => {
  const { engine, host } = await openEngine({ accounts, auth: { mode: "users", users: [] } });
  const client = connectClient(host, { user: "s", pass: "pw" });
  client.send("SUB $SYS.SERVER.> 1\r\n");
  const closed = engine.close();
  assert.match(client.take(), /MSG \$SYS\.SERVER\.N[A-Z0-9]{55}\.SHUTDOWN 1 /);
  client.closeByPeer();
  await closed;
});
