import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import { readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type { DiskFile } from "@oxbow/base";
import { NodeDisk } from "../src/node-disk.ts";
import { scratch } from "./support/scratch.ts";

const disk = new NodeDisk();

const commit = (file: DiskFile, buffers: Uint8Array[], position: number): Promise<void> =>
  promisify(file.commit.bind(file, "TEST"))(buffers, position);
const write = (file: DiskFile, buffers: Uint8Array[], position: number): Promise<void> =>
  promisify(file.write.bind(file, "TEST"))(buffers, position);
const writeAround = (file: DiskFile, buffers: Uint8Array[], position: number): Promise<void> =>
  promisify(file.writeAround.bind(file, "TEST"))(buffers, position);

async function created(t: TestContext): Promise<{ file: DiskFile; path: string }> {
  const path = join(await scratch(t), "file");
  const file = await disk.open("TEST", path, "create");
  t.after(() => file.close());
  return { file, path };
}

test("class G (CVE-2017-9868): files and directories are private to the user", async (t) => {
  const directory = join(await scratch(t), "a", "b");
  await disk.makeDirectory("TEST", directory);
  await (await disk.open("TEST", join(directory, "file"), "create")).close();
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  assert.equal((await stat(join(directory, "file"))).mode & 0o777, 0o600);
});

test("a directory that is there is made again, and one that can't be made is an error", async (t) => {
  const directory = await scratch(t);
  await disk.makeDirectory("TEST", directory);
  await writeFile(join(directory, "file"), "");
  const inTheWay = disk.makeDirectory("TEST", join(directory, "file"));
  await assert.rejects(inTheWay, { code: "EEXIST" });
  await assert.rejects(disk.makeDirectory("TEST", join(directory, "file", "a")), {
    code: "ENOTDIR",
  });
});

test("a file system that lets nobody make directories is an error", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc");
  await assert.rejects(disk.makeDirectory("TEST", "/proc/oxbow/data"), { code: "ENOENT" });
});

test("thousands of buffers are written in one call, by write and by commit", async (t) => {
  const { file, path } = await created(t);
  const buffers = Array.from({ length: 5000 }, (_, i) => Buffer.from(`${i},`));
  const expected = Buffer.concat(buffers);
  await write(file, buffers, 0);
  await commit(file, buffers, expected.length);
  // The first commit opens the synced descriptor; from the next on it is used.
  await commit(file, buffers, 2 * expected.length);
  await commit(file, buffers.slice(0, 1000), 3 * expected.length);
  const expectedAll = Buffer.concat([expected, expected, expected, ...buffers.slice(0, 1000)]);
  assert.ok((await readFile(path)).equals(expectedAll));
});

test("commits follow a file that was renamed between them", async (t) => {
  const { file, path } = await created(t);
  await disk.rename("TEST", path, `${path}.renamed`);
  await writeFile(path, "another file");
  await commit(file, [Buffer.from("one")], 0);
  await commit(file, [Buffer.from("two")], 3);
  await commit(file, [Buffer.from("three")], 6);
  assert.equal(await readFile(`${path}.renamed`, "utf8"), "onetwothree");
  assert.equal(await readFile(path, "utf8"), "another file");
});

test("after a few commits the descriptor in use is synchronous", {
  skip: process.platform !== "linux" && "O_DSYNC is used on Linux only",
}, async (t) => {
  const { file, path } = await created(t);
  await commit(file, [Buffer.from("one")], 0);
  await commit(file, [Buffer.from("two")], 3);
  const flags = fs
    .readdirSync("/proc/self/fd")
    .filter((fd) => fs.existsSync(`/proc/self/fd/${fd}`))
    .filter((fd) => fs.readlinkSync(`/proc/self/fd/${fd}`) === path)
    .map((fd) => /flags:\s+(\d+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1])
    .map((octal) => Number.parseInt(octal as string, 8) & fs.constants.O_DSYNC);
  assert.deepEqual(flags.sort(), [0, fs.constants.O_DSYNC].sort());
});

test("a short write is gone on with, so that the reason it was short is not lost", {
  skip: process.platform === "win32" && "needs a shell with ulimit",
}, async (t) => {
  const path = join(await scratch(t), "file");
  // The kernel writes up to the limit and refuses the rest only when it is asked for again.
  const program = join(import.meta.dirname, "support/short-writer.ts");
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"',
    process.execPath,
    program,
    path,
  ]);
  assert.equal(stdout, "EFBIG\n");
  const content = await readFile(path);
  assert.ok(content.length > 0 && content.length % 512 === 0);
  content.forEach((byte, i) => {
    assert.equal(byte, Math.floor(i / 100));
  });
});

test("a full device is an error with path and site", {
  skip: !fs.existsSync("/dev/full") && "needs /dev/full",
}, async (t) => {
  const path = join(await scratch(t), "full");
  await symlink("/dev/full", path);
  const file = await disk.open("TEST", path, "write");
  t.after(() => file.close());
  for (const operation of [write, commit]) {
    await assert.rejects(operation(file, [Buffer.alloc(10), Buffer.alloc(20)], 0), {
      code: "ENOSPC",
      site: "TEST",
      path,
    });
  }
});

test("close waits for what is under way, and nothing starts after it", async (t) => {
  const { file, path } = await created(t);
  const order: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    file.commit("TEST", [Buffer.alloc(1 << 20, 1)], 0, (error) => {
      order.push("committed");
      if (error) reject(error);
      else resolve();
    });
  });
  const closed = file.close().then(() => order.push("closed"));
  await assert.rejects(write(file, [Buffer.from("late")], 0), { code: "EBADF" });
  await Promise.all([done, closed, file.close()]);
  assert.deepEqual(order, ["committed", "closed"]);
  assert.equal((await stat(path)).size, 1 << 20);
});

test("no descriptor is left after close", {
  skip: process.platform !== "linux" && "reads /proc",
}, async (t) => {
  const { file, path } = await created(t);
  for (let i = 0; i < 3; i += 1) await commit(file, [Buffer.from("x")], i);
  await file.close();
  const open = fs
    .readdirSync("/proc/self/fd")
    .filter((fd) => fs.existsSync(`/proc/self/fd/${fd}`))
    .filter((fd) => fs.readlinkSync(`/proc/self/fd/${fd}`) === path);
  assert.deepEqual(open, []);
});

/** Bytes that tell where they are. */
function pattern(start: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = (start + at) * 2654435761;
  return bytes;
}

test("what is written around the cache, wherever it begins and ends, is what is read", async (t) => {
  const { file, path } = await created(t);
  const block = 4096;
  const large = 1024 * 1024;
  let position = 0;
  for (const size of [1, large, 100, 2 * large + 3, block, large - 1, 200_000, 5, 3 * large, 77]) {
    // In pieces of sizes that no alignment likes.
    const bytes = pattern(position, size);
    const pieces = [bytes.subarray(0, 13), bytes.subarray(13, 70_001), bytes.subarray(70_001)];
    await writeAround(file, pieces, position);
    position += size;
    const last = Buffer.alloc(Math.min(size, block) + 10);
    const from = Math.max(0, position - last.length);
    const count = await promisify(file.read.bind(file, "TEST"))(last, from);
    assert.ok(last.subarray(0, count).equals(pattern(from, position - from)));
  }
  await promisify(file.sync.bind(file, "TEST"))();
  assert.ok((await readFile(path)).equals(pattern(0, position)));
  assert.equal(await file.size("TEST"), position);
});

test("what is written around the cache goes where the cache holds something else", async (t) => {
  const { file, path } = await created(t);
  const size = 300_000;
  await write(file, [Buffer.alloc(2 * size, 1)], 0);
  assert.ok((await readFile(path)).equals(Buffer.alloc(2 * size, 1)));
  await writeAround(file, [pattern(1000, size)], 1000);
  const expected = Buffer.concat([
    Buffer.alloc(1000, 1),
    pattern(1000, size),
    Buffer.alloc(size - 1000, 1),
  ]);
  assert.ok((await readFile(path)).equals(expected));
});

test("a file that is closed has no descriptor left, also after a write around the cache", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc");
  const { file, path } = await created(t);
  const openOnes = async (): Promise<string[]> => {
    const names = await readdir("/proc/self/fd");
    const targets = names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ""));
    return (await Promise.all(targets)).filter((target) => target === path);
  };
  await writeAround(file, [Buffer.alloc(120_000)], 0);
  assert.equal((await openOnes()).length, 1, "a small write is not worth another one");
  await writeAround(file, [Buffer.alloc(200_000)], 0);
  assert.equal((await openOnes()).length, 2, "one of them past the page cache");
  const writing = writeAround(file, [Buffer.alloc(200_000)], 0);
  await file.close();
  await writing;
  assert.deepEqual(await openOnes(), []);
});

test("where nothing can go around the cache, it goes through it", async (t) => {
  const { file, path } = await created(t);
  t.mock.method(fs, "open", (...args: unknown[]) => {
    const done = args.at(-1) as (error: Error) => void;
    done(Object.assign(new Error("EINVAL"), { code: "EINVAL" }));
  });
  await writeAround(file, [pattern(0, 300_000)], 0);
  assert.ok((await readFile(path)).equals(pattern(0, 300_000)));
});

test("what a file system refuses to take directly goes through the cache", async (t) => {
  if (process.platform !== "linux") return t.skip("there is nothing to refuse");
  const { file, path } = await created(t);
  type OnWritten = (error: Error | null, count: number) => void;
  type Write = (
    fd: number,
    bytes: Buffer,
    at: number,
    size: number,
    to: number,
    _: OnWritten,
  ) => void;
  const original = fs.write as unknown as Write;
  let refusals = 0;
  const writeOrNot: Write = (fd, bytes, at, bytesSize, to, done) => {
    // The second direct write is short, and later ones are refused.
    const isDirect = bytes.buffer.byteLength === 1024 * 1024;
    if (!isDirect || refusals++ === 0) original(fd, bytes, at, bytesSize, to, done);
    else if (refusals === 2) original(fd, bytes, at, 8192, to, done);
    else done(Object.assign(new Error("EINVAL"), { code: "EINVAL" }), 0);
  };
  const mock = t.mock.method(fs, "write", writeOrNot as unknown as typeof fs.write);
  const size = 5 * 1024 * 1024;
  await writeAround(file, [pattern(0, size)], 0);
  await writeAround(file, [pattern(size, size)], size);
  await writeAround(file, [pattern(2 * size, size)], 2 * size);
  mock.mock.restore();
  assert.equal(refusals, 3, "it is not tried for ever");
  assert.ok((await readFile(path)).equals(pattern(0, 3 * size)));
});
