import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { headers } from "@nats-io/transport-node";
import type { DeadLetterStep } from "@oxbow/platform";
import { withDeadline } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { Graveyard } from "./graveyard.ts";

onEachTarget("what is resent of dead letters", (target) => {
  let yard: Graveyard;

  beforeEach(async () => {
    yard = await Graveyard.open(target.server);
  });

  afterEach(() => yard[Symbol.asyncDispose]());

  /** A station `s` with so many dead letters of its group `g`. */
  const buried = async (count: number, partitions = 1): Promise<void> => {
    await yard.station("s", { partitions }, { maxDeliveries: 5, maxAckTimeMs: 60_000 });
    await yard.bench.groups.create("s", "h");
    const stream = partitions === 1 ? "s" : "s$2";
    for (let each = 0; each < count; each++) {
      await yard.publish(`${stream}.k`, String(each), { "X-A": "1", "Nats-Msg-Id": `m${each}` });
    }
    await yard.work();
    await yard.terminate(stream, "g", count, "bad");
    await yard.settled(count);
  };

  test("comes to its group, and to no other", async () => {
    await buried(2, 2);
    await yard.bench.consume("s$2", "h", 2);
    const { sent, matched, state } = await yard.resent({ filter: { station: "s" } });
    assert.deepEqual({ sent, matched, state }, { sent: 2, matched: 2, state: "done" });
    assert.deepEqual(await yard.letters(), []);
    assert.equal((await yard.bench.groups.get("s", "h")).waiting, 0);
    const messages = await yard.bench.take("s$2", "g", 2);
    assert.deepEqual(messages.map((message) => message.string()).sort(), ["0", "1"]);
    const [first] = messages;
    assert.match(first?.subject ?? "", /^\$OXBOW\.RS\.s\$2\.g\./);
    assert.equal(first?.headers?.get("Oxbow-Subject"), "s$2.k");
    assert.equal(first?.headers?.get("Oxbow-Resends"), "1");
    assert.equal(first?.headers?.get("X-A"), "1");
    // It dies again, as what it was.
    for (const message of messages) message.term("still bad");
    await yard.settled(4);
    const letters = await yard.letters();
    assert.deepEqual(
      letters.map(({ resends, subject, error }) => [resends, subject, error]),
      [
        [1, "s$2.k", "still bad"],
        [1, "s$2.k", "still bad"],
      ],
    );
    const again = await yard.resent({ filter: {}, resendsMax: 1 });
    assert.deepEqual([again.sent, again.skipped], [0, 2]);
    assert.deepEqual(again.problems, ["it was resent 1 times already"]);
    assert.equal((await yard.resent({ filter: {}, resendsMax: 2 })).sent, 2);
    assert.deepEqual(yard.problems, []);
  });

  test("comes to all groups of its station, under its subject", async () => {
    await buried(1, 2);
    await yard.bench.consume("s$2", "h", 1);
    assert.equal((await yard.resent({ filter: {}, to: "station" })).sent, 1);
    for (const group of ["g", "h"]) {
      const [message] = await yard.bench.take("s$2", group, 1);
      assert.equal(message?.subject, "s$2.k");
      assert.equal(message?.string(), "0");
    }
  });

  test("is edited, and put into another station, while the dead letters stay", async () => {
    await buried(1);
    await yard.bench.stations.create("t", { partitions: 3 });
    const edit = { payload: "healed", headers: { "X-A": null, "X-B": "2" } };
    const request = { filter: {}, to: { station: "T" }, edit, keep: true, resendsMax: 2 } as const;
    assert.equal((await yard.resent(request)).sent, 1);
    assert.equal((await yard.resent(request)).sent, 1);
    assert.equal((await yard.resent(request)).skipped, 1);
    assert.equal((await yard.letters()).length, 1);
    const station = await yard.bench.stations.get("t");
    assert.equal(station.messages, 2);
    const stream = station.partitions.find(({ messages }) => messages === 2)?.stream ?? "";
    const message = await yard.bench.client.jsm.streams.getMessage(stream, { seq: 2 });
    assert.equal(message?.subject, `${stream}.k`);
    assert.equal(message?.string(), "healed");
    assert.deepEqual(
      message?.header.keys().filter((name) => name.startsWith("X-")),
      ["X-B"],
    );
    const elsewhere = { ...request, to: { station: "t", key: "a.b" }, resendsMax: 3 };
    assert.equal((await yard.resent(elsewhere)).sent, 1);
  });

  test("is counted before, and says what can't be resent", async () => {
    await buried(2);
    const { js, jsm, nc } = yard.bench.client;
    const refused = headers();
    refused.append("Oxbow-Subject", "s.z");
    refused.append("Oxbow-Error", "wrong");
    await js.publish("$OXBOW.DL.s.gate", "refused", { headers: refused });
    await jsm.streams.add({ name: "PLAIN", subjects: ["plain.>"] });
    await yard.bench.groups.create("PLAIN", "g", {});
    await yard.publish("plain.x", "plain");
    await yard.terminate("PLAIN", "g", 1, "bad");
    await yard.settled(4);
    const counts = await yard.deadLetters.foreseeResend({ filter: {} });
    assert.deepEqual([counts.matched, counts.sent, counts.skipped, counts.failed], [4, 2, 0, 2]);
    assert.match(counts.problems.join(), /it was not let in.*nothing can be resent to one group/);
    const done = await yard.resent({ filter: {} });
    assert.deepEqual([done.matched, done.sent, done.failed], [4, 2, 2]);
    assert.deepEqual(done.problems, counts.problems);
    assert.equal((await yard.letters()).length, 2);
    assert.equal((await yard.resent({ filter: {}, to: "station" })).sent, 2);
    assert.equal((await jsm.streams.getMessage("s", { last_by_subj: "s.z" }))?.string(), "refused");
    assert.equal((await jsm.streams.info("PLAIN")).state.messages, 2);
    await nc.flush();
  });

  test("waits as long as is said, and is cancelled", async () => {
    await buried(1);
    const { deadLetters } = yard;
    const later = await deadLetters.resend(
      { filter: {}, delayMs: 3_600_000 },
      { id: "laterlater" },
    );
    assert.equal(later.state, "waiting");
    assert.equal(
      (await deadLetters.resend({ filter: {} }, { id: "laterlater" })).delayMs,
      3_600_000,
    );
    assert.equal((await deadLetters.cancelResend("laterlater")).state, "cancelled");
    const soon = await yard.resent({ filter: {}, delayMs: 300 });
    assert.equal(soon.sent, 1);
    assert.ok(Date.parse(soon.startedAt ?? "") - Date.parse(soon.createdAt) >= 300);
    assert.deepEqual(
      (await deadLetters.resends()).map(({ id, state }) => [id === "laterlater", state]),
      [
        [false, "done"],
        [true, "cancelled"],
      ],
    );
    await refuses(deadLetters.getResend("nothing1"), "RESEND_NOT_FOUND", /there is no resend/);
    await refuses(
      deadLetters.resend({ filter: {}, to: "x" as "group" }),
      "DEAD_LETTER_INVALID",
      /to/,
    );
    await refuses(
      deadLetters.resend({ filter: {}, edit: { headers: { "Nats-TTL": "1s" } } }),
      "DEAD_LETTER_INVALID",
      /mean something of their own/,
    );
  });

  test("does not go to groups that would get it unasked", async () => {
    await buried(1);
    const { consumers } = yard.bench.client.jsm;
    await consumers.update("s", "h", { filter_subjects: ["s.>"] });
    const { problems } = await yard.resent({ filter: {} });
    assert.deepEqual(problems, ["group h of station s would get it, too: edit that first"]);
    await yard.bench.groups.edit("s", "h", {});
    assert.equal((await yard.resent({ filter: {} })).sent, 1);
  });

  const steps: DeadLetterStep[] = [
    "resend.noted",
    "resend.published",
    "resend.recorded",
    "resend.counted",
    "resend.settled",
  ];
  for (const to of ["group", "station"] as const) {
    test(`comes once to the ${to}, wherever it was interrupted`, async () => {
      await yard.station("s", { untilAcknowledged: true }, { maxDeliveries: 5 });
      const count = 40;
      for (let each = 0; each < count; each++) await yard.publish("s.k", String(each));
      const interrupted = new Set<DeadLetterStep>();
      await yard.work((step) => {
        if (interrupted.has(step) || !steps.includes(step)) return;
        interrupted.add(step);
        throw new Error(`interrupted after ${step}`);
      });
      const taken = await yard.bench.take("s", "g", count);
      for (const message of taken) await yard.handOver(message, "bad");
      await yard.settled(2 * count);
      const done = await withDeadline(yard.resent({ filter: {}, to }), () => "the resend");
      assert.deepEqual([done.matched, done.sent, done.failed, done.skipped], [count, count, 0, 0]);
      const { waiting } = await yard.bench.groups.get("s", "g");
      assert.equal(waiting, count);
      const came = await yard.bench.take("s", "g", waiting);
      const expected = Array.from({ length: count }, (_, each) => String(each)).sort();
      assert.deepEqual(came.map((message) => message.string()).sort(), expected);
      assert.deepEqual(await yard.letters(), []);
      assert.deepEqual([...interrupted].sort(), [...steps].sort());
    });
  }
});
