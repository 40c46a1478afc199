import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiskFile } from "@oxbow/base";
import { SECTOR_SIZE, type SimHost, type SimWorld, simulate } from "@oxbow/testkit";
import fc from "fast-check";
import { commit, read, sync, write } from "../support/disk-calls.ts";

/** A disk with an empty durable file `/data/log`, open. */
async function withFile(
  seed: number,
  trace = false,
): Promise<{ world: SimWorld; host: SimHost; file: DiskFile }> {
  const { world, host } = simulate(seed, { disk: { trace } });
  host.disk.plant("/data/log", new Uint8Array(0));
  const file = await world.play(() => host.disk.open("OPEN", "/data/log", "write"));
  return { world, host, file };
}

/** The distinct contents of a file over many power losses; `-` where it is gone. */
function outcomes(host: SimHost, path: string, count = 200): Set<string> {
  const found = new Set<string>();
  for (let seed = 0; seed < count; seed += 1) {
    const disk = host.disk.crash(seed);
    found.add(disk.paths().includes(path) ? Buffer.from(disk.contents(path)).toString() : "-");
  }
  return found;
}

test("what was committed or synced survives every power loss", async () => {
  const { world, host, file } = await withFile(1);
  await world.play(async () => {
    await commit(file, "committed ", 0);
    await write(file, "synced", 10);
    await sync(file);
  });
  assert.deepEqual(outcomes(host, "/data/log"), new Set(["committed synced"]));
});

test("what was not synced is kept or dropped, whole where it fits a sector", async () => {
  const { world, host, file } = await withFile(1);
  await world.play(async () => {
    await commit(file, "base", 0);
    await write(file, "A", 4);
    await write(file, "B", 5);
  });
  // B without A leaves a hole; a size without its data leaves zeros.
  const expected = ["base", "baseA", "baseAB", "base\0B", "baseA\0", "base\0", "base\0\0"];
  assert.deepEqual([...outcomes(host, "/data/log", 500)].sort(), expected.sort());
});

test("a commit outlives earlier writes to the same place that were never synced", async () => {
  const { world, host, file } = await withFile(1);
  await world.play(async () => {
    await write(file, "old", 0);
    await commit(file, "new", 0);
  });
  assert.deepEqual(outcomes(host, "/data/log"), new Set(["new"]));
});

test("a write is torn between sectors only", async () => {
  const { world, host, file } = await withFile(1);
  const sectorCount = 8;
  await world.play(async () => {
    await commit(file, Buffer.alloc(sectorCount * SECTOR_SIZE, "o"), 0);
    await write(file, Buffer.alloc(sectorCount * SECTOR_SIZE, "n"), 0);
  });
  const patterns = new Set<string>();
  for (const content of outcomes(host, "/data/log")) {
    let pattern = "";
    for (let sector = 0; sector < sectorCount; sector += 1) {
      const start = sector * SECTOR_SIZE;
      const letters = new Set(content.slice(start, start + SECTOR_SIZE));
      assert.equal(letters.size, 1, "a sector is torn");
      pattern += [...letters][0];
    }
    patterns.add(pattern);
  }
  assert.ok(patterns.has("oooooooo") && patterns.has("nnnnnnnn"));
  assert.ok(
    [...patterns].some((p) => /^n+o+$/.test(p)),
    "a prefix",
  );
  assert.ok(
    [...patterns].some((p) => /^o+.*n/.test(p)),
    "a later sector without an earlier",
  );
});

test("a sync covers what was written before it was called, not what is under way", async () => {
  const { world, host, file } = await withFile(1);
  host.disk.slow("WRITE", 100);
  await world.play(async () => {
    const late = write(file, "late", 0);
    await sync(file);
    await late;
  });
  assert.ok(outcomes(host, "/data/log").has(""));
});

test("a commit under way at a power loss is done, not done, or torn, and was not answered", async () => {
  const found = new Set<string>();
  for (let seed = 0; seed < 60; seed += 1) {
    const { world, host, file } = await withFile(seed);
    file.commit("COMMIT", [Buffer.alloc(1024, "c")], 0, () => assert.fail("answered"));
    const disk = host.crash(seed);
    await world.run();
    found.add(Buffer.from(disk.contents("/data/log")).toString().replaceAll("\0", "0"));
  }
  const whole = "c".repeat(1024);
  assert.ok(found.has("") && found.has(whole) && found.has(whole.slice(512)));
});

test("a truncate that was not synced may be undone", async () => {
  const { world, host, file } = await withFile(1);
  await world.play(async () => {
    await commit(file, "longer", 0);
    await file.truncate("CUT", 3);
  });
  assert.deepEqual(outcomes(host, "/data/log"), new Set(["longer", "lon"]));
  await world.play(() => sync(file));
  assert.deepEqual(outcomes(host, "/data/log"), new Set(["lon"]));
});

test("a new name is lost unless its directory was synced, whatever its content", async () => {
  const { world, host } = await withFile(1);
  await world.play(async () => {
    const file = await host.disk.open("OPEN", "/data/new", "create");
    await commit(file, "x", 0);
  });
  assert.deepEqual(outcomes(host, "/data/new"), new Set(["-", "x"]));
  await world.play(() => host.disk.syncDirectory("SYNC", "/data"));
  assert.deepEqual(outcomes(host, "/data/new"), new Set(["x"]));
});

test("a directory whose parent was not synced takes everything in it with it", async () => {
  const { world, host } = await withFile(1);
  await world.play(async () => {
    await host.disk.makeDirectory("DIR", "/data/sub");
    await commit(await host.disk.open("OPEN", "/data/sub/a", "create"), "x", 0);
    await host.disk.syncDirectory("SYNC", "/data/sub");
  });
  assert.deepEqual(outcomes(host, "/data/sub/a"), new Set(["-", "x"]));
  await world.play(() => host.disk.syncDirectory("SYNC", "/data"));
  assert.deepEqual(outcomes(host, "/data/sub/a"), new Set(["x"]));
});

test("a rename is whole or not at all, and the content of an unsynced file can be lost by it", async () => {
  const { world, host } = await withFile(1);
  host.disk.plant("/data/state", Buffer.from("old"));
  await world.play(async () => {
    const file = await host.disk.open("OPEN", "/data/state.tmp", "create");
    await write(file, "new", 0);
    await host.disk.rename("SWAP", "/data/state.tmp", "/data/state");
  });
  const careless = outcomes(host, "/data/state");
  assert.ok(careless.has("") || careless.has("\0\0\0"), "renamed before its content");
  assert.ok(careless.has("old") && careless.has("new") && !careless.has("-"));

  await world.play(async () => {
    const file = await host.disk.open("OPEN", "/data/state", "write");
    await sync(file);
    await host.disk.syncDirectory("SYNC", "/data");
    const next = await host.disk.open("OPEN", "/data/state.tmp", "create");
    await commit(next, "newer", 0);
    await host.disk.rename("SWAP", "/data/state.tmp", "/data/state");
  });
  assert.deepEqual(outcomes(host, "/data/state"), new Set(["new", "newer"]));
});

test("a name is not taken over before it was given up", async () => {
  const { world, host } = await withFile(1);
  host.disk.plant("/data/a", Buffer.from("first"));
  await world.play(async () => {
    await host.disk.rename("MOVE", "/data/a", "/data/b");
    await commit(await host.disk.open("OPEN", "/data/a", "create"), "second", 0);
  });
  for (let seed = 0; seed < 100; seed += 1) {
    const disk = host.disk.crash(seed);
    const all = disk.paths().map((path) => Buffer.from(disk.contents(path)).toString());
    assert.ok(all.includes("first"), `the first file is lost with seed ${seed}`);
  }
});

test("removing a directory can be undone in part, and is final once its parent was synced", async () => {
  const { world, host } = await withFile(1);
  for (const name of ["a", "b"]) host.disk.plant(`/data/gone/${name}`, Buffer.from(name));
  await world.play(() => host.disk.removeDirectory("REMOVE", "/data/gone"));
  const left = new Set<string>();
  for (let seed = 0; seed < 100; seed += 1) left.add(host.disk.crash(seed).paths().join());
  assert.ok(left.has("/data/gone/b,/data/log") && left.has("/data/log"));
  await world.play(() => host.disk.syncDirectory("SYNC", "/data"));
  for (let seed = 0; seed < 50; seed += 1) {
    assert.deepEqual(host.disk.crash(seed).paths(), ["/data/log"]);
  }
});

test("a killed process leaves what it wrote, still volatile, and part of what was under way", async () => {
  const lengths = new Set<number>();
  for (let seed = 0; seed < 40; seed += 1) {
    const { world, host, file } = await withFile(seed);
    await world.play(() => write(file, "written ", 0));
    file.commit("COMMIT", [Buffer.from("under way")], 8, () => assert.fail("answered"));
    const next = world.host({ disk: host.kill() });
    await world.run();
    const content = Buffer.from(next.disk.contents("/data/log")).toString();
    assert.ok("written under way".startsWith(content) && content.startsWith("written "));
    lengths.add(content.length);
    assert.ok(outcomes(next, "/data/log", 30).has(""), "still volatile");
  }
  assert.ok(lengths.size > 3);
});

test("locks end with the process", async () => {
  for (const end of ["crash", "kill"] as const) {
    const { world, host } = await withFile(1);
    await world.play(() => host.disk.lock("LOCK", "/data/LOCK"));
    const next = world.host({ disk: end === "crash" ? host.crash() : host.kill() });
    await world.play(() => next.disk.lock("LOCK", "/data/LOCK"));
  }
});

test("the n-th call of a site fails, once or from then on", async () => {
  const { world, host, file } = await withFile(1);
  host.disk.failAt("WRITE", 2, "EIO");
  host.disk.failAt("SYNC", 1, "EIO", true);
  await world.play(async () => {
    await write(file, "1", 0);
    await assert.rejects(write(file, "2", 1), { code: "EIO", site: "WRITE", path: "/data/log" });
    await write(file, "3", 2);
    for (let i = 0; i < 3; i += 1) await assert.rejects(sync(file), { code: "EIO" });
  });
  assert.equal(host.disk.callCount("WRITE"), 3);
});

test("failing call after call visits every place an error can come from", async () => {
  const failedAt: string[] = [];
  for (let n = 1; ; n += 1) {
    const { world, host } = simulate(n);
    host.disk.failAt("*", n, "EIO");
    const error = await world
      .play(async () => {
        await host.disk.makeDirectory("DIR", "/d");
        await commit(await host.disk.open("OPEN", "/d/f", "create"), "x", 0);
        await host.disk.rename("SWAP", "/d/f", "/d/g");
      })
      .then(
        () => undefined,
        (failure: { site: string }) => failure.site,
      );
    if (!error) break;
    failedAt.push(error);
  }
  assert.deepEqual(failedAt, ["DIR", "OPEN", "COMMIT", "SWAP"]);
});

test("after a failed sync no later sync makes the data durable", async () => {
  const { world, host, file } = await withFile(1);
  host.disk.failAt("SYNC", 1, "EIO");
  await world.play(async () => {
    await write(file, "doubtful", 0);
    await assert.rejects(sync(file), { code: "EIO" });
    await sync(file);
  });
  assert.ok(outcomes(host, "/data/log").has(""));
});

test("a failed commit may have written any part, and none of it becomes durable", async () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 40; seed += 1) {
    const { world, host, file } = await withFile(seed);
    host.disk.failAt("COMMIT", 1, "EIO");
    await world.play(async () => {
      await assert.rejects(commit(file, "0123456789", 0), { code: "EIO" });
      await sync(file);
    });
    seen.add(host.disk.contents("/data/log").length);
    assert.ok(outcomes(host, "/data/log", 30).has(""));
  }
  assert.ok(seen.has(0) && seen.has(10) && seen.size > 4);
});

test("a full disk takes what fits, and goes on when there is room", async () => {
  const { world, host, file } = await withFile(1);
  host.disk.limitSpace(10);
  await world.play(async () => {
    await commit(file, "01234567", 0);
    await assert.rejects(commit(file, "89AB", 8), { code: "ENOSPC" });
    assert.equal(String(await read(file, 0, 20)), "0123456789");
    await commit(file, "xx", 0);
    host.disk.limitSpace(Infinity);
    await commit(file, "89AB", 8);
  });
  assert.deepEqual(outcomes(host, "/data/log"), new Set(["xx23456789AB"]));
});

test("a flipped bit is seen by reads and stays over a power loss", async () => {
  const { world, host, file } = await withFile(1);
  await world.play(async () => {
    await commit(file, "a", 0);
    await write(file, "a", 1);
  });
  for (const byte of [0, 1]) host.disk.flipBit("/data/log", byte, 1);
  assert.equal(Buffer.from(host.disk.contents("/data/log")).toString(), "cc");
  assert.equal(host.disk.crash(1).contents("/data/log")[0], 0x63);
});

test("overlapping operations end in another order than they were started, by seed", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed += 1) {
    const { world, file } = await withFile(seed);
    let order = "";
    for (const name of ["a", "b", "c"]) {
      file.write("WRITE", [Buffer.from(name)], 0, () => (order += name));
    }
    await world.settle();
    orders.add(order);
  }
  assert.ok(orders.size > 3, [...orders].join());
});

test("a buffer that changes before done is found out", async () => {
  const { world, file } = await withFile(1);
  const buffer = Buffer.from("borrowed");
  file.write("WRITE", [buffer], 0, () => {});
  buffer[0] = 0;
  await assert.rejects(world.settle(), /a borrowed buffer has changed/);
});

test("the trace lists operations as they were started, and failures", async () => {
  const { world, host, file } = await withFile(1, true);
  host.disk.failAt("SYNC", 1, "EIO");
  await world.play(async () => {
    await write(file, "abc", 0);
    await assert.rejects(sync(file));
    await host.disk.rename("SWAP", "/data/log", "/data/old");
  });
  assert.deepEqual(host.disk.trace, [
    "OPEN open-write /data/log",
    "WRITE write /data/log @0 +3",
    "SYNC sync /data/log",
    "SYNC sync /data/log failed: EIO",
    "SWAP rename /data/log to /data/old",
  ]);
  assert.deepEqual(host.disk.traceOf("/data/old"), []);
});

/**
 * Goal: the durability model against a plain restatement of the port's promise. Random writes, commits and syncs; after
 * a power loss every byte must hold a value that something wrote there no earlier than the last durable value.
 */
test("any sequence: each byte survives as its last durable value or a later one", async () => {
  const step = fc.record({
    kind: fc.constantFrom("write", "commit", "sync"),
    position: fc.nat(1500),
    length: fc.integer({ min: 1, max: 1200 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { maxLength: 12 }), async (seed, steps) => {
      const { world, host, file } = await withFile(seed);
      const allowed = Array.from({ length: 2700 }, () => new Set([0]));
      const latest = new Array<number>(2700).fill(0);
      await world.play(async () => {
        for (const [index, { kind, position, length }] of steps.entries()) {
          const value = index + 1;
          if (kind === "sync") {
            await sync(file);
            for (const [at, set] of allowed.entries()) {
              set.clear();
              set.add(latest[at] as number);
            }
            continue;
          }
          await (kind === "write" ? write : commit)(file, Buffer.alloc(length, value), position);
          for (let at = position; at < position + length; at += 1) {
            if (kind === "commit") allowed[at]?.clear();
            allowed[at]?.add(value);
            latest[at] = value;
          }
        }
      });
      for (let crashSeed = 0; crashSeed < 5; crashSeed += 1) {
        const content = host.disk.crash(crashSeed).contents("/data/log");
        for (const [at, set] of allowed.entries()) {
          assert.ok(set.has(content[at] ?? 0), `byte ${at} is ${content[at]}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});
