import assert from "node:assert/strict";
import { test } from "node:test";
import { SubjectTable } from "../src/subject-table.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

test("a million subjects come and go in bounded memory", () => {
  const table = new SubjectTable(() => 0);
  const live: number[] = [];
  for (let i = 1; i <= 1_000_000; i++) {
    const subject = bytes(`device.${i}.temperature`);
    const id = table.intern(subject, 0, subject.length);
    table.added(id, i);
    live.push(id);
    if (live.length <= 1_000) continue;
    const oldest = live[i - 1_001] as number;
    assert.equal(table.removed(oldest, i - 1_000), 0);
    table.release(oldest);
  }
  assert.equal(table.liveCount, 1_000);
  assert.ok(table.idEnd <= 1_003, `${table.idEnd} ids for a thousand subjects`);
  assert.ok(table.memorySize < 400_000, `${table.memorySize} bytes`);
  assert.ok(table.epoch > 0);
  const newest = bytes("device.1000000.temperature");
  const id = table.find(newest, 0, newest.length);
  assert.equal(table.name(id), "device.1000000.temperature");
  assert.equal(table.last(id), 1_000_000);
  assert.equal(table.find(bytes("device.1.temperature"), 0, 20), 0);
});

test("the newest message is searched only when somebody asks", () => {
  let searches = 0;
  const table = new SubjectTable((_, below) => {
    searches++;
    return below - 1;
  });
  const id = table.intern(bytes("a"), 0, 1);
  for (let i = 1; i <= 10; i++) table.added(id, i);
  for (let i = 10; i > 5; i--) table.removed(id, i);
  assert.equal(searches, 0);
  assert.equal(table.last(id), 9, "found below the newest one that was removed");
  assert.equal(table.last(id), 9);
  assert.equal(searches, 1);
  table.added(id, 11);
  assert.equal(table.last(id), 11);
});
