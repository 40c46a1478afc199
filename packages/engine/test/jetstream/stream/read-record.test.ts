import assert from "node:assert/strict";
import { test } from "node:test";
import { type Log, LogStore, RecordView, UNLIMITED } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { readRecord } from "../../../src/jetstream/stream/read-record.ts";
import { append } from "../support/test-log.ts";

/** The payload of a record, `undefined` if it can't be read. */
async function payloadOf(
  log: Log,
  sequence: number,
  wanted?: "present" | "found",
): Promise<string | undefined> {
  const view = new RecordView();
  return (await readRecord(log, sequence, view, wanted)) ? view.payload().toString() : undefined;
}

function withLog(body: (log: Log, store: LogStore) => Promise<void>): Promise<void> {
  const { world, host } = simulate("read-record");
  return world.play(async () => {
    const store = await LogStore.open({ directory: "/data" }, host);
    await body(store.createLog("L", "file"), store);
    await store.close();
  });
}

test("a record is read when the disk has it, and none where none is", () =>
  withLog(async (log, store) => {
    append(log, "a", "one");
    assert.equal(await payloadOf(log, 1), "one", "waits for the commit");
    await store.checkpoint();
    assert.equal(await payloadOf(log, 1), "one");
    assert.equal(await payloadOf(log, 2), undefined);
    assert.equal(await payloadOf(log, 2, "found"), undefined);
  }));

test("a record that was found is read though a newer one has taken its place", () =>
  withLog(async (log) => {
    log.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
    append(log, "a", "one");
    const found = payloadOf(log, 1, "found");
    const present = payloadOf(log, 1);
    append(log, "a", "two");
    assert.equal(await found, "one");
    assert.equal(await present, undefined);
    assert.equal(await payloadOf(log, 2), "two");
  }));

test("nothing is read of a log that is deleted while it is waited for", () =>
  withLog(async (log, store) => {
    append(log, "a", "one");
    const waiting = [payloadOf(log, 1), payloadOf(log, 1, "found")];
    store.deleteLog(log);
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined]);
  }));
