import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { NodeDisk } from "../src/node-disk.ts";
import { scratch } from "./support/scratch.ts";

const holderPath = join(import.meta.dirname, "support/lock-holder.ts");

/** Starts a process that tries to take the lock, and tells how it went: `locked` or the code of the error. */
async function startHolder(
  t: TestContext,
  path: string,
): Promise<{ child: ChildProcess; outcome: string }> {
  const child = spawn(process.execPath, [holderPath, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [outcome] = (await once(lines, "line")) as [string];
  return { child, outcome };
}

test("a second lock in the same process is refused, until the first is released", async (t) => {
  const path = join(await scratch(t), "LOCK");
  const disk = new NodeDisk();
  const lock = await disk.lock("TEST", path);
  await assert.rejects(disk.lock("TEST", path), {
    code: "ELOCKED",
    message: new RegExp(`process ${process.pid}$`),
  });
  // The refused attempt has opened and closed the file; that must not have ended the lock.
  const { outcome } = await startHolder(t, path);
  assert.equal(outcome, "ELOCKED");
  await lock.release();
  await lock.release();
  await (await disk.lock("TEST", path)).release();
});

test("another process is refused while the holder lives, and let in once it was killed", async (t) => {
  const path = join(await scratch(t), "LOCK");
  const { child, outcome } = await startHolder(t, path);
  assert.equal(outcome, "locked");
  const disk = new NodeDisk();
  await assert.rejects(disk.lock("TEST", path), {
    code: "ELOCKED",
    message: new RegExp(`process ${child.pid}$`),
    site: "TEST",
  });
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await disk.lock("TEST", path)).release();
});

test("of several processes at once exactly one wins", async (t) => {
  const path = join(await scratch(t), "LOCK");
  const holders = await Promise.all([1, 2, 3, 4].map(() => startHolder(t, path)));
  const outcomes = holders.map((holder) => holder.outcome).sort();
  assert.deepEqual(outcomes, ["ELOCKED", "ELOCKED", "ELOCKED", "locked"]);
});

test("the lock leaves one empty private file", async (t) => {
  const directory = await scratch(t);
  const lock = await new NodeDisk().lock("TEST", join(directory, "LOCK"));
  assert.deepEqual(await readdir(directory), ["LOCK", "LOCK.pid"]);
  await lock.release();
  assert.deepEqual(await readdir(directory), ["LOCK"]);
  const stats = await stat(join(directory, "LOCK"));
  assert.equal(stats.size, 0);
  assert.equal(stats.mode & 0o777, 0o600);
});

test("a directory that is not there is ENOENT", async (t) => {
  const path = join(await scratch(t), "missing", "LOCK");
  await assert.rejects(new NodeDisk().lock("TEST", path), { code: "ENOENT" });
});
