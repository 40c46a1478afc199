import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Log, LogStore, UNLIMITED } from "@oxbow/log";
import { type SimDisk, type SimHost, SimWorld } from "@oxbow/testkit";
import { append, contents, logOf } from "./support/messages.ts";
import { settings } from "./support/settings.ts";

const DIRECTORY = "/data";
/** Bytes that a disk writes as one. */
const SECTOR = 512;
/** Small files, so that a batch is larger than one of the journal and several of the log. */
const OPTIONS = { directory: DIRECTORY, journalSizeMax: 64 * 1024, segmentSizeMax: 16 * 1024 };

/** Messages of the batches below. */
const COUNT = 40;

/** Appends `COUNT` messages of `size` bytes as one. */
function appendBatch(log: Log, size: number): void {
  const payload = "x".repeat(size);
  const isStored = log.appendTogether(COUNT * (size + 64), () => {
    for (let index = 0; index < COUNT; index++) append(log, { subject: `b.${index}`, payload });
  });
  assert.equal(isStored, true);
}

async function openedWithOne(host: SimHost): Promise<{ store: LogStore; log: Log }> {
  const store = await LogStore.open(OPTIONS, host);
  const log = store.createLog("events", "file");
  append(log, { subject: "before", payload: "the batch" });
  await store.durable();
  return { store, log };
}

/** Opens what is left on a disk: the batch is there with all its messages, or with none. */
async function countAfter(world: SimWorld, disk: SimDisk, label: string): Promise<number> {
  const host = world.host({ disk });
  const count = await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    assert.deepEqual(store.damage, [], label);
    const log = logOf(store, "events");
    assert.ok(log.count === 1 || log.count === 1 + COUNT, `${label}: ${log.count} messages`);
    assert.equal((await contents(log)).length, log.count, label);
    append(log, { subject: "after", payload: "the crash" });
    await store.durable();
    return log.count - 2;
  });
  host.crash();
  return count;
}

for (const setting of settings) {
  test(`what belongs together becomes readable together, in ${setting.name}`, () =>
    setting.run(async (host, options) => {
      await using store = await LogStore.open(options, host);
      const log = store.createLog("events", setting.kind);
      const committed: number[] = [];
      log.listener = {
        onCommitted: () => committed.push(log.committedSequence),
        onRemoved: () => {},
        onTruncated: () => {},
        onDamaged: () => {},
      };
      append(log, { subject: "a", payload: "" });
      await store.durable();
      log.appendTogether(100, () => {
        for (let index = 0; index < 5; index++) {
          append(log, { subject: "a", payload: "" });
          assert.equal(log.committedSequence, 1);
        }
        assert.equal(log.lastSequence, 6);
      });
      await store.durable();
      assert.deepEqual(committed, [1, 6]);
    }));

  test(`limits hold for what belongs together, in ${setting.name}`, () =>
    setting.run(async (host, options) => {
      await using store = await LogStore.open(options, host);
      const log = store.createLog("events", setting.kind);
      log.setLimits({ ...UNLIMITED, countMax: 3 });
      log.appendTogether(100, () => {
        for (let index = 0; index < 5; index++) append(log, { subject: "a", payload: "" });
        log.skip(1_000);
      });
      await store.durable();
      assert.deepEqual([log.firstSequence, log.lastSequence, log.committedSequence], [3, 6, 6]);
    }));
}

describe("a power loss while messages that belong together are written", () => {
  for (const size of [20, 700, 8_000]) {
    test(`leaves all of them or none, at any moment, ${COUNT} of ${size} bytes`, async () => {
      const outcomes = new Set<number>();
      for (let events = 0; ; events++) {
        const world = new SimWorld(`moment ${size}`);
        const host = world.host();
        const { store, log } = await world.play(() => openedWithOne(host));
        let isAcknowledged = false;
        appendBatch(log, size);
        store.afterCommit((error) => {
          isAcknowledged = error === null;
        });
        const end = await world.run({ events });
        const wasAcknowledged = isAcknowledged;
        const labels = [0, 1, 2].map((outcome) => `event ${events}, outcome ${outcome}`);
        const disks = labels.map((label) => host.disk.crash(label));
        host.crash();
        for (const [index, label] of labels.entries()) {
          const count = await countAfter(world, disks[index] as SimDisk, label);
          if (wasAcknowledged) assert.equal(count, COUNT, label);
          outcomes.add(count);
        }
        if (end === "idle") break;
      }
      assert.deepEqual(
        [...outcomes].sort((a, b) => a - b),
        [0, COUNT],
      );
    });
  }

  test("leaves all of them or none, whatever sectors of their frame are there", async () => {
    const world = new SimWorld("sectors");
    const host = world.host();
    const { store, log } = await world.play(() => openedWithOne(host));
    const before = journalsOf(host.disk);
    // Only what the disk has when the frame is written, for what comes later is of no interest.
    const old = host.disk.crash("before");
    await world.play(async () => {
      appendBatch(log, 300);
      await store.durable();
    });
    const [path, after] = [...journalsOf(host.disk)].find(
      ([name, bytes]) => !before.get(name)?.equals(bytes),
    ) as [string, Buffer];
    const from = before.get(path) as Buffer;
    const changed = changedSectors(from, after);
    assert.ok(changed.length > (COUNT * 300) / SECTOR);
    const tryWith = async (kept: (sector: number) => boolean, label: string): Promise<number> => {
      const disk = old.crash(label);
      disk.plant(path, mixed(from, after, kept));
      return countAfter(world, disk, label);
    };
    assert.equal(await tryWith(() => true, "all"), COUNT);
    for (const cut of changed) {
      assert.equal(await tryWith((sector) => sector < cut, `up to sector ${cut}`), 0);
      assert.equal(await tryWith((sector) => sector !== cut, `without sector ${cut}`), 0);
      assert.equal(await tryWith((sector) => sector > cut, `from sector ${cut} on`), 0);
    }
    host.crash();
  });
});

function journalsOf(disk: SimDisk): Map<string, Buffer> {
  const paths = disk.paths().filter((path) => path.endsWith(".jnl"));
  return new Map(paths.map((path) => [path, Buffer.from(disk.contents(path))]));
}

function changedSectors(before: Buffer, after: Buffer): number[] {
  const sectors: number[] = [];
  for (let at = 0; at < after.length; at += SECTOR) {
    const isSame = after.subarray(at, at + SECTOR).equals(before.subarray(at, at + SECTOR));
    if (!isSame) sectors.push(at / SECTOR);
  }
  return sectors;
}

/** `before` with those sectors of `after` that are `kept`. */
function mixed(before: Buffer, after: Buffer, kept: (sector: number) => boolean): Buffer {
  const content = Buffer.alloc(after.length);
  before.copy(content);
  for (let at = 0; at < after.length; at += SECTOR) {
    if (kept(at / SECTOR)) after.copy(content, at, at, at + SECTOR);
  }
  return content;
}
