import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Ingest, IngestWithSecret } from "oxbow/control";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: ingest URLs by the command, from the first to the last. Method: a server that the command has started. */
test("ingest URLs are created, used, changed, rotated and deleted", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "oxbow-ingest-"));
  await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
  const { url, httpUrl } = await server.event<{ url: string; httpUrl: string }>();
  const run = async (line: string): Promise<string> => {
    const env = { OXBOW_URL: url };
    const { status, stdout, stderr } = await oxbow(line.split(" "), { env, cwd });
    assert.equal(status, 0, `${line}: ${stderr}`);
    return stdout;
  };
  const json = async <T>(line: string): Promise<T> => JSON.parse(await run(`${line} --json`)) as T;
  await run("station create orders");
  assert.match(await run("ingest list orders"), /^no ingest URLs: create one/);
  const told = await run("ingest create orders any --id-header X-Id --carry X-One,X-Two");
  const [, address = ""] = /http:\/\/127\.0\.0\.1:9000(\/in\/\S+)/.exec(told) ?? [];
  const request = { method: "POST", body: "{}", headers: { "x-id": "1", "x-two": "2" } };
  assert.equal((await fetch(`${httpUrl}${address}`, request)).status, 200);
  await writeFile(join(cwd, "key.txt"), "whsec_of_stripe\n");
  await run("ingest create orders stripe --kind stripe");
  assert.match(await run("ingest list orders"), /stripe +stripe, within 5m +waits for its secret/);
  assert.match(
    await run("ingest show orders stripe"),
    /none yet: oxbow ingest rotate orders stripe/,
  );
  await run("ingest rotate orders stripe --secret @key.txt");
  const { verify, hasSecret } = await json<Ingest>("ingest edit orders stripe --tolerance 1m");
  assert.deepEqual([verify, hasSecret], [{ kind: "stripe", toleranceMs: 60_000 }, true]);
  const moved = await json<IngestWithSecret>("ingest rotate orders any --grace 0s");
  assert.equal((await fetch(`${httpUrl}${address}`, request)).status, 404);
  assert.equal((await fetch(`${httpUrl}${moved.path}`, request)).status, 200);
  assert.match(await run("ingest edit orders any --pause"), /paused +yes/);
  assert.equal((await fetch(`${httpUrl}${moved.path}`, request)).status, 503);
  assert.equal(await run("ingest delete orders any"), "deleted any of orders\n");
  await rm(cwd, { recursive: true });
});
