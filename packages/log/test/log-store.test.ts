import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32c } from "@oxbow/base";
import { LogStore, type LogStoreOptions, RecordView, type SyncPolicy } from "@oxbow/log";
import { type SimHost, SimWorld, simulate } from "@oxbow/testkit";
import { CountingDisk } from "./support/counting-disk.ts";
import { append, contents, logOf } from "./support/messages.ts";
import { Numbers } from "./support/script.ts";

const OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 24 * 1024,
  segmentSizeMax: 1_000,
};

const run = (name: string, body: (host: SimHost) => Promise<void>): Promise<void> => {
  const { world, host } = simulate(name);
  return world.play(() => body(host));
};

describe("a store", () => {
  test("is locked while it is open", () =>
    run("lock", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      await assert.rejects(LogStore.open(OPTIONS, host), { code: "STORE_LOCKED", retryable: true });
      await store.close();
      await (await LogStore.open(OPTIONS, host)).close();
    }));

  test("that is closed tells whoever still reads from it", () =>
    run("read after close", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      append(log, { subject: "a", payload: "1" });
      await store.durable();
      await store.close();
      const loaded = new Promise<Error | null>((resolve) => log.load(1, resolve));
      assert.equal(((await loaded) as { code?: string } | null)?.code, "LOG_CLOSED");
      assert.equal(log.read(1, new RecordView()), "pending");
    }));

  test("of a newer format is not opened, and nothing stays open", () =>
    run("format", async (host) => {
      await (await LogStore.open(OPTIONS, host)).close();
      const disk = new CountingDisk(host.disk);
      const id = "00112233445566778899aabbccddeeff";
      const text = Buffer.from(`2 ${id}`);
      const crc = crc32c(new DataView(text.buffer, text.byteOffset, text.length), 0, text.length);
      const content = JSON.stringify({ format: 2, id, crc });
      host.disk.plant("/data/store.json", Buffer.from(content));
      await assert.rejects(LogStore.open(OPTIONS, { ...host, disk }), { code: "STORE_FORMAT" });
      assert.equal(disk.openCount, 0);
    }));

  test("without a journal to tell who it is, is not opened", () =>
    run("foreign", async (host) => {
      host.disk.plant("/data/store.json", Buffer.from("{"));
      await assert.rejects(LogStore.open(OPTIONS, host), { code: "STORE_CORRUPT" });
    }));

  test("keeps logs apart, also when one takes the name of another that was deleted", () =>
    run("names", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      const first = store.createLog("a", "file");
      append(first, { subject: "a", payload: "first" });
      append(store.createLog("b", "file"), { subject: "b", payload: "other" });
      append(store.createLog("m", "memory"), { subject: "m", payload: "gone with the process" });
      await store.durable();
      await store.checkpoint();
      store.deleteLog(first);
      const second = store.createLog("a", "file");
      append(second, { subject: "a", payload: "second" });
      await store.close();
      assert.equal(
        host.disk.paths().filter((path) => path.includes("/logs/00000001/")).length,
        0,
        "the files of the first are gone",
      );
      const again = await LogStore.open(OPTIONS, host);
      assert.deepEqual(again.logs.map(({ name }) => name).sort(), ["a", "b"]);
      assert.deepEqual(await contents(logOf(again, "a")), ["1 a second"]);
      assert.deepEqual(again.damage, []);
      await again.close();
    }));

  test("tells those who wait for a commit under way after its logs", () =>
    run("order", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      await store.durable();
      append(log, { subject: "a", payload: "first" });
      const order: string[] = [];
      const isWaited = new Promise<void>((resolve) => {
        host.clock.afterTurn(() => {
          host.clock.afterTurn(() => {
            // The commit of the message is under way, and nothing else is to be written.
            store.afterCommit(() => {
              order.push(`waited ${log.committedSequence}`);
              resolve();
            });
          });
        });
      });
      log.listener = {
        onCommitted: () => order.push(`log ${log.committedSequence}`),
        onRemoved: () => {},
        onTruncated: () => {},
        onDamaged: () => {},
      };
      await isWaited;
      assert.deepEqual(order, ["log 1", "waited 1"]);
      await store.close();
    }));

  test("gives ids to logs and states that nobody had before", () =>
    run("ids", async (host) => {
      let store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      const state = store.createState("s", new Numbers());
      await store.durable();
      store.deleteLog(log);
      state.delete();
      await store.close();
      store = await LogStore.open(OPTIONS, host);
      assert.ok(store.createLog("a", "file").id > log.id);
      assert.ok(store.createState("s", new Numbers()).id > state.id);
      await store.close();
    }));

  test("keeps states by snapshot and deltas, over rotations and deletions", () =>
    run("states", async (host) => {
      let store = await LogStore.open(OPTIONS, host);
      const numbers = new Numbers();
      const state = store.createState("progress", numbers);
      store.createState("doomed", new Numbers());
      for (let i = 0; i < 30; i++) {
        numbers.values.push(i);
        state.markDirty();
        await store.durable();
      }
      store.state("doomed")?.delete();
      await store.durable();
      await store.close();
      store = await LogStore.open(OPTIONS, host);
      assert.deepEqual(
        store.states.map(({ key }) => key),
        ["progress"],
      );
      // Nobody has adopted it, and yet it lives on.
      await store.checkpoint();
      await store.close();
      store = await LogStore.open(OPTIONS, host);
      const recovered = store.state("progress")?.recovered;
      assert.ok(recovered);
      assert.deepEqual(Numbers.of(recovered).values, numbers.values);
      await store.close();
    }));

  test("tells those who wait for a commit in the order they asked", () =>
    run("order", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      const order: string[] = [];
      log.listener = {
        onCommitted: () => void order.push("log"),
        onRemoved() {},
        onTruncated() {},
        onDamaged() {},
      };
      store.listener = {
        onCommitted: () => void order.push("store"),
        onFailed() {},
        onRelieved() {},
      };
      append(log, { subject: "a", payload: "" });
      store.afterCommit(() => order.push("first"));
      store.afterCommit(() => order.push("second"));
      await store.durable();
      assert.deepEqual(order, ["log", "store", "first", "second"]);
      await store.close();
    }));

  test("shares a commit among all that was appended in a turn", () =>
    run("group", async (host) => {
      const store = await LogStore.open(OPTIONS, host);
      const logs = ["a", "b", "c"].map((name) => store.createLog(name, "file"));
      await store.durable();
      const { commits, syncs } = store.stats;
      for (let i = 0; i < 50; i++)
        for (const log of logs) append(log, { subject: "s", payload: "" });
      await store.durable();
      assert.equal(store.stats.commits - commits, 1);
      assert.equal(store.stats.syncs - syncs, 1);
      await store.close();
    }));

  test("uses journal files again, and leaves one after it was closed", () =>
    run("recycle", async (host) => {
      const store = await LogStore.open({ ...OPTIONS, segmentSizeMax: 1024 * 1024 }, host);
      const log = store.createLog("a", "file");
      for (let i = 0; i < 200; i++) {
        append(log, { subject: "a", payload: "x".repeat(3_000) });
        await store.durable();
      }
      await store.checkpoint();
      assert.ok(host.disk.callCount("JOURNAL:RECYCLE") > 0);
      const journals = () => host.disk.paths().filter((path) => path.includes("/journal/"));
      assert.ok(journals().length <= 6, `journal files pile up: ${journals()}`);
      await store.close();
      assert.equal(journals().length, 1);
      const again = await LogStore.open(OPTIONS, host);
      assert.equal(logOf(again, "a").count, 200);
      await again.close();
    }));
});

describe("the weaker sync modes", () => {
  /** What a power loss leaves of ten messages that were acknowledged in that mode, after `waitMs`. */
  const survivors = async (sync: SyncPolicy, waitMs: number, seed: string): Promise<number> => {
    const world = new SimWorld(seed);
    const host = world.host();
    await world.play(async () => {
      const store = await LogStore.open({ ...OPTIONS, sync }, host);
      const log = store.createLog("a", "file");
      for (let i = 0; i < 10; i++) {
        append(log, { subject: "a", payload: `${i}` });
        await store.durable();
      }
      await host.clock.advance(waitMs);
    });
    const next = world.host({ disk: host.crash() });
    return await world.play(async () => {
      const store = await LogStore.open({ ...OPTIONS, sync }, next);
      assert.deepEqual(store.damage, [], "what may be lost is no damage");
      const log = store.log("a");
      const lines = log === undefined ? [] : await contents(log);
      assert.deepEqual(
        lines,
        lines.map((_, i) => `${i + 1} a ${i}`),
        "what is left has no holes",
      );
      return lines.length;
    });
  };

  test("interval loses nothing that is older than the interval", async () => {
    const sync: SyncPolicy = { mode: "interval", intervalMs: 100 };
    for (let seed = 0; seed < 20; seed++) {
      assert.equal(await survivors(sync, 200, `interval ${seed}`), 10);
    }
  });

  test("interval and never may lose the newest, and only those", async () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      counts.add(await survivors({ mode: "interval", intervalMs: 1_000 }, 0, `some ${seed}`));
      counts.add(await survivors({ mode: "never" }, 5_000, `none ${seed}`));
    }
    assert.ok(Math.min(...counts) < 10, "a power loss costs something in these modes");
  });

  test("a kill of the process loses nothing in any mode", async () => {
    for (const sync of [{ mode: "never" }, { mode: "always" }] as const) {
      const world = new SimWorld(`kill ${sync.mode}`);
      const host = world.host();
      await world.play(async () => {
        const store = await LogStore.open({ ...OPTIONS, sync }, host);
        append(store.createLog("a", "file"), { subject: "a", payload: "kept" });
        await store.durable();
      });
      const next = world.host({ disk: host.kill() });
      await world.play(async () => {
        const store = await LogStore.open(OPTIONS, next);
        assert.deepEqual(await contents(logOf(store, "a")), ["1 a kept"]);
      });
    }
  });
});
