import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "@oxbow/log";
import fc from "fast-check";
import {
  lastSequenceOf,
  lastSequences,
  SubjectFilter,
  subjectCounts,
} from "../../../src/jetstream/stream/subject-search.ts";
import { subjectIsSubset } from "../../../src/subjects/subject.ts";
import { append, openLog } from "../support/test-log.ts";

async function logOf(...subjects: string[]): Promise<Log> {
  const log = await openLog();
  for (const subject of subjects) append(log, subject);
  return log;
}

test("a filter matches literally and with wildcards, and several together", async () => {
  const log = await logOf("a.b", "a.c", "d");
  const matched = (...filters: string[]): number[] => {
    const { matches } = new SubjectFilter(log, filters);
    return [1, 2, 3].filter((sequence) => matches(log.subjectIdOf(sequence)));
  };
  assert.deepEqual(matched("a.b"), [1]);
  assert.deepEqual(matched("a.*"), [1, 2]);
  assert.deepEqual(matched("a.b", "d"), [1, 3]);
  assert.deepEqual(matched(), [1, 2, 3]);
  assert.deepEqual(matched(">"), [1, 2, 3]);
  assert.equal(new SubjectFilter(log, ["x", ">"]).isAll, true);
});

test("an id that comes to stand for another subject is decided anew", async () => {
  const log = await logOf("a", "keep");
  const { matches } = new SubjectFilter(log, ["b"]);
  const id = log.subjectIdOf(1);
  assert.equal(matches(id), false);
  log.remove(1);
  append(log, "b");
  assert.equal(log.subjectIdOf(3), id, "the table gives ids again");
  assert.equal(matches(id), true);
});

test("subjects outside ASCII are found and named as they are", async () => {
  const log = await logOf("größe.😀", "größe.b", "grosse.a");
  assert.equal(lastSequenceOf(log, "größe.😀"), 1);
  assert.equal(lastSequenceOf(log, "größe.*"), 2);
  assert.deepEqual([...subjectCounts(log, "größe.>").keys()].sort(), ["größe.b", "größe.😀"]);
});

test("the last sequences of subjects, also at an earlier end", async () => {
  const log = await logOf("a", "b", "a", "c", "b");
  assert.deepEqual(lastSequences(log, []), [3, 4, 5]);
  assert.deepEqual(lastSequences(log, ["a", "b"]), [3, 5]);
  assert.deepEqual(lastSequences(log, [">"], 3), [2, 3]);
  assert.deepEqual(lastSequences(log, ["none"]), []);
  assert.equal(lastSequenceOf(log, "none"), 0);
  assert.equal(lastSequenceOf(log, "*.none"), 0);
});

test("counts and lasts agree with a walk over the log, whatever was removed", async () => {
  const subject = fc.constantFrom("a", "a.b", "a.c", "d.b", "d.c.e");
  const filter = fc.constantFrom("a", "a.*", "*.b", ">", "d.>", "*", "none");
  const history = fc.array(fc.oneof(subject, fc.nat(20)), { maxLength: 60 });
  const property = fc.asyncProperty(history, filter, async (steps, filter) => {
    const log = await openLog();
    for (const step of steps) {
      if (typeof step === "string") append(log, step);
      else log.remove(step);
    }
    const counts = new Map<string, number>();
    let last = 0;
    log.forEach(1, (sequence, id) => {
      const name = log.subjects.name(id);
      if (!subjectIsSubset(name, filter)) return;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      last = sequence;
    });
    assert.deepEqual(new Map([...subjectCounts(log, filter)].sort()), new Map([...counts].sort()));
    assert.equal(lastSequenceOf(log, filter), last);
  });
  await fc.assert(property);
});
