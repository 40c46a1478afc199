import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { connectLine, openEngine } from "./open-engine.ts";

const fragment = fc.oneof(
  { weight: 2, arbitrary: fc.constant(connectLine()) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      "SUB a.* 1\r\n",
      "SUB > q 2\r\n",
      "SUB _INBOX.x x1\r\n",
      "UNSUB 1\r\n",
      "UNSUB 2 3\r\n",
      "PUB a.b 5\r\nhello\r\n",
      "PUB a.b _INBOX.x 0\r\n\r\n",
      "HPUB nobody _INBOX.x 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
      "PUB _INBOX.x $JS.ACK.a 1\r\nx\r\n",
      "PUB $SYS.REQ.USER.INFO _INBOX.x 0\r\n\r\n",
      "PING\r\nPONG\r\n",
      "+OK\r\n",
      connectLine({ verbose: true, echo: false }),
    ),
  },
  fc.constantFrom(
    "PUB a.b 99\r\n",
    "CONNECT {\r\n",
    "SUB\r\n",
    "\0",
    "-ERR 'x'\r\n",
    "PUB a -1\r\n",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);

test("whatever clients send, in whatever chunks, nobody but themselves suffers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fragment, fc.integer({ min: 1, max: 64 })), { maxLength: 60 }),
      async (steps) => {
        const { engine, host } = await openEngine({ limits: { subscriptionsMax: 3 } });
        const idleCount = engine.stats().subscriptions;
        const witness = host.connect();
        witness.send(`${connectLine()}SUB witness 1\r\n`);
        const clients = [host.connect(), host.connect(), host.connect()];
        for (const [index, text, chunkSize] of steps) clients[index]?.send(text, chunkSize);
        witness.take();
        assert.equal(witness.send("PUB witness 2\r\nok\r\n"), "MSG witness 1 2\r\nok\r\n");
        for (const client of [...clients, witness]) client.closeByPeer();
        assert.equal(engine.stats().subscriptions, idleCount);
        assert.equal(engine.stats().connections, 0);
        assert.equal(host.clock.timerCount, 0);
      },
    ),
    { numRuns: 300 },
  );
});
