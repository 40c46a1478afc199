import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { EngineOptions } from "../../src/engine-options.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket } from "../connection/test-host.ts";

/** Of `s3cret`, cost 4: the check takes its time. */
const hash = "$2a$04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";
const security: EngineOptions = {
  accounts: [
    { name: "A", users: [{ user: "slow", password: hash }] },
    { name: "B", users: [{ user: "quick", password: "q" }] },
  ],
};
const heldMax = 16 * 1024;

const fragment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      connectLine({ user: "slow", pass: "s3cret" }),
      connectLine({ user: "slow", pass: "no" }),
      connectLine({ user: "quick", pass: "q" }),
      connectLine({ user: "quick", pass: "no" }),
      connectLine({ user: "nobody", pass: hash }),
      connectLine({ auth_token: "q", jwt: "a.b.c", sig: "x", nkey: "U" }),
      connectLine(),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "PUB secret 2\r\nhi\r\n",
      "SUB > 1\r\n",
      "SUB secret 1\r\nPUB secret 2\r\nhi\r\n",
      "PING\r\n",
      "HPUB secret 12 12\r\nNATS/1.0\r\n\r\n\r\n",
      'INFO {"a":1}\r\n',
      "+OK\r\n",
      "C",
      "CONNECT ",
      `CONNECT {"user":"${"x".repeat(5_000)}"`,
      `CONNECT ${" ".repeat(9_000)}`,
      `CONNECT {"user":{}}\r\n`,
      `CONNECT [${"[".repeat(2_000)}\r\n`,
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.repeat(500)),
  },
);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fragment, fc.integer({ min: 1, max: 20_000 })) },
  { weight: 2, arbitrary: fc.constant("settle" as const) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_500 }) },
);

suite("before a client has authenticated (CVE classes A, B and E)", () => {
  test("no bytes in any chunks are heard by others, or kept beyond 16 KiB", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { engine, host } = await openEngine(security);
        const witness = host.connect();
        witness.send(`${connectLine({ user: "quick", pass: "q" })}SUB > 1\r\n`);
        witness.take();
        const client = host.connect();
        const connection = [...engine.connections].find(({ id }) => id === 2);
        const hadRights = (): boolean => connection?.identity !== undefined;
        let wasIn = false;
        for (const each of steps) {
          if (each === "settle") await settle();
          else if (typeof each === "number") host.clock.advance(each);
          else client.send(each[0], each[1]);
          wasIn ||= hadRights();
          if (!wasIn) assert.ok((connection?.bufferedBytes ?? 0) <= heldMax);
          if (!wasIn) assert.doesNotMatch(witness.take(), /MSG/);
          witness.send("PONG\r\n");
        }
        await settle();
        client.closeByPeer();
        witness.closeByPeer();
        await settle();
        assert.equal(engine.stats().connections, 0);
        assert.equal(host.clock.timerCount, 0);
      }),
      { numRuns: 300 },
    );
  });

  test("class B: no first operation but CONNECT is taken, in any spelling", async () => {
    for (const first of [
      "PING",
      "PONG",
      "pub",
      "SUB",
      "hpub",
      "UNSUB",
      "INFO",
      "+OK",
      "-ERR",
      "x",
    ]) {
      for (const chunkSize of [1, 100]) {
        const { client } = await arrive(security);
        const answer = client.send(`${first} a 0\r\n\r\n`, chunkSize);
        assert.equal(answer, "-ERR 'Authorization Violation'\r\n");
        assert.equal(client.isEnded, true);
      }
    }
  });

  test("a client that sends nothing, or half a CONNECT, is gone after 2 seconds", async () => {
    for (const start of ["", "C", "CONNECT ", 'CONNECT {"user":"quick"']) {
      const { client, host } = await arrive(security);
      client.send(start);
      host.clock.advance(1_999);
      assert.equal(client.isEnded, false);
      host.clock.advance(1);
      assert.match(client.take(), /Authentication Timeout/);
      assert.equal(client.isEnded, true);
    }
  });

  test("a CONNECT that is too long is cut off before it is kept", async () => {
    const { client, engine } = await arrive(security);
    const line = `CONNECT {"user":"${"x".repeat(100_000)}"}\r\n`;
    for (let at = 0; at < line.length && !client.isEnded; at += 1_000) {
      client.send(line.slice(at, at + 1_000));
      for (const { bufferedBytes } of engine.connections) assert.ok(bufferedBytes <= heldMax);
    }
    assert.equal(client.isEnded, true);
  });

  test("a thousand clients with half a CONNECT keep little", async () => {
    const { engine, host } = await openEngine(security);
    for (let count = 0; count < 1_000; count++) {
      host.connect().send(`CONNECT {"user":"${"x".repeat(4_000)}`);
    }
    let keptBytes = 0;
    for (const { bufferedBytes } of engine.connections) keptBytes += bufferedBytes;
    assert.ok(keptBytes <= 1_000 * 5_000, String(keptBytes));
  });

  test("class E (CVE-2022-24450): no client chooses its account", async () => {
    for (const fields of [{ account: "A" }, { account: "B" }, { new_account: true }]) {
      const { client } = await arrive(security);
      const answer = client.send(connectLine({ user: "quick", pass: "q", ...fields }));
      assert.equal(answer, "-ERR 'Authorization Violation'\r\n");
    }
  });
});

async function arrive(
  options: EngineOptions,
): Promise<Awaited<ReturnType<typeof openEngine>> & { client: ManualSocket }> {
  const opened = await openEngine(options);
  const client = opened.host.connect();
  client.take();
  return { ...opened, client };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
