import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Journey } from "oxbow/control";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: the way of a message as the command shows it, of what commands and HTTP have done with it. */
test("a message is followed from the command that produced it to what came of it", async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), "oxbow-message-"));
  t.after(() => rm(cwd, { recursive: true }));
  await using server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd });
  const { url, httpUrl } = await server.event<{ url: string; httpUrl: string }>();
  const run = async (line: string, status = 0): Promise<string> => {
    const result = await oxbow(line.split(" "), { env: { OXBOW_URL: url }, cwd });
    assert.equal(result.status, status, `${line}: ${result.stderr}`);
    return status === 0 ? result.stdout : result.stderr;
  };
  await run("station create orders");
  await run("station create invoices");
  await run("group create orders billing --trace 100");
  await run("produce orders hello --key eu.1");
  await run("consume orders --group billing --count 1");
  const answer = await fetch(`${httpUrl}/api/v1/stations/invoices/messages`, {
    method: "POST",
    body: "1",
    headers: {
      "Oxbow-Parent": "orders/1/1",
      "Oxbow-Header-Oxbow-Stamp": "door=forged",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
  });
  assert.equal(answer.status, 201);

  const journey = JSON.parse(await run("message journey orders 1 --json")) as Journey;
  assert.equal(journey.producer?.door, "cli");
  assert.deepEqual(
    journey.events.map(({ kind }) => kind),
    ["stored", "delivered", "acknowledged", "derived"],
  );
  const text = await run("message journey orders 1");
  assert.match(text, /became +invoices\/1\/1 \(derived\)/);
  assert.match(text, /billing +acknowledged +exact +1/);
  const child = JSON.parse(await run("message journey invoices 1 --json")) as Journey;
  assert.deepEqual([child.producer?.door, child.producer?.name], ["http", "HTTP"]);
  assert.deepEqual([child.traceId, child.isTraceNamed], ["0af7651916cd43dd8448eb211c80319c", true]);
  assert.match(await run("message journey orders 7", 1), /has had no message 7/);
  const wrong = { method: "POST", body: "1", headers: { "Oxbow-Parent": "orders" } };
  assert.equal((await fetch(`${httpUrl}/api/v1/stations/orders/messages`, wrong)).status, 400);
});
