import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { DeadLetterWorker } from "@oxbow/platform";
import type { Resend } from "oxbow/control";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ServiceBench } from "./service-bench.ts";

onEachTarget("the control API of dead letters", (target) => {
  let bench: ServiceBench;
  let worker: DeadLetterWorker;

  beforeEach(async () => {
    bench = await ServiceBench.open(target.server);
    worker = await DeadLetterWorker.start(bench.platform.nc);
  });

  afterEach(async () => {
    await worker.close();
    await bench[Symbol.asyncDispose]();
  });

  const orders = { station: "orders" } as const;

  /** Dead letters of the group `billing` of `orders`, of these payloads. */
  async function bury(
    payloads: readonly string[],
    reasonOf: (payload: string) => string = () => "no such customer",
  ): Promise<void> {
    const { control, client } = bench;
    await control.call("station.create", orders, {});
    await control.call("group.create", { ...orders, group: "billing" }, {});
    for (const payload of payloads) await client.js.publish("orders.a", payload);
    const consumer = await client.js.consumers.get("orders", "billing");
    for await (const message of await consumer.fetch({ max_messages: payloads.length })) {
      message.term(reasonOf(message.string()));
    }
    await eventually("all dead letters", async () => {
      const { count } = await control.call("deadLetter.count", orders, {});
      return count === payloads.length ? true : undefined;
    });
  }

  async function ended(id: string): Promise<Resend> {
    return eventually("the end of the resend", async () => {
      const resend = await bench.control.call("deadLetter.getResend", orders, { id });
      return resend.endedAt === null ? undefined : resend;
    });
  }

  test("tells causes apart, but for numbers, and takes out those of one", async () => {
    const { control } = bench;
    await bury(["1", "2", "x"], (payload) =>
      payload === "x" ? "no such customer" : `order ${payload} took 30 s`,
    );
    const { causes, count, others } = await control.call("deadLetter.causes", orders, {});
    assert.deepEqual([count, others], [3, 0]);
    assert.deepEqual(
      causes.map((each) => [each.count, each.group, each.reason]),
      [
        [2, "billing", "terminated"],
        [1, "billing", "terminated"],
      ],
    );
    assert.equal(causes[1]?.error, "no such customer");
    const cause = causes[0]?.id ?? "";
    const page = await control.call("deadLetter.list", orders, { cause });
    assert.deepEqual(page.letters.map(({ error }) => error).sort(), [
      "order 1 took 30 s",
      "order 2 took 30 s",
    ]);
    const { dropped } = await control.call("deadLetter.drop", orders, { filter: { cause } });
    assert.equal(dropped, 2);
    assert.equal((await control.call("deadLetter.causes", orders, {})).causes.length, 1);
  });

  test("lists, counts, gives and takes out", async () => {
    const { control } = bench;
    await bury(["one", "two", "three"]);
    const page = await control.call("deadLetter.list", orders, { group: "billing", limit: 2 });
    assert.equal(page.letters.length, 2);
    assert.equal(page.letters[0]?.error, "no such customer");
    const rest = await control.call("deadLetter.list", orders, { after: page.next ?? 0 });
    assert.equal(rest.letters.length, 1);
    assert.equal(rest.next, null);
    const id = page.letters[0]?.id ?? 0;
    const { letter } = await control.call("deadLetter.get", orders, { id });
    assert.equal(Buffer.from(letter.payload, "base64").toString().length > 2, true);
    assert.equal(letter.isPayloadCut, false);
    const other = { station: "others" };
    await refuses(
      control.call("deadLetter.get", other, { id }),
      "DEAD_LETTER_NOT_FOUND",
      /station others has no dead letter/,
    );
    assert.equal((await control.call("deadLetter.count", other, {})).count, 0);
    const filter = { reason: "terminated" } as const;
    const dry = await control.call("deadLetter.drop", orders, { filter, isDryRun: true });
    assert.equal(dry.dropped, 3);
    assert.equal((await control.call("deadLetter.drop", other, { filter })).dropped, 0);
    const one = await control.call("deadLetter.drop", orders, { filter: { ids: [id] } });
    assert.equal(one.dropped, 1);
    assert.equal((await control.call("deadLetter.drop", orders, { filter: {} })).dropped, 2);
    await refuses(
      control.call("deadLetter.count", orders, { who: 1 } as object),
      "DEAD_LETTER_INVALID",
      /no setting who/,
    );
  });

  test("gives as much of a message as an answer has room for", async () => {
    const { control, client } = bench;
    await bury(["x".repeat((client.nc.info?.max_payload ?? 0) - 2_000)]);
    const [listed] = (await control.call("deadLetter.list", orders, {})).letters;
    const id = listed?.id ?? 0;
    const found = (await control.call("deadLetter.get", orders, { id })).letter;
    assert.equal(found.isPayloadCut, true);
    assert.ok(Buffer.from(found.payload, "base64").length > 500_000);
    assert.equal(found.size, listed?.size);
  });

  test("resends, tells how far that is, and says how long all are kept", async () => {
    const { control } = bench;
    await bury(["one", "two"]);
    const counts = await control.call("deadLetter.foreseeResend", orders, { filter: {} });
    assert.deepEqual([counts.matched, counts.sent], [2, 2]);
    const edit = { payload: Buffer.from("healed").toString("base64"), encoding: "base64" } as const;
    const asked = { filter: {}, edit, id: "resendone" };
    const resend = await control.call("deadLetter.resend", orders, asked);
    assert.equal(resend.id, "resendone");
    assert.equal((await ended("resendone")).sent, 2);
    assert.equal((await control.call("group.get", { ...orders, group: "billing" }, {})).waiting, 2);
    await control.call("station.create", { station: "elsewhere" }, {});
    const to = { station: "elsewhere" };
    const away = await control.call("deadLetter.resendElsewhere", orders, { filter: {}, to });
    assert.equal((await ended(away.id)).matched, 0);
    const later = await control.call("deadLetter.resend", orders, { filter: {}, delayMs: 60_000 });
    assert.equal(later.state, "waiting");
    const { id } = later;
    assert.equal(
      (await control.call("deadLetter.cancelResend", orders, { id })).state,
      "cancelled",
    );
    const all = await Array.fromAsync(control.list("deadLetter.resends", {}, orders));
    assert.equal(all.length, 3);
    await refuses(
      control.call("deadLetter.getResend", to, { id }),
      "RESEND_NOT_FOUND",
      /station elsewhere has no resend/,
    );
    await refuses(
      control.call("deadLetter.resend", orders, { filter: {}, to: to as unknown as "group" }),
      "API_REQUEST_INVALID",
      /to/,
    );
    const kept = { maxAgeMs: 60_000, maxMessages: null, maxBytes: null };
    const changes = { maxAgeMs: 60_000 };
    const before = await control.call("deadLetter.retention", {}, {});
    assert.deepEqual(await control.call("deadLetter.setRetention", {}, changes), kept);
    assert.deepEqual(await control.call("deadLetter.retention", {}, {}), kept);
    const question = { operation: "deadLetter.setRetention" };
    const { entries } = await control.call("audit.query", {}, question);
    assert.deepEqual([entries[0]?.before, entries[0]?.after], [before, kept]);
  });
});
