/**
 * One suite over both disks, the real and the simulated: what packages may expect of either. Goal: a package that passes its
 * tests on the simulated disk meets nothing new on the real one.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { Disk } from "@oxbow/base";
import { nodeHost } from "@oxbow/node-host";
import { simulate } from "@oxbow/testkit";
import { commit, read, sync, write } from "../support/disk-calls.ts";

type Body = (disk: Disk, root: string) => Promise<void>;

/** Runs a body on an empty directory of a disk. */
const disks: Readonly<Record<string, (body: Body) => Promise<void>>> = {
  "real disk": async (body) => {
    const root = await mkdtemp(join(tmpdir(), "oxbow-disk-contract-"));
    try {
      await body(nodeHost().disk, root);
    } finally {
      await rm(root, { recursive: true });
    }
  },
  "simulated disk": async (body) => {
    const { world, host } = simulate(1);
    await world.play(async () => {
      await host.disk.makeDirectory("TEST", "/root");
      await body(host.disk, "/root");
    });
  },
};

const rules: Readonly<Record<string, Body>> = {
  "what was written is read back, short only at the end of the file": async (disk, root) => {
    const file = await disk.open("TEST", `${root}/a`, "create");
    await write(file, "hello ", 0);
    await commit(file, "world", 6);
    assert.equal(String(await read(file, 0, 100)), "hello world");
    assert.equal(String(await read(file, 6, 3)), "wor");
    assert.equal(String(await read(file, 11, 3)), "");
    assert.equal(String(await read(file, 100, 3)), "");
    assert.equal(await file.size("TEST"), 11);
    await sync(file);
    await file.close();
    await file.close();
  },
  "several buffers are written one after another, and none at all is no error": async (
    disk,
    root,
  ) => {
    const file = await disk.open("TEST", `${root}/a`, "create");
    const buffers = ["ab", "", "cde", "f"].map((text) => Buffer.from(text));
    for (const position of [0, 6]) {
      await new Promise<void>((resolve, reject) => {
        const done = (error: Error | null): void => (error ? reject(error) : resolve());
        if (position === 0) file.write("TEST", buffers, 0, done);
        else file.commit("TEST", buffers, 6, done);
      });
    }
    await write(file, "", 12);
    await commit(file, "", 12);
    assert.equal(String(await read(file, 0, 20)), "abcdefabcdef");
    assert.equal(String(await read(file, 0, 0)), "");
    await file.close();
  },
  "a gap reads as zeros, and so does what truncate adds": async (disk, root) => {
    const file = await disk.open("TEST", `${root}/a`, "create");
    await write(file, "x", 4);
    assert.deepEqual([...(await read(file, 0, 10))], [0, 0, 0, 0, 120]);
    await file.truncate("TEST", 2);
    await file.truncate("TEST", 6);
    assert.deepEqual([...(await read(file, 0, 10))], [0, 0, 0, 0, 0, 0]);
    await file.close();
  },
  "modes: create refuses a taken name, write and read a missing one": async (disk, root) => {
    const path = `${root}/a`;
    await assert.rejects(disk.open("TEST", path, "write"), { code: "ENOENT" });
    await assert.rejects(disk.open("TEST", path, "read"), { code: "ENOENT", site: "TEST" });
    await (await disk.open("TEST", path, "create")).close();
    await assert.rejects(disk.open("TEST", path, "create"), { code: "EEXIST" });
    await assert.rejects(disk.open("TEST", `${root}/no/a`, "create"), { code: "ENOENT" });
    const file = await disk.open("TEST", path, "read");
    await assert.rejects(write(file, "x", 0), { code: "EBADF" });
    await file.close();
    await assert.rejects(read(file, 0, 1), { code: "EBADF" });
  },
  "a file outlives its name while it is open": async (disk, root) => {
    const file = await disk.open("TEST", `${root}/a`, "create");
    await disk.rename("TEST", `${root}/a`, `${root}/b`);
    await write(file, "one", 0);
    await disk.remove("TEST", `${root}/b`);
    await write(file, "two", 3);
    assert.equal(String(await read(file, 0, 9)), "onetwo");
    assert.deepEqual(await disk.list("TEST", root), []);
    await file.close();
  },
  "rename replaces, and fails without a source": async (disk, root) => {
    for (const name of ["a", "b"]) {
      const file = await disk.open("TEST", `${root}/${name}`, "create");
      await write(file, name, 0);
      await file.close();
    }
    await disk.rename("TEST", `${root}/a`, `${root}/b`);
    assert.deepEqual(await disk.list("TEST", root), ["b"]);
    const file = await disk.open("TEST", `${root}/b`, "read");
    assert.equal(String(await read(file, 0, 9)), "a");
    await file.close();
    await assert.rejects(disk.rename("TEST", `${root}/a`, `${root}/c`), { code: "ENOENT" });
  },
  "directories: made with parents, listed sorted, moved and removed whole": async (disk, root) => {
    await disk.makeDirectory("TEST", `${root}/x/y`);
    await disk.makeDirectory("TEST", `${root}/x/y`);
    for (const name of ["b", "a"]) {
      await (await disk.open("TEST", `${root}/x/y/${name}`, "create")).close();
    }
    assert.deepEqual(await disk.list("TEST", `${root}/x/y`), ["a", "b"]);
    await disk.syncDirectory("TEST", `${root}/x/y`);
    await disk.rename("TEST", `${root}/x`, `${root}/z`);
    assert.deepEqual(await disk.list("TEST", `${root}/z`), ["y"]);
    await disk.removeDirectory("TEST", `${root}/z`);
    await disk.removeDirectory("TEST", `${root}/z`);
    await disk.remove("TEST", `${root}/z`);
    assert.deepEqual(await disk.list("TEST", root), []);
    await assert.rejects(disk.list("TEST", `${root}/z`), { code: "ENOENT" });
    await assert.rejects(disk.syncDirectory("TEST", `${root}/z`), { code: "ENOENT" });
  },
  "a lock is held once, until it is released": async (disk, root) => {
    const lock = await disk.lock("TEST", `${root}/LOCK`);
    await assert.rejects(disk.lock("TEST", `${root}/LOCK`), { code: "ELOCKED" });
    await lock.release();
    await lock.release();
    await (await disk.lock("TEST", `${root}/LOCK`)).release();
    assert.deepEqual(await disk.list("TEST", root), ["LOCK"]);
  },
  "close waits for what is under way": async (disk, root) => {
    const file = await disk.open("TEST", `${root}/a`, "create");
    const order: string[] = [];
    const written = commit(file, "x".repeat(100_000), 0).then(() => order.push("written"));
    const closed = file.close().then(() => order.push("closed"));
    await Promise.all([written, closed]);
    assert.deepEqual(order, ["written", "closed"]);
  },
};

for (const [name, run] of Object.entries(disks)) {
  suite(name, () => {
    for (const [rule, body] of Object.entries(rules)) test(rule, () => run(body));
  });
}
