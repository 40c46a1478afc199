import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader, ByteWriter } from "@oxbow/log";
import fc from "fast-check";
import { ConsumerProgress } from "../../../src/jetstream/consumer/consumer-progress.ts";

const LAST_SEQUENCE = 40;

type Step =
  | { readonly kind: "deliver" | "exhaust" | "write" | "snapshot" | "restart" }
  | { readonly kind: "skip"; readonly by: number }
  | { readonly kind: "redeliver" | "ack" | "ackAll"; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom({ kind: "deliver" } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("skip" as const), by: fc.nat(5) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("redeliver" as const, "ack" as const, "ackAll" as const),
      pick: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      { kind: "exhaust" } as const,
      { kind: "write" } as const,
      { kind: "snapshot" } as const,
      { kind: "restart" } as const,
    ),
  },
);

/** What is written of a progress, and the progress itself. */
class Journal {
  progress: ConsumerProgress;
  readonly #tracksAck: boolean;
  #snapshot: Buffer;
  #deltas: Buffer[] = [];

  constructor(progress: ConsumerProgress, tracksAck: boolean) {
    this.progress = progress;
    this.#tracksAck = tracksAck;
    this.#snapshot = this.#encoded("encodeSnapshot");
  }

  write(): void {
    const delta = this.#encoded("encodeDelta");
    if (delta.length > 0) this.#deltas.push(delta);
  }

  snapshot(): void {
    this.#snapshot = this.#encoded("encodeSnapshot");
    this.#deltas = [];
  }

  restored(): ConsumerProgress {
    const progress = new ConsumerProgress(1, this.#tracksAck);
    assert.equal(progress.restoreSnapshot(new ByteReader(this.#snapshot)), true);
    for (const delta of this.#deltas) progress.restoreDelta(new ByteReader(delta));
    return progress;
  }

  #encoded(method: "encodeSnapshot" | "encodeDelta"): Buffer {
    const writer = new ByteWriter();
    this.progress[method](writer);
    return Buffer.from(writer.bytes);
  }
}

/** Everything that must survive. The instants do so to the millisecond of the last change of their kind. */
function visible(progress: ConsumerProgress): unknown {
  const awaited = [];
  for (let i = 1; i <= LAST_SEQUENCE + 10; i++) if (progress.isAwaited(i)) awaited.push(i);
  return {
    next: progress.nextSequence,
    delivered: [progress.deliveredConsumer, progress.deliveredStream, progress.deliveredAtMs],
    floor: [progress.floorConsumer, progress.floorStream, progress.floorAtMs],
    pending: [...progress.pending]
      .map(([sequence, one]) => [sequence, one.consumerSequence])
      .sort(),
    deliveries: [...progress.deliveries].sort(),
    awaited,
  };
}

function pickOf<T>(items: Iterable<T>, pick: number): T | undefined {
  const all = [...items];
  return all[pick % Math.max(1, all.length)];
}

function apply(journal: Journal, step: Step, nowMs: number): void {
  const { progress } = journal;
  switch (step.kind) {
    case "deliver": {
      const sequence = progress.skips.length > 0 ? progress.skips.first : progress.nextSequence;
      if (sequence <= LAST_SEQUENCE) progress.deliver(sequence, 1, nowMs);
      break;
    }
    case "skip":
      progress.skipTo(progress.nextSequence + step.by);
      break;
    case "redeliver": {
      const sequence = pickOf(progress.pending.keys(), step.pick);
      if (sequence === undefined) break;
      progress.deliver(sequence, progress.deliveriesOf(sequence) + 1, nowMs);
      break;
    }
    case "exhaust": {
      const sequence = pickOf(progress.pending.keys(), 0);
      if (sequence !== undefined) progress.exhaust(sequence, progress.deliveriesOf(sequence));
      break;
    }
    case "ack": {
      const sequence = pickOf(
        [...progress.pending.keys(), ...progress.deliveries.keys()],
        step.pick,
      );
      if (sequence !== undefined) progress.ack(sequence, nowMs);
      break;
    }
    case "ackAll": {
      const one = pickOf(progress.pending, step.pick);
      if (one !== undefined) progress.ackAll(one[0], one[1].consumerSequence, nowMs);
      break;
    }
    case "write":
      journal.write();
      break;
    case "snapshot":
      journal.snapshot();
      break;
    case "restart":
      journal.write();
      journal.progress = journal.restored();
      journal.snapshot();
      break;
  }
}

test("a snapshot and the changes after it restore the very progress, after any history", () => {
  const skips = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 8 }));
  const property = fc.property(fc.array(step, { maxLength: 120 }), skips, (steps, list) => {
    const progress = new ConsumerProgress(1, true);
    if (list !== null)
      progress.skips.reset(
        [...list].sort((a, b) => a - b),
        21,
      );
    const journal = new Journal(progress, true);
    let nowMs = 1_000_000;
    for (const one of steps) {
      apply(journal, one, (nowMs += 7));
      const { floorStream, floorConsumer, deliveredConsumer, nextSequence } = journal.progress;
      assert.ok(floorConsumer <= deliveredConsumer && floorStream < nextSequence);
    }
    journal.write();
    assert.deepEqual(visible(journal.restored()), visible(journal.progress));
  });
  fc.assert(property, { numRuns: 500 });
});

test("deliveries that ask for no acknowledgement leave nothing pending, and restore", () => {
  const journal = new Journal(new ConsumerProgress(1, false), false);
  for (let sequence = 1; sequence <= 1000; sequence++)
    journal.progress.deliver(sequence, 1, sequence);
  journal.write();
  const restored = journal.restored();
  assert.equal(restored.pending.size, 0);
  assert.deepEqual([restored.floorConsumer, restored.floorStream], [1000, 1000]);
  assert.deepEqual(visible(restored), visible(journal.progress));
});

test("a thousand deliveries and acknowledgements in order cost a few bytes", () => {
  const progress = new ConsumerProgress(1, true);
  const writer = new ByteWriter();
  for (let sequence = 1; sequence <= 1000; sequence++) progress.deliver(sequence, 1, 1e12);
  for (let sequence = 1; sequence <= 1000; sequence++) progress.ack(sequence, 1e12);
  progress.encodeDelta(writer);
  assert.ok(writer.bytes.length < 64, `${writer.bytes.length}`);
  assert.equal(progress.isDirty, false);
});

test("progress that is never written remembers no changes", () => {
  const progress = new ConsumerProgress(1, true);
  progress.isRecorded = false;
  for (let sequence = 2; sequence <= 100; sequence += 2) progress.deliver(sequence, 1, 0);
  for (let sequence = 100; sequence > 0; sequence -= 4) progress.ack(sequence, 0);
  assert.equal(progress.isDirty, false);
  const writer = new ByteWriter();
  progress.encodeDelta(writer);
  assert.equal(writer.bytes.length, 0);
});

test("the floor stays below the oldest pending message and jumps when it is acknowledged", () => {
  const progress = new ConsumerProgress(1, true);
  for (const sequence of [2, 4, 6]) progress.deliver(sequence, 1, 0);
  const floor = (): number[] => [progress.floorConsumer, progress.floorStream];
  progress.ack(4, 0);
  assert.deepEqual(floor(), [0, 0]);
  progress.ack(2, 0);
  assert.deepEqual(floor(), [2, 5]);
  progress.ack(6, 0);
  assert.deepEqual(floor(), [3, 6]);
});

test("an acknowledgement of everything counts, too, when a redelivery had a higher number", () => {
  const progress = new ConsumerProgress(1, true);
  progress.deliver(1, 1, 0);
  progress.deliver(2, 1, 0);
  progress.deliver(1, 2, 0);
  assert.equal(progress.ackAll(1, 3, 0), true);
  assert.equal(progress.ackAll(2, 2, 0), true);
  assert.equal(progress.pending.size, 0);
  assert.deepEqual([progress.floorConsumer, progress.floorStream], [3, 2]);
  assert.equal(progress.ackAll(2, 2, 0), false);
});

test("a message that was given up stays counted until it is forgotten", () => {
  const progress = new ConsumerProgress(1, true);
  progress.deliver(1, 1, 0);
  progress.deliver(1, 2, 0);
  progress.exhaust(1, 2);
  assert.deepEqual([progress.pending.size, progress.deliveriesOf(1)], [0, 2]);
  assert.equal(progress.ack(1, 0), true);
  assert.equal(progress.deliveriesOf(1), 0);
  assert.equal(progress.ack(1, 0), false);
});
