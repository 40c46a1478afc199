import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Received } from "../support/inbox.ts";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/*
 * Goal: whatever publishers, members of a group, administrators and power cuts do at once, a consumer delivers each
 * message that matches for the first time exactly once, never again after a confirmed acknowledgement, and knows at
 * every moment exactly how many are still to come.
 * Method: random histories in virtual time against a model that keeps sets of sequences.
 */

type Step =
  | { readonly kind: "publish"; readonly subject: "a" | "b"; readonly count: number }
  | { readonly kind: "pull"; readonly batch: number }
  | { readonly kind: "ack" | "nak" | "delete" | "purge"; readonly pick: number }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "crash" | "restart" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      subject: fc.constantFrom("a" as const, "b" as const),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("pull" as const),
      batch: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom("ack" as const, "ack" as const, "nak" as const, "delete" as const),
      pick: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("purge" as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.nat(1_500) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ kind: "crash" } as const, { kind: "restart" } as const),
  },
);

class Group {
  server: TestJetStream;
  /** Messages that match and are there. */
  readonly live = new Set<number>();
  readonly delivered = new Set<number>();
  readonly acked = new Set<number>();
  /** The last delivery of each message that is not acknowledged. */
  readonly open = new Map<number, Received>();
  lastSequence = 0;
  readonly #isDurable: boolean;

  constructor(server: TestJetStream, isDurable: boolean) {
    this.server = server;
    this.#isDurable = isDurable;
  }

  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case "publish":
        await this.#publish(step.subject, step.count);
        break;
      case "pull":
        await this.pull(step.batch);
        break;
      case "ack":
        await this.#ack(step.pick);
        break;
      case "nak": {
        const [, delivery] = pickOf(this.open, step.pick) ?? [];
        if (delivery !== undefined) this.server.send(delivery.reply, "-NAK");
        break;
      }
      case "delete": {
        const sequence = pickOf(this.live, step.pick);
        if (sequence === undefined) break;
        await this.server.ok("STREAM.MSG.DELETE.S", {
          seq: sequence,
          no_erase: step.pick % 2 === 0,
        });
        this.#remove(sequence);
        break;
      }
      case "purge": {
        const sequence = pickOf(this.live, step.pick);
        if (sequence === undefined) break;
        await this.server.ok("STREAM.PURGE.S", { seq: sequence });
        for (const each of [...this.live]) if (each < sequence) this.#remove(each);
        break;
      }
      case "advance":
        await this.server.advance(step.ms);
        break;
      case "crash":
      case "restart":
        await this.#startAgain(step.kind);
        break;
    }
    await this.#check();
  }

  /** Pulls, and takes what comes until the request is over. */
  async pull(batch: number): Promise<number> {
    const inbox = this.server.pull("S", "c", { batch, expires: 20e6 });
    for (let count = 0; ; count++) {
      if (count === batch) {
        inbox.close();
        return count;
      }
      const message = await inbox.next();
      if (message.status !== 0) {
        inbox.close();
        return count;
      }
      this.#onDelivery(message);
    }
  }

  async #publish(subject: string, count: number): Promise<void> {
    const inboxes = Array.from({ length: count }, () => this.server.ask(`s.${subject}`, "x"));
    for (const inbox of inboxes) {
      this.lastSequence = JSON.parse((await inbox.next()).payload).seq;
      if (subject === "a") this.live.add(this.lastSequence);
    }
  }

  #onDelivery(message: Received): void {
    const [, , , , deliveries, sequenceText] = message.reply.split(".");
    const sequence = Number(sequenceText);
    assert.ok(this.live.has(sequence), `${sequence} is gone or does not match`);
    assert.ok(!this.acked.has(sequence), `${sequence} was acknowledged`);
    const isFirst = deliveries === "1";
    assert.equal(this.delivered.has(sequence), !isFirst, `${sequence}, delivery ${deliveries}`);
    this.delivered.add(sequence);
    this.open.set(sequence, message);
  }

  async #ack(pick: number): Promise<void> {
    const [sequence, delivery] = pickOf(this.open, pick) ?? [];
    if (sequence === undefined || delivery === undefined) return;
    await this.server.request(delivery.reply);
    this.open.delete(sequence);
    this.acked.add(sequence);
  }

  #remove(sequence: number): void {
    this.live.delete(sequence);
    this.open.delete(sequence);
  }

  async #startAgain(how: "crash" | "restart"): Promise<void> {
    if (!this.#isDurable) return;
    this.server = how === "crash" ? await this.server.crash() : await this.server.restart();
    // A power cut may have taken deliveries that nobody had acknowledged.
    const { delivered } = await this.server.ok("CONSUMER.INFO.S.c");
    for (const sequence of [...this.delivered]) {
      if (sequence <= delivered.stream_seq) continue;
      assert.equal(how, "crash", `${sequence} was forgotten`);
      assert.ok(!this.acked.has(sequence), `${sequence} was forgotten`);
      this.delivered.delete(sequence);
      this.open.delete(sequence);
    }
  }

  async #check(): Promise<void> {
    const info = await this.server.ok("CONSUMER.INFO.S.c");
    const awaited = [...this.live].filter((sequence) => !this.delivered.has(sequence));
    assert.equal(info.num_pending, awaited.length, `of ${[...this.live]}`);
    assert.equal(info.num_ack_pending, this.open.size);
  }
}

function pickOf<T>(items: Iterable<T>, pick: number): T | undefined {
  const all = [...items];
  return all[pick % Math.max(1, all.length)];
}

for (const storage of ["file", "memory"]) {
  test(`first deliveries are exact and acknowledgements hold, from ${storage}`, async () => {
    const steps = fc.array(step, { maxLength: 40 });
    const property = fc.asyncProperty(steps, fc.nat(), async (steps, seed) => {
      await withJetStream(async (server) => {
        const group = new Group(server, storage === "file");
        await server.createStream("S", { storage });
        await server.createConsumer("S", "c", { filter_subject: "s.a", ack_wait: 1e9 });
        for (const step of steps) await group.apply(step);
        // In the end everything that is left comes, and can be acknowledged.
        for (let round = 0; round < 1_000; round++) {
          await group.server.advance(1_100);
          while ((await group.pull(5)) > 0) {
            while (group.open.size > 0) await group.apply({ kind: "ack", pick: 0 });
          }
          if ([...group.live].every((sequence) => group.acked.has(sequence))) break;
        }
        assert.deepEqual(
          [...group.live].filter((sequence) => !group.acked.has(sequence)),
          [],
        );
        return group.server;
      }, seed);
    });
    await fc.assert(property, { numRuns: 40 });
  });
}
