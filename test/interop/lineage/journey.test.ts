import assert from "node:assert/strict";
import { test } from "node:test";
import { DeadLetterWorker } from "@oxbow/platform";
import { connect, type Message, type Oxbow } from "oxbow";
import type { Journey, JourneyGroup } from "oxbow/control";
import { parentText } from "oxbow/internal";
import { ServiceBench } from "../service/service-bench.ts";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

/** A platform that makes dead letters, and a client of stations. */
class Scene implements AsyncDisposable {
  readonly bench: ServiceBench;
  readonly ox: Oxbow;
  readonly #worker: DeadLetterWorker;

  private constructor(bench: ServiceBench, ox: Oxbow, worker: DeadLetterWorker) {
    this.bench = bench;
    this.ox = ox;
    this.#worker = worker;
  }

  static async open({ server }: Target): Promise<Scene> {
    const bench = await ServiceBench.open(server);
    const worker = await DeadLetterWorker.start(bench.platform.nc);
    const ox = await connect({ servers: `127.0.0.1:${server.port}`, name: "shop" });
    return new Scene(bench, ox, worker);
  }

  station(name: string, request: object = {}): Promise<unknown> {
    return this.bench.control.call("station.create", { station: name }, request);
  }

  group(name: string, request: object = {}): Promise<unknown> {
    return this.bench.control.call("group.create", { station: "orders", group: name }, request);
  }

  journey(sequence: number, station = "orders", partition = 1): Promise<Journey> {
    return this.bench.control.call("message.journey", { station }, { partition, sequence });
  }

  /** The journey once it is as it is to be. */
  until(sequence: number, isSo: (journey: Journey) => boolean): Promise<Journey> {
    return eventually(`message ${sequence} to go on`, async () => {
      const journey = await this.journey(sequence);
      return isSo(journey) ? journey : undefined;
    });
  }

  async taken(group: string): Promise<Message<unknown>> {
    const [message] = await this.ox.station("orders").fetch(1, { group });
    assert.ok(message);
    return message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ox.close();
    await this.#worker.close();
    await this.bench[Symbol.asyncDispose]();
  }
}

const states = ({ groups }: Journey): (readonly [string, string, string])[] =>
  groups.map(({ group, state, certainty }) => [group, state, certainty]);
const kinds = ({ events }: Journey): (readonly [string, string | null, number | null])[] =>
  events.map(({ kind, group, attempt }) => [kind, group, attempt]);
const groupIn = ({ groups }: Journey, name: string): JourneyGroup => {
  const found = groups.find(({ group }) => group === name);
  assert.ok(found);
  return found;
};

onEachTarget("the journey of a message", (target) => {
  test("tells who produced it, and what each group did with it", async () => {
    await using scene = await Scene.open(target);
    await scene.station("orders");
    await scene.group("audited", { tracePercent: 100 });
    await scene.group("billing");
    await scene.group("eu", { keys: ["eu.>"] });
    await scene.group("idle");
    await scene.ox.station("orders").produce({ id: 1 }, { key: "us.1", messageId: "one" });
    await scene.group("later", { start: { from: "now" } });
    const before = await scene.journey(1);
    assert.deepEqual(states(before), [
      ["audited", "waiting", "exact"],
      ["billing", "waiting", "exact"],
      ["eu", "passed over", "inferred"],
      ["idle", "waiting", "exact"],
      ["later", "passed over", "inferred"],
    ]);
    const { message, producer, traceId, isTraceNamed, parents, children, gaps } = before;
    assert.equal(message?.key, "us.1");
    assert.equal(message?.messageId, "one");
    assert.deepEqual([producer?.door, producer?.name, producer?.library], ["sdk", "shop", "oxbow"]);
    assert.ok(producer?.producer);
    assert.match(traceId ?? "", /^[0-9a-f]{32}$/);
    assert.deepEqual([isTraceNamed, parents, children, gaps], [false, [], [], []]);

    (await scene.taken("audited")).nak();
    await scene.until(1, (journey) => groupIn(journey, "audited").attempts === 1);
    await (await scene.taken("audited")).ackSync();
    await (await scene.taken("billing")).ackSync();
    const after = await scene.until(1, ({ events }) => events.length === 4);
    assert.deepEqual(states(after).slice(0, 2), [
      ["audited", "acknowledged", "exact"],
      ["billing", "acknowledged", "inferred"],
    ]);
    assert.equal(groupIn(after, "audited").attempts, 2);
    assert.deepEqual(kinds(after), [
      ["stored", null, null],
      ["failed", "audited", 1],
      ["delivered", "audited", 2],
      ["acknowledged", "audited", 2],
    ]);
    await refuses(scene.journey(2), "MESSAGE_NOT_FOUND", /no message 2/);
    await refuses(scene.journey(1, "orders", 7), "MESSAGE_NOT_FOUND", /partition 7/);
  });

  test("tells what is in flight, and what was given up with and without a reason", async () => {
    await using scene = await Scene.open(target);
    await scene.station("orders");
    await scene.group("g");
    for (const id of [1, 2, 3]) await scene.ox.station("orders").produce({ id });
    const [first, second, third] = await scene.ox.station("orders").fetch(3, { group: "g" });
    assert.deepEqual(states(await scene.journey(2)), [["g", "in flight", "inferred"]]);
    await first?.ackSync();
    await second?.deadLetter("no such customer");
    third?.term();
    // That it is given up may be known before its letter is written.
    const dead = await scene.until(2, (journey) => {
      const { state, deadLetter: letter } = groupIn(journey, "g");
      return state === "given up" && letter !== null;
    });
    const { deadLetter, why, attempts, certainty } = groupIn(dead, "g");
    assert.ok(deadLetter);
    assert.deepEqual([why, attempts, certainty], ["no such customer", 1, "exact"]);
    assert.deepEqual(kinds(dead), [
      ["stored", null, null],
      ["given up", "g", 1],
    ]);
    const silent = await scene.until(3, (journey) => groupIn(journey, "g").state === "given up");
    assert.match(groupIn(silent, "g").why, /without a reason/);
    assert.equal(groupIn(silent, "g").deadLetter, null);
    assert.deepEqual(states(await scene.journey(1)), [["g", "acknowledged", "inferred"]]);
  });

  test("goes on with what was derived and resent, and back", async () => {
    await using scene = await Scene.open(target);
    await scene.station("orders");
    await scene.station("invoices", { partitions: 2 });
    await scene.group("g");
    await scene.ox.station("orders").produce({ id: 1 });
    const parent = await scene.taken("g");
    const invoice = await scene.ox.station("invoices").produce({ of: 1 }, { parent });
    await parent.deadLetter("broken");
    const derived = { station: "invoices", ...placeOf(invoice), how: "derived" };
    const told = await scene.until(1, ({ children, groups }) => {
      return children.length === 1 && groups[0]?.state === "given up";
    });
    const { time: _, ...child } = told.children[0] ?? { time: null };
    assert.deepEqual(child, derived);
    const back = await scene.journey(invoice.sequence, "invoices", invoice.partition);
    assert.deepEqual(
      back.parents.map(({ station, sequence, how }) => [station, sequence, how]),
      [["orders", 1, "derived"]],
    );
    assert.equal(back.traceId, told.traceId);
    assert.equal(back.isTraceNamed, true);
    const filter = { ids: [groupIn(told, "g").deadLetter ?? 0] };
    await scene.bench.control.call(
      "deadLetter.resend",
      { station: "orders" },
      { filter, to: "station" },
    );
    const resent = await scene.until(1, ({ children }) => children.length === 2);
    const again = resent.children.find(({ how }) => how === "resent");
    assert.deepEqual([again?.station, again?.sequence], ["orders", 2]);
    const ways = resent.events.map(({ kind, to }) => `${kind} ${to?.station ?? ""}`.trim());
    assert.deepEqual(ways.sort(), ["derived invoices", "given up", "resent orders", "stored"]);
    const second = await scene.journey(2);
    assert.deepEqual(second.parents.map(parentText), ["orders/1/1"]);
    assert.deepEqual([second.producer?.door, second.traceId], ["resend", told.traceId]);
  });

  test("tells of what is gone what is known", async () => {
    await using scene = await Scene.open(target);
    await scene.station("orders");
    await scene.group("g");
    await scene.ox.station("orders").produce({ id: 1 });
    const message = await scene.taken("g");
    await message.deadLetter("broken");
    await scene.until(1, (journey) => groupIn(journey, "g").state === "given up");
    await scene.bench.control.call("station.purge", { station: "orders" }, {});
    const gone = await scene.journey(1);
    assert.deepEqual([gone.message, gone.traceId], [null, null]);
    assert.match(gone.whereabouts, /not in its station any more/);
    assert.equal(groupIn(gone, "g").state, "given up");
  });

  test("says that a plain client has stamped nothing", async () => {
    await using scene = await Scene.open(target);
    await scene.bench.client.jsm.streams.add({ name: "PLAIN", subjects: ["plain.>"] });
    await scene.bench.client.nc.request("plain.a", "x");
    const journey = await scene.journey(1, "PLAIN");
    assert.deepEqual(
      [journey.producer, journey.groups, journey.message?.key],
      [null, [], "plain.a"],
    );
  });
});

function placeOf(at: { readonly partition: number; readonly sequence: number }): object {
  return { partition: at.partition, sequence: at.sequence };
}
