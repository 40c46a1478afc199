import assert from "node:assert/strict";
import { test } from "node:test";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket, TestHost } from "../connection/test-host.ts";

/** A client that has seen its first PONG. */
function greeted(host: TestHost, options: Readonly<Record<string, unknown>> = {}): ManualSocket {
  const client = host.connect();
  client.send(`${connectLine(options)}PING\r\n`);
  return client;
}

/** Lets promises that are due go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Passes `ms`, in steps of `stepMs`; closed connections are over at once. */
async function pass(
  host: TestHost,
  clients: readonly ManualSocket[],
  ms: number,
  stepMs: number,
): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    host.clock.advance(stepMs);
    await settle();
    for (const client of clients) if (client.isEnded) client.closeByPeer();
  }
}

test("clients are told, served for the time of grace, and let go one by one", async () => {
  const { engine, host } = await openEngine();
  const clients = Array.from({ length: 20 }, () => greeted(host));
  const old = greeted(host, { protocol: 0 });
  const all = [...clients, old];
  const left = engine.enterLameDuck({ durationMs: 20_000, graceMs: 10_000 });
  await settle();
  assert.equal(host.net.isListening, false);
  assert.equal(engine.isLameDuck, true);
  for (const client of clients) assert.match(client.take(), /^INFO .*"ldm":true/);
  assert.equal(old.take(), "");
  await pass(host, all, 9_990, 10);
  assert.equal(all.filter(({ isEnded }) => isEnded).length, 0);
  assert.equal(
    clients[0]?.send("SUB a 1\r\nPUB a 1\r\nx\r\n").endsWith("MSG a 1 1\r\nx\r\n"),
    true,
  );
  const endedBy: number[] = [];
  for (let step = 0; step < 1_010 && endedBy.at(-1) !== all.length; step++) {
    await pass(host, all, 10, 10);
    endedBy.push(all.filter(({ isEnded }) => isEnded).length);
  }
  await left;
  assert.equal(endedBy.at(-1), all.length);
  // Never two at once, and not at equal intervals.
  const steps = endedBy.map((count, index) => count - (endedBy[index - 1] ?? 0));
  assert.ok(steps.every((count) => count <= 1));
  const times = steps.flatMap((count, index) => (count === 1 ? [index] : []));
  assert.ok(new Set(times.map((time, index) => time - (times[index - 1] ?? 0))).size > 2);
  assert.ok(all.every(({ received }) => !received.includes("ldm")));
});

test("between two clients is a second at most, and many go together where the time is short", async () => {
  const few = await openEngine();
  const pair = [greeted(few.host), greeted(few.host)];
  const left = few.engine.enterLameDuck();
  await settle();
  await pass(few.host, pair, 11_000, 100);
  await left;
  assert.ok(pair.every(({ isEnded }) => isEnded));
  const many = await openEngine();
  const crowd = Array.from({ length: 100 }, () => greeted(many.host));
  const gone = many.engine.enterLameDuck({ durationMs: 20, graceMs: 10 });
  await settle();
  await pass(many.host, crowd, 21, 1);
  await gone;
  assert.ok(crowd.every(({ isEnded }) => isEnded));
});

test("without clients the end comes at once", async () => {
  const { engine, host } = await openEngine();
  await engine.enterLameDuck();
  assert.equal(host.clock.timerCount, 0);
  await engine.enterLameDuck();
});

test("close cuts it short", async () => {
  const { engine, host } = await openEngine();
  const client = greeted(host);
  const left = engine.enterLameDuck();
  await settle();
  const closed = engine.close();
  assert.ok(client.isEnded);
  client.closeByPeer();
  await Promise.all([closed, left]);
  assert.equal(host.clock.timerCount, 0);
});

test("times that make no sense are refused, and nothing has happened", async () => {
  const { engine, host } = await openEngine();
  for (const times of [{ durationMs: 10_000 }, { graceMs: -1 }, { durationMs: 5, graceMs: 5 }]) {
    await assert.rejects(engine.enterLameDuck(times), {
      code: "ENGINE_OPTION_INVALID",
      message: /grace period .* should be strictly lower than lame duck duration/,
    });
  }
  assert.equal(host.net.isListening, true);
  assert.equal(engine.isLameDuck, false);
});
