import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Received } from "../support/inbox.ts";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/** One step of a run. Numbers are taken modulo what there is. */
type Step =
  | { readonly do: "publish"; readonly subject: number }
  | { readonly do: "pull" | "ack" | "term"; readonly consumer: number; readonly message: number }
  | { readonly do: "create"; readonly filter: number }
  | { readonly do: "delete"; readonly consumer: number }
  | { readonly do: "crash" };

const subjects = ["s.a", "s.b", "s.c"];
const filters = ["", "s.a", "s.b", "s.>"];

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("publish" as const), subject: fc.nat(2) }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constantFrom("pull" as const, "ack" as const, "ack" as const, "term" as const),
        consumer: fc.nat(5),
        message: fc.nat(9),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("create" as const), filter: fc.nat(3) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("delete" as const), consumer: fc.nat(5) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  ),
  { maxLength: 40, size: "max" },
);

interface ModelConsumer {
  readonly name: string;
  readonly filter: string;
  /** Delivered and not acknowledged. */
  readonly pending: Received[];
}

/** Which consumers still need each message: what stays is what anybody needs. */
class Model {
  readonly needed = new Map<number, Set<string>>();
  readonly subjects = new Map<number, string>();
  readonly consumers: ModelConsumer[] = [];

  publish(sequence: number, subject: string): void {
    this.subjects.set(sequence, subject);
    const names = this.consumers.filter((each) => wants(each, subject)).map(({ name }) => name);
    if (names.length > 0) this.needed.set(sequence, new Set(names));
  }

  create(consumer: ModelConsumer): void {
    this.consumers.push(consumer);
    for (const [sequence, names] of this.needed) {
      if (wants(consumer, this.subjects.get(sequence) ?? "")) names.add(consumer.name);
    }
  }

  release(sequence: number, name: string): void {
    const names = this.needed.get(sequence);
    names?.delete(name);
    if (names?.size === 0) this.needed.delete(sequence);
  }

  delete(consumer: ModelConsumer): void {
    this.consumers.splice(this.consumers.indexOf(consumer), 1);
    for (const sequence of [...this.needed.keys()]) this.release(sequence, consumer.name);
  }
}

function wants({ filter }: ModelConsumer, subject: string): boolean {
  return filter === "" || filter === "s.>" || filter === subject;
}

async function play(first: TestJetStream, run: readonly Step[]): Promise<TestJetStream> {
  let server = first;
  const model = new Model();
  let created = 0;
  await server.createStream("S", { retention: "interest" });
  for (const step of run) {
    if (step.do === "publish") {
      const subject = subjects[step.subject] as string;
      model.publish((await server.publish(subject)).seq, subject);
    } else if (step.do === "create" && model.consumers.length < 4) {
      const consumer = {
        name: `c${++created}`,
        filter: filters[step.filter] as string,
        pending: [],
      };
      const config = consumer.filter === "" ? {} : { filter_subject: consumer.filter };
      await server.createConsumer("S", consumer.name, { ...config, ack_wait: 3_600e9 });
      model.create(consumer);
    } else if (step.do === "crash") {
      // A delivery that a crash takes back is one that never was.
      await server.store.durable();
      server = await server.crash();
    } else if (step.do !== "create") {
      const consumer = model.consumers[step.consumer % Math.max(1, model.consumers.length)];
      if (consumer !== undefined) await act(server, model, consumer, step);
    }
    const kept: number[] = [];
    server.jetstream.stream("S")?.log.forEach(0, (sequence) => kept.push(sequence));
    assert.deepEqual(
      kept,
      [...model.needed.keys()].sort((a, b) => a - b),
    );
  }
  return server;
}

async function act(
  server: TestJetStream,
  model: Model,
  consumer: ModelConsumer,
  step: Exclude<Step, { do: "publish" | "create" | "crash" }>,
): Promise<void> {
  if (step.do === "delete") {
    await server.ok(`CONSUMER.DELETE.S.${consumer.name}`);
    model.delete(consumer);
  } else if (step.do === "pull") {
    const answer = await server.pull("S", consumer.name, { batch: 1, no_wait: true }).next();
    if (answer.status === 0) consumer.pending.push(answer);
  } else {
    const { pending } = consumer;
    const [message] = pending.splice(step.message % Math.max(1, pending.length), 1);
    if (message === undefined) return;
    await server.request(message.reply, step.do === "ack" ? "+ACK" : "+TERM");
    model.release(Number(message.reply.split(".")[5]), consumer.name);
  }
}

test("a stream by interest holds what consumers need, and nothing else, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), (run, seed) =>
      withJetStream((server) => play(server, run), seed),
    ),
    { seed: Number(process.env["OXBOW_SEED"] ?? 1), numRuns: 12 },
  );
});
