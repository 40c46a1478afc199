import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { LogStore } from "@oxbow/log";
import { type SimHost, SimWorld } from "@oxbow/testkit";
import fc from "fast-check";
import { append, contents } from "./support/messages.ts";
import { Numbers, SCRIPT_OPTIONS } from "./support/script.ts";

/** The files of a store, by path. */
type Files = ReadonlyMap<string, Uint8Array>;

/** What is in its logs: `name sequence` to the message. */
type Messages = ReadonlyMap<string, string>;

interface Sample {
  readonly name: string;
  readonly files: Files;
  readonly messages: Messages;
}

describe("damaged files", () => {
  const samples: Sample[] = [];

  before(async () => {
    samples.push(await makeSample("a store that was closed", true));
    samples.push(await makeSample("a store that was killed", false));
  });

  test("the sample has every kind of file", () => {
    const kinds = new Set(samples.flatMap(({ files }) => [...files.keys()].map(kindOf)));
    assert.deepEqual([...kinds].sort(), ["active", "compacted", "del", "jnl", "json", "sealed"]);
  });

  test("a bit that turned is reported, and nothing else is read in its place", async () => {
    for (const sample of samples) {
      for (const [path, bytes] of sample.files) {
        const step = kindOf(path) === "jnl" ? 131 : 7;
        for (let at = 0; at < bytes.length; at += step) {
          // Most of a journal file was never written to.
          if (kindOf(path) === "jnl" && isZero(bytes, at)) continue;
          const damaged = Uint8Array.from(bytes);
          damaged[at] = (bytes[at] as number) ^ (1 << (at % 8));
          await checkDamaged(sample, path, damaged, `${sample.name}, ${path}, byte ${at}`);
        }
      }
    }
  });

  test("a file that was cut off is reported", async () => {
    for (const sample of samples) {
      for (const [path, bytes] of sample.files) {
        const step = kindOf(path) === "jnl" ? 4_099 : 17;
        for (let size = 0; size < bytes.length; size += step) {
          const label = `${sample.name}, ${path} cut to ${size}`;
          await checkDamaged(sample, path, bytes.subarray(0, size), label);
        }
      }
    }
  });

  test("a file that is missing, or another one's, is reported", async () => {
    for (const sample of samples) {
      for (const [path] of sample.files) {
        // Nothing tells that there were removals; and without any journal nobody knows what the logs are called.
        if (kindOf(path) !== "del") {
          await checkDamaged(sample, path, undefined, `${sample.name} without ${path}`);
        }
        const other = [...sample.files].find(
          ([candidate]) => candidate !== path && candidate.slice(-4) === path.slice(-4),
        );
        if (other === undefined || kindOf(path) === "del") continue;
        await checkDamaged(sample, path, other[1], `${sample.name}, ${path} is ${other[0]}`);
      }
    }
  });

  test("a page of zeros or of garbage is reported", async () => {
    for (const sample of samples) {
      for (const [path, bytes] of sample.files) {
        for (const fill of [0, 0xa5]) {
          const damaged = Uint8Array.from(bytes).fill(fill, 0, 512);
          await checkDamaged(sample, path, damaged, `${sample.name}, ${path} begins with ${fill}`);
          damaged.set(bytes);
          damaged.fill(fill, -300);
          if (isZero(bytes, bytes.length - 300, bytes.length)) continue;
          await checkDamaged(sample, path, damaged, `${sample.name}, ${path} ends with ${fill}`);
        }
      }
    }
  });

  test("any changes in any files are read around, or reported", async () => {
    const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(fc.nat(1), changes, async (which, all) => {
      const sample = samples[which] as Sample;
      const files = new Map(sample.files);
      const paths = [...files.keys()];
      for (const [index, apply] of all) {
        const path = paths[index % paths.length] as string;
        files.set(path, apply(files.get(path) as Uint8Array));
      }
      await checkReadable(sample, files);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

/** How one file is changed: bytes, a cut, or all of it. */
const change = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
      .map((places) => (bytes: Uint8Array): Uint8Array => {
        const changed = Uint8Array.from(bytes);
        for (const [at, byte] of places) changed[at % bytes.length] = byte;
        return changed;
      }),
  },
  fc.nat().map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % bytes.length)),
  fc.uint8Array({ maxLength: 400 }).map((content) => () => content),
);

/**
 * Opens a store of `files` and reads it all. What it reads is what was stored, or is told to be damaged. Only where nothing
 * whole says which store it is may it be refused.
 */
async function checkReadable(sample: Sample, files: Files): Promise<void> {
  const world = new SimWorld("fuzz");
  const host = world.host();
  for (const [path, bytes] of files) host.disk.plant(path, bytes);
  await world.play(async () => {
    const store = await LogStore.open(SCRIPT_OPTIONS, host).catch((error: { code?: string }) => {
      if (error.code !== "STORE_CORRUPT" || !isUnnamed(sample, files)) throw error;
    });
    if (store === undefined) return;
    for (const log of store.logs) {
      const found = new Map<string, string>();
      for (const line of await contents(log)) addMessage(found, log.name, line);
      for (const [key, message] of found) {
        const stored = sample.messages.get(key);
        if (stored !== undefined && message !== "corrupt") assert.equal(message, stored, key);
      }
    }
  });
}

/** Whether every file that says which store it is has been changed: its own, and those of the journal. */
function isUnnamed(sample: Sample, files: Files): boolean {
  return [...sample.files]
    .filter(([path]) => path.endsWith("store.json") || path.endsWith(".jnl"))
    .every(([path, bytes]) => Buffer.compare(bytes, files.get(path) as Uint8Array) !== 0);
}

const kinds = new Map<string, string>();

/** What a file is: of a segment, also in which state it is. */
function kindOf(path: string): string {
  return kinds.get(path) ?? (path.split(".").at(-1) as string);
}

function isZero(bytes: Uint8Array, from: number, end = from + 1): boolean {
  return bytes.subarray(from, end).every((byte) => byte === 0);
}

/** A store with sealed, compacted and growing segments, tombstones and, if it was killed, frames in the journal. */
async function makeSample(name: string, isClosed: boolean): Promise<Sample> {
  const world = new SimWorld(name);
  const host = world.host();
  const messages = new Map<string, string>();
  await world.play(async () => {
    const store = await LogStore.open({ ...SCRIPT_OPTIONS, journalSizeMax: 64 * 1024 }, host);
    const a = store.createLog("a", "file");
    const b = store.createLog("b", "file");
    store.createState("s", new Numbers());
    const fill = (count: number): void => {
      for (let i = 1; i <= count; i++) {
        append(a, { subject: `s.${i % 3}`, payload: `message ${i} of a` });
        append(b, { subject: "t", payload: `message ${i} of b`, headers: "h;" });
      }
    };
    fill(30);
    await store.durable();
    await store.checkpoint();
    for (let sequence = 2; sequence < 15; sequence++) a.remove(sequence);
    for (const sequence of [17, 19, 29]) a.remove(sequence);
    b.removeBelow(4);
    b.remove(20);
    await store.checkpoint();
    if (isClosed) {
      await store.close();
    } else {
      fill(4);
      await store.durable();
      a.remove(31);
      append(b, { subject: "batch", payload: "of three", count: 3 });
      await store.durable();
      // The last commit of all cannot be told from one that was under way: it holds no message.
      store.createState("last", new Numbers());
      await store.durable();
    }
    for (const log of isClosed ? [] : store.logs) {
      for (const line of await contents(log)) addMessage(messages, log.name, line);
    }
  });
  const disk = host.kill();
  const files = new Map(
    disk
      .paths()
      .filter((path) => !path.endsWith("lock"))
      .map((path) => [path, Uint8Array.from(disk.contents(path))] as const),
  );
  for (const [path, bytes] of files) {
    if (!path.endsWith(".seg")) continue;
    const isSealed = Buffer.from(bytes.subarray(-32, -24)).toString() === "OXBOWEND";
    const kind = isSealed ? "sealed" : "active";
    kinds.set(path, (bytes[10] as number) === 1 ? "compacted" : kind);
  }
  return { name, files, messages: isClosed ? await readAll(files) : messages };
}

function addMessage(messages: Map<string, string>, logName: string, line: string): void {
  const end = line.indexOf(" ");
  messages.set(`${logName} ${line.slice(0, end)}`, line.slice(end + 1));
}

/** What an undamaged store has. */
async function readAll(files: Files): Promise<Messages> {
  const messages = new Map<string, string>();
  const world = new SimWorld("read");
  const host = world.host();
  for (const [path, bytes] of files) host.disk.plant(path, bytes);
  const store = LogStore.open(SCRIPT_OPTIONS, host);
  await world.play(async () => {
    for (const log of (await store).logs) {
      for (const line of await contents(log)) addMessage(messages, log.name, line);
    }
  });
  return messages;
}

/**
 * Opens the store with one file replaced. Whatever is different from what was stored must be reported; what is read is
 * what was stored. A second start, after more was appended, finds the same.
 */
async function checkDamaged(
  sample: Sample,
  path: string,
  content: Uint8Array | undefined,
  label: string,
): Promise<void> {
  const world = new SimWorld("damage");
  const host = world.host();
  for (const [name, bytes] of sample.files) {
    const planted = name === path ? content : bytes;
    if (planted !== undefined) host.disk.plant(name, planted);
  }
  const found = await world.play(() => openDamaged(sample, host, path, label, true));
  const next = world.host({ disk: host.kill() });
  const again = await world.play(() => openDamaged(sample, next, path, label, false));
  for (const [key, message] of found) {
    assert.equal(
      again.get(key) ?? "absent",
      message,
      `${label}: ${key} changes with the next start`,
    );
  }
}

async function openDamaged(
  sample: Sample,
  host: SimHost,
  path: string,
  label: string,
  isFirst: boolean,
): Promise<Messages> {
  const store = await LogStore.open(SCRIPT_OPTIONS, host).catch((error: Error) => {
    throw new Error(`${label}: ${error.stack}`);
  });
  const found = new Map<string, string>();
  let corruptCount = 0;
  for (const log of store.logs) {
    for (const line of await contents(log)) addMessage(found, log.name, line);
    corruptCount += log.damagedCount;
  }
  const isReported = store.damage.length > 0 || corruptCount > 0;
  for (const [key, message] of sample.messages) {
    const now = found.get(key);
    if (now === message) continue;
    // What was lost with a journal file may be so thoroughly gone that its sequence is given again.
    if (now === "after damage" && !isFirst && kindOf(path) === "jnl") continue;
    assert.ok(now === "corrupt" || now === undefined, `${label}: ${key} reads "${now}"`);
    if (isFirst) assert.ok(isReported, `${label}: ${key} is lost and nothing is reported`);
  }
  for (const [key, message] of found) {
    if (sample.messages.has(key) || message === "corrupt" || message.startsWith("after")) continue;
    if (isFirst) assert.ok(isReported, `${label}: ${key} came back as "${message}"`);
  }
  if (isFirst) {
    for (const log of store.logs) append(log, { subject: "after", payload: "damage" });
    await store.durable();
    await store.checkpoint();
  }
  return found;
}
