import { join } from "node:path";
import { test } from "node:test";
import { type Log, LogStore, type LogStoreOptions } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { append } from "./support/messages.ts";

// The recordings are reviewed as text; `node --test --test-update-snapshots` writes them anew.
const testdata = join(import.meta.dirname, "testdata");
const OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 64 * 1024,
  segmentSizeMax: 600,
};

/** What is done to a store, and under which name its file operations are recorded. */
const scenes: Readonly<Record<string, (log: Log, store: LogStore) => Promise<void>>> = {
  open: async () => {},
  commit: async (log, store) => {
    append(log, { subject: "a", payload: "one" });
    append(log, { subject: "a", payload: "two" });
    await store.durable();
  },
  "checkpoint-and-seal": async (log, store) => {
    for (let i = 0; i < 9; i++) append(log, { subject: "a", payload: `message ${i}`.padEnd(100) });
    log.remove(3);
    await store.durable();
    await store.checkpoint();
  },
  "trim-and-compact": async (log, store) => {
    log.remove(7);
    log.remove(8);
    await store.durable();
    log.removeBelow(6);
    await store.checkpoint();
  },
  erase: async (log, store) => {
    await store.erase(log, 9);
  },
  "delete-log": async (log, store) => {
    store.deleteLog(log);
    await store.checkpoint();
  },
  close: async (_, store) => {
    await store.close();
  },
};

test("file operations happen in the order that durability needs", async (context) => {
  const { world, host } = simulate("order", { disk: { stallChance: 0, trace: true } });
  const recordings = await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    const log = store.createLog("a", "file");
    await store.durable();
    const lines: string[] = [];
    let seen = 0;
    for (const [name, play] of Object.entries(scenes)) {
      await play(log, store);
      lines.push(`# ${name}`, ...host.disk.trace.slice(seen), "");
      seen = host.disk.trace.length;
    }
    return lines.join("\n");
  });
  context.assert.fileSnapshot(recordings, join(testdata, "operation-order.txt"), {
    serializers: [(value) => value as string],
  });
});
