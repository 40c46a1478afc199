import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Log, LogStore, RecordView, TTL_NEVER, UNLIMITED } from "@oxbow/log";
import { append, contents, describeLog, logOf, read, ttlsOf } from "./support/messages.ts";
import { type Setting, settings } from "./support/settings.ts";

type Body = (log: Log, reopen: () => Promise<Log>, store: LogStore) => Promise<void>;

for (const setting of settings) {
  describe(`a log in ${setting.name}`, () => suite(setting));
}

function suite(setting: Setting): void {
  /** Runs `body` with an empty log; `reopen` closes the store and opens it again, where that keeps anything. */
  const withLog = (body: Body): Promise<void> =>
    setting.run(async (host, options) => {
      let store = await LogStore.open(options, host);
      const log = store.createLog("events", setting.kind);
      log.isCompressed = setting.isCompressed === true;
      const reopen = async (): Promise<Log> => {
        if (setting.kind === "memory") return log;
        const before = await describeLog(logOf(store, "events"));
        await store.close();
        store = await LogStore.open(options, host);
        assert.deepEqual(store.damage, []);
        assert.deepEqual(await describeLog(logOf(store, "events")), before);
        const reopened = logOf(store, "events");
        reopened.isCompressed = setting.isCompressed === true;
        return reopened;
      };
      try {
        await body(log, reopen, store);
      } finally {
        await store.close();
      }
    });
  const fill = (log: Log, count: number, subject = (i: number) => `s.${i % 3}`): void => {
    for (let i = 1; i <= count; i++) {
      append(log, { subject: subject(i), payload: `payload ${i}`, timeMs: 1_000 + i });
    }
  };

  test("gives who has found a message what it was, also when another one has taken its place", () =>
    withLog(async (log, _, store) => {
      const found = async (sequence: number): Promise<string> => {
        const view = new RecordView();
        for (;;) {
          const result = log.readStored(sequence, view);
          if (result !== "pending") return result === "ready" ? view.payload().toString() : result;
          await new Promise((resolve) => log.load(sequence, resolve));
        }
      };
      log.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
      for (const payload of ["one", "two", "three"]) append(log, { subject: "s", payload });
      assert.equal(log.read(2, new RecordView()), "absent");
      assert.deepEqual(await Promise.all([found(1), found(2), found(3)]), ["one", "two", "three"]);
      await store.durable();
      await store.checkpoint();
      assert.equal(await found(3), "three");
      await store.erase(log, 3);
      log.skip(2_000);
      await store.durable();
      assert.deepEqual(await Promise.all([found(3), found(4), found(5)]), Array(3).fill("absent"));
    }));

  test("gives back what was appended, also after it was opened again", () =>
    withLog(async (log, reopen, store) => {
      assert.equal(append(log, { subject: "a.b", payload: "one" }), 1);
      assert.equal(append(log, { subject: "a.c", payload: "two", headers: "h: 1;" }), 2);
      assert.equal(append(log, { subject: "a.b", payload: "" }), 3);
      await store.durable();
      assert.equal(log.committedSequence, 3);
      const reopened = await reopen();
      assert.deepEqual(await contents(reopened), ["1 a.b one", "2 a.c h: 1;two", "3 a.b "]);
      assert.deepEqual(await read(reopened, 2), {
        sequence: 2,
        subject: "a.c",
        headers: "h: 1;",
        payload: "two",
      });
      assert.equal(reopened.hasHeaders(2), true);
      assert.equal(reopened.bytes, 33 + 3 + 34 + 3 + 8 + 33);
      assert.equal(append(reopened, { subject: "a", payload: "" }), 4);
    }));

  test("is readable only once it is committed", () =>
    withLog(async (log, _, store) => {
      append(log, { subject: "a", payload: "x" });
      assert.equal(log.lastSequence, 1);
      assert.equal(log.committedSequence, setting.kind === "memory" ? 1 : 0);
      await store.durable();
      assert.notEqual(await read(log, 1), "absent");
      assert.equal(await read(log, 2), "absent");
    }));

  test("gives a sequence to no message, and takes nothing out for it", () =>
    withLog(async (log, reopen, store) => {
      log.setLimits({ ...UNLIMITED, countMax: 2 });
      assert.equal(log.skip(1_000), 1);
      assert.deepEqual([log.count, log.bytes, log.firstSequence, log.lastSequence], [0, 0, 2, 1]);
      append(log, { subject: "a", payload: "x" });
      append(log, { subject: "a", payload: "y" });
      assert.equal(log.skip(2_000), 4);
      assert.deepEqual([log.count, log.firstSequence, log.lastSequence], [2, 2, 4]);
      assert.equal(log.lastTimestampMs, 2_000);
      assert.equal(log.committedSequence, setting.kind === "memory" ? 4 : 0);
      await store.durable();
      assert.equal(log.committedSequence, 4);
      log.setLimits(UNLIMITED);
      const reopened = await reopen();
      assert.equal(append(reopened, { subject: "a", payload: "z" }), 5);
      assert.deepEqual(await contents(reopened), ["2 a x", "3 a y", "5 a z"]);
    }));

  for (const count of [3, 1024, 1025, 10_000_000_000]) {
    test(`gives ${count} sequences to no message, between others`, () =>
      withLog(async (log, reopen) => {
        append(log, { subject: "a", payload: "x" });
        assert.equal(log.skip(1_000, count), count + 1);
        append(log, { subject: "a", payload: "y" });
        assert.deepEqual([log.count, log.firstSequence, log.lastSequence], [2, 1, count + 2]);
        let reopened = await reopen();
        const expected = ["1 a x", `${count + 2} a y`];
        assert.deepEqual(await contents(reopened), expected);
        assert.equal(await read(reopened, 2), "absent");
        assert.equal(reopened.nextSequence(2), count + 2);
        assert.equal(reopened.damagedCount, 0);
        fill(reopened, 300);
        reopened = await reopen();
        assert.deepEqual((await contents(reopened)).slice(0, 2), expected);
        reopened.remove(1);
        reopened = await reopen();
        assert.equal(reopened.firstSequence, count + 2);
      }));
  }

  test("keeps many segments in order", () =>
    withLog(async (log, reopen) => {
      fill(log, 200);
      const reopened = await reopen();
      assert.equal((await contents(reopened)).length, 200);
      assert.deepEqual(await read(reopened, 137), {
        sequence: 137,
        subject: "s.2",
        headers: "",
        payload: "payload 137",
      });
    }));

  test("limits the number of messages", () =>
    withLog(async (log, reopen) => {
      log.setLimits({ ...UNLIMITED, countMax: 5 });
      fill(log, 12);
      assert.equal(log.count, 5);
      assert.equal(log.firstSequence, 8);
      await reopen();
    }));

  test("limits the bytes", () =>
    withLog(async (log, reopen) => {
      fill(log, 4);
      const eachBytes = log.bytes / 4;
      log.setLimits({ ...UNLIMITED, bytesMax: eachBytes * 2 });
      assert.equal(log.count, 2);
      fill(log, 1);
      assert.deepEqual([log.firstSequence, log.lastSequence], [4, 5]);
      await reopen();
    }));

  test("keeps the newest of each subject", () =>
    withLog(async (log, reopen) => {
      log.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
      fill(log, 90);
      assert.equal(log.count, 3);
      assert.deepEqual(
        [88, 89, 90].map((sequence) => log.subjectIdOf(sequence) > 0),
        [true, true, true],
      );
      const reopened = await reopen();
      fill(reopened, 90);
      const again = await reopen();
      assert.equal(again.count, setting.kind === "memory" ? 3 : 93);
    }));

  test("keeps several of each subject, and drops the rest when the limit comes later", () =>
    withLog(async (log, reopen) => {
      fill(log, 30);
      log.setLimits({ ...UNLIMITED, perSubjectMax: 4 });
      assert.equal(log.count, 12);
      assert.equal(log.firstSequence, 19);
      log.remove(22);
      fill(log, 6);
      assert.deepEqual(
        await contents(await reopen()),
        [25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36].map((sequence) => {
          const i = sequence > 30 ? sequence - 30 : sequence;
          return `${sequence} s.${i % 3} payload ${i}`;
        }),
      );
    }));

  test("expires by age", () =>
    withLog(async (log, reopen) => {
      log.setLimits({ ...UNLIMITED, ageMsMax: 100 });
      fill(log, 10);
      assert.equal(log.nextExpiryAtMs, 1_101);
      log.expire(1_103);
      assert.equal(log.firstSequence, 4);
      log.expire(5_000);
      assert.equal(log.count, 0);
      assert.equal(log.nextExpiryAtMs, undefined);
      assert.equal(log.firstSequence, 11);
      assert.equal(append(await reopen(), { subject: "a", payload: "" }), 11);
    }));

  test("ends each message after its own lifetime, also one that was written long ago", () =>
    withLog(async (log, reopen, store) => {
      log.setLimits({ ...UNLIMITED, honoursTtls: true });
      const bytesOf = (ttl: number): number => {
        const before = log.bytes;
        append(log, { subject: "a", payload: "x", headers: "h", timeMs: 1_000, ttl });
        return log.bytes - before;
      };
      assert.equal(bytesOf(0), bytesOf(30));
      for (const ttl of [10, 20, 10, TTL_NEVER, 0]) {
        append(log, { subject: "a", payload: `${ttl}`, timeMs: 2_000, ttl });
      }
      log.remove(3);
      assert.equal(log.nextExpiryAtMs, 12_000);
      for (let i = 8; i <= 60; i++) {
        append(log, { subject: "b", payload: "y".repeat(40), timeMs: 3_000, ttl: i % 2 });
      }
      await store.durable();
      await store.checkpoint();
      assert.equal(log.expire(3_999), 0);
      assert.equal(log.expire(4_000, 20), 20);
      assert.equal(log.expire(4_000), 6);
      await store.checkpoint();
      const reopened = await reopen();
      reopened.setLimits({ ...UNLIMITED, honoursTtls: true });
      assert.equal(reopened.nextExpiryAtMs, 12_000);
      assert.deepEqual(ttlsOf(reopened), { 2: 30, 4: 20, 5: 10, 6: TTL_NEVER });
      assert.equal(reopened.expire(12_000), 1);
      assert.equal(reopened.expire(1e12), 2);
      assert.deepEqual(ttlsOf(reopened), { 6: TTL_NEVER });
      assert.equal(reopened.nextExpiryAtMs, undefined);
      assert.equal(reopened.count, 30);
    }));

  test("keeps lifetimes that it does not honour", () =>
    withLog(async (log, reopen) => {
      append(log, { subject: "a", payload: "", timeMs: 1_000, ttl: 1 });
      assert.equal(log.nextExpiryAtMs, undefined);
      assert.equal(log.expire(1e12), 0);
      const reopened = await reopen();
      reopened.setLimits({ ...UNLIMITED, honoursTtls: true });
      assert.equal(reopened.expire(2_000), 1);
    }));

  test("spares what is never to expire from the age limit", () =>
    withLog(async (log, reopen) => {
      for (let i = 1; i <= 60; i++) {
        const ttl = i % 3 === 0 ? TTL_NEVER : 0;
        append(log, { subject: "a", payload: "x".repeat(40), timeMs: 1_000 + i, ttl });
      }
      const reopened = await reopen();
      reopened.setLimits({ ...UNLIMITED, ageMsMax: 100 });
      assert.equal(reopened.nextExpiryAtMs, 1_101);
      reopened.expire(1_130);
      assert.equal(reopened.count, 40);
      assert.equal(reopened.nextExpiryAtMs, 1_131);
      reopened.expire(9_999);
      assert.equal(reopened.count, 20);
      append(reopened, { subject: "a", payload: "", timeMs: 2_000 });
      assert.equal(reopened.nextExpiryAtMs, 2_100);
      reopened.setLimits({ ...UNLIMITED, ageMsMax: 50 });
      assert.equal(reopened.nextExpiryAtMs, 2_050);
      assert.equal(reopened.firstSequence, 3);
    }));

  test("removes from the beginning, the end and between", () =>
    withLog(async (log, reopen) => {
      fill(log, 10);
      const gone: number[] = [];
      log.listener = {
        onCommitted() {},
        onRemoved: (sequence) => void gone.push(sequence),
        onTruncated() {},
        onDamaged() {},
      };
      for (const sequence of [5, 1, 2, 10, 4]) assert.equal(log.remove(sequence), true);
      assert.equal(log.remove(5), false);
      assert.equal(log.remove(11), false);
      assert.deepEqual(gone, [5, 1, 2, 10, 4]);
      assert.deepEqual(log.absentSequences(9), [4, 5, 10]);
      assert.deepEqual(log.absentSequences(2), [4, 5]);
      const reopened = await reopen();
      assert.deepEqual(reopened.absentSequences(9), [4, 5, 10]);
      assert.equal(reopened.lastSequence, 10);
      assert.equal(await read(reopened, 5), "absent");
      assert.equal(append(reopened, { subject: "a", payload: "" }), 11);
    }));

  test("removes everything below a sequence", () =>
    withLog(async (log, reopen) => {
      fill(log, 60);
      log.remove(33);
      assert.equal(log.removeBelow(30), 29);
      assert.equal(log.removeBelow(30), 0);
      assert.equal(log.firstSequence, 30);
      const reopened = await reopen();
      assert.equal(reopened.removeBelow(1_000), 30);
      assert.equal(reopened.firstSequence, 61);
      assert.equal((await reopen()).lastSequence, 60);
    }));

  test("removes by subject, and keeps the newest if asked to", () =>
    withLog(async (log, reopen) => {
      fill(log, 30);
      const id = log.subjects.find(Buffer.from("s.1"), 0, 3);
      assert.equal(
        log.removeMatching((subjectId) => subjectId === id, Number.POSITIVE_INFINITY, 2),
        8,
      );
      assert.equal(log.subjects.count(id), 2);
      assert.equal(log.subjects.last(id), 28);
      assert.equal(
        log.removeMatching((subjectId) => subjectId === id, 28, 0),
        1,
      );
      assert.equal(
        log.removeMatching(() => true, 10, 0),
        6,
      );
      await reopen();
    }));

  test("knows the newest message of a subject after removals", () =>
    withLog(async (log, reopen) => {
      fill(log, 30);
      const id = log.subjects.find(Buffer.from("s.0"), 0, 3);
      for (const sequence of [30, 27, 24, 12]) log.remove(sequence);
      assert.equal(log.subjects.last(id), 21);
      log.remove(21);
      append(log, { subject: "s.0", payload: "" });
      assert.equal(log.subjects.last(id), 31);
      const reopened = await reopen();
      assert.equal(reopened.subjects.last(reopened.subjects.find(Buffer.from("s.0"), 0, 3)), 31);
    }));

  test("finds messages by time and by subject", () =>
    withLog(async (log, reopen) => {
      fill(log, 50);
      for (const found of [log, await reopen()]) {
        assert.equal(found.sequenceAtTime(0), 1);
        assert.equal(found.sequenceAtTime(1_030), 30);
        assert.equal(found.sequenceAtTime(1_051), 51);
        assert.equal(found.timeOf(30), 1_030);
        const id = found.subjects.find(Buffer.from("s.2"), 0, 3);
        assert.equal(
          found.nextMatching(30, (subjectId) => subjectId === id),
          32,
        );
        assert.equal(
          found.nextMatching(51, () => true),
          51,
        );
      }
      log.remove(30);
      assert.equal(log.sequenceAtTime(1_030), 31);
    }));

  test("never lets time go back", () =>
    withLog(async (log) => {
      append(log, { subject: "a", payload: "", timeMs: 5_000.25 });
      append(log, { subject: "a", payload: "", timeMs: 4_000 });
      assert.equal(log.timeOf(2), 5_000);
      assert.equal(log.lastTimestampMs, 5_000.25);
    }));

  test("skips sequences while it is empty", () =>
    withLog(async (log, reopen) => {
      log.skipTo(100);
      assert.deepEqual([log.firstSequence, log.lastSequence, log.count], [100, 99, 0]);
      let reopened = await reopen();
      assert.equal(append(reopened, { subject: "a", payload: "x" }), 100);
      reopened = await reopen();
      reopened.removeBelow(101);
      reopened.skipTo(50);
      assert.equal(append(reopened, { subject: "a", payload: "y" }), 101);
      assert.deepEqual(await contents(await reopen()), ["101 a y"]);
    }));

  test("keeps a batch as one record that stands for many sequences", () =>
    withLog(async (log, reopen) => {
      append(log, { subject: "a", payload: "one" });
      assert.equal(append(log, { subject: "a", payload: "batch", count: 5 }), 2);
      assert.equal(append(log, { subject: "b", payload: "last" }), 7);
      assert.equal(log.count, 7);
      log.remove(2);
      log.remove(4);
      for (const sequence of [3, 5, 6]) {
        const message = await read(log, sequence);
        assert.ok(typeof message === "object" && message.payload === "batch");
      }
      const reopened = await reopen();
      assert.equal(await read(reopened, 4), "absent");
      const message = await read(reopened, 6);
      assert.ok(typeof message === "object" && message.sequence === 2);
      reopened.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
      assert.deepEqual(reopened.absentSequences(9), []);
      assert.equal(reopened.firstSequence, 6);
    }));

  test("keeps large messages", () =>
    withLog(async (log, reopen) => {
      const payload = "x".repeat(70_000);
      append(log, { subject: "a", payload });
      append(log, { subject: "a", payload: "small" });
      const reopened = await reopen();
      assert.deepEqual(await contents(reopened), [`1 a ${payload}`, "2 a small"]);
    }));

  test("reuses the ids of subjects that are gone", () =>
    withLog(async (log, reopen) => {
      log.setLimits({ ...UNLIMITED, countMax: 10 });
      fill(log, 500, (i) => `subject.${i}`);
      assert.equal(log.subjects.liveCount, 10);
      assert.ok(log.subjects.idEnd <= 13);
      assert.equal(log.subjects.find(Buffer.from("subject.1"), 0, 9), 0);
      await reopen();
    }));
}
