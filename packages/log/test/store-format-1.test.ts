import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import type { Disk } from "@oxbow/base";
import { LogStore, TTL_NEVER } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { append, describeLog, logOf, ttlsOf } from "./support/messages.ts";

/** A data directory as the version before lifetimes left it when it was killed, and what was in it. */
interface Fixture {
  readonly expected: Readonly<Record<string, object>>;
  /** Deflated, in base64, by path. */
  readonly files: Readonly<Record<string, string>>;
}

const OPTIONS = { directory: "/data", segmentSizeMax: 600, journalSizeMax: 16 * 1024 };

async function unpack(files: Fixture["files"], disk: Disk): Promise<void> {
  for (const path of ["/data", "/data/journal", "/data/logs"]) await disk.makeDirectory("T", path);
  for (const [name, content] of Object.entries(files)) {
    const path = `/data/${name}`;
    await disk.makeDirectory("T", path.slice(0, path.lastIndexOf("/")));
    const file = await disk.open("T", path, "create");
    const bytes = inflateRawSync(Buffer.from(content, "base64"));
    await new Promise<void>((resolve, reject) => {
      file.commit("T", [bytes], 0, (error) => (error === null ? resolve() : reject(error)));
    });
    await file.close();
  }
}

test("a store of format 1 opens as it was, goes on, and takes lifetimes", async () => {
  const url = new URL("./testdata/store-format-1.json", import.meta.url);
  const { expected, files } = JSON.parse(await readFile(url, "utf8")) as Fixture;
  const { world, host } = simulate("format-1");
  await world.play(async () => {
    await unpack(files, host.disk);
    const store = await LogStore.open(OPTIONS, host);
    assert.deepEqual(store.damage, []);
    for (const [name, description] of Object.entries(expected)) {
      assert.deepEqual(await describeLog(logOf(store, name)), { ...description, ttls: {} });
    }
    assert.equal(store.state("stream/x")?.recovered?.snapshot.toString(), "\bsnapshot");
    const log = logOf(store, "events");
    for (let i = 0; i < 20; i++) {
      append(log, { subject: "new", payload: `${i}`, timeMs: 3_000, ttl: i % 2 === 0 ? 60 : 0 });
    }
    append(log, { subject: "new", payload: "kept", timeMs: 3_000, ttl: TTL_NEVER });
    const description = await describeLog(log);
    await store.durable();
    await store.checkpoint();
    await store.close();
    const again = await LogStore.open(OPTIONS, host);
    assert.deepEqual(again.damage, []);
    assert.deepEqual(await describeLog(logOf(again, "events")), description);
    assert.equal(Object.keys(ttlsOf(logOf(again, "events"))).length, 11);
    await again.close();
  });
});
