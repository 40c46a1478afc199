import { AckPolicy, jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { CommandFailure } from "../failures.ts";

/** Messages that wait for their acknowledgement at a time in the asynchronous case. */
const WINDOW = 1000;
const PULL_COUNT = 1000;
/** How long the cases that wait for each answer run, so that slow disks do not make them endless. */
const ONE_AT_A_TIME_MS = 2000;
const STREAM = "OXBOW_BENCH";
const SUBJECT = "oxbow.bench";

/** What a case works with. */
export interface BenchSetup {
  readonly publisher: NatsConnection;
  readonly subscriber: NatsConnection;
  readonly messages: number;
  readonly payload: Uint8Array;
}

/** What a case has measured. */
export interface Measurement {
  readonly messages: number;
  readonly seconds: number;
  /** Milliseconds from the sending of a message to its answer, where there is one. */
  readonly latenciesMs: readonly number[];
}

/** A case: its name on the command line, and what it does. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  run(setup: BenchSetup): Promise<Measurement>;
}

/** The cases in the order they run. */
export const benchCases: readonly BenchCase[] = [
  { name: "pubsub", title: "publish to one subscriber", run: publishSubscribe },
  { name: "request", title: "request and reply, one at a time", run: requestReply },
  {
    name: "publish",
    title: `durable publish, ${WINDOW} acks out`,
    run: (setup) => withStream(setup, () => publishWindow(setup)),
  },
  {
    name: "publish-sync",
    title: "durable publish, one at a time",
    run: (setup) => withStream(setup, () => publishOneAtATime(setup)),
  },
  {
    name: "consume",
    title: "consume, explicit acks",
    run: (setup) =>
      withStream(setup, async () => {
        await publishWindow(setup);
        return consumeAll(setup);
      }),
  },
];

async function publishSubscribe(setup: BenchSetup): Promise<Measurement> {
  const { publisher, subscriber, messages, payload } = setup;
  const subject = createInbox();
  const received = Promise.withResolvers<void>();
  let count = 0;
  const subscription = subscriber.subscribe(subject, {
    callback: () => {
      count += 1;
      if (count === messages) received.resolve();
    },
  });
  await subscriber.flush();
  const startedAtMs = performance.now();
  for (let index = 0; index < messages; index += 1) {
    publisher.publish(subject, payload);
    // The client buffers without a bound, so it is given time to send.
    if (index % WINDOW === WINDOW - 1) await publisher.flush();
  }
  await publisher.flush();
  await received.promise;
  const seconds = secondsSince(startedAtMs);
  subscription.unsubscribe();
  return { messages, seconds, latenciesMs: [] };
}

async function requestReply(setup: BenchSetup): Promise<Measurement> {
  const { publisher, subscriber, payload } = setup;
  const subject = createInbox();
  const subscription = subscriber.subscribe(subject, {
    callback: (_, message) => {
      message.respond(payload);
    },
  });
  await subscriber.flush();
  const measurement = await oneAtATime(setup.messages, async () => {
    await publisher.request(subject, payload);
  });
  subscription.unsubscribe();
  return measurement;
}

async function publishOneAtATime({
  publisher,
  messages,
  payload,
}: BenchSetup): Promise<Measurement> {
  return oneAtATime(messages, async () => {
    checkAck(await publisher.request(SUBJECT, payload));
  });
}

async function oneAtATime(countMax: number, call: () => Promise<void>): Promise<Measurement> {
  const latenciesMs: number[] = [];
  const startedAtMs = performance.now();
  let atMs = startedAtMs;
  while (latenciesMs.length < countMax && atMs - startedAtMs < ONE_AT_A_TIME_MS) {
    await call();
    const nowMs = performance.now();
    latenciesMs.push(nowMs - atMs);
    atMs = nowMs;
  }
  return { messages: latenciesMs.length, seconds: secondsSince(startedAtMs), latenciesMs };
}

/** Acks are matched by the last token of their inbox, which is quicker than a promise each. */
async function publishWindow({ publisher, messages, payload }: BenchSetup): Promise<Measurement> {
  const inbox = `${createInbox()}.`;
  const sentAtMs = new Float64Array(messages);
  const latenciesMs: number[] = [];
  const done = Promise.withResolvers<void>();
  let next = 0;
  const pump = (): void => {
    while (next < messages && next - latenciesMs.length < WINDOW) {
      sentAtMs[next] = performance.now();
      publisher.publish(SUBJECT, payload, { reply: `${inbox}${next}` });
      next += 1;
    }
  };
  const subscription = publisher.subscribe(`${inbox}*`, {
    callback: (_, message) => {
      try {
        checkAck(message);
      } catch (error) {
        done.reject(error);
        return;
      }
      const index = Number(message.subject.slice(inbox.length));
      latenciesMs.push(performance.now() - (sentAtMs[index] ?? 0));
      if (latenciesMs.length === messages) done.resolve();
      else pump();
    },
  });
  const startedAtMs = performance.now();
  pump();
  try {
    await done.promise;
  } finally {
    subscription.unsubscribe();
  }
  return { messages, seconds: secondsSince(startedAtMs), latenciesMs };
}

async function consumeAll({ subscriber, messages }: BenchSetup): Promise<Measurement> {
  const manager = await jetstreamManager(subscriber);
  const name = "bench";
  const config = { durable_name: name, ack_policy: AckPolicy.Explicit, max_ack_pending: 10_000 };
  await manager.consumers.add(STREAM, config);
  const source = await jetstream(subscriber).consumers.get(STREAM, name);
  const done = Promise.withResolvers<void>();
  let count = 0;
  const startedAtMs = performance.now();
  const delivery = await source.consume({
    max_messages: PULL_COUNT,
    callback: (message) => {
      message.ack();
      count += 1;
      if (count === messages) done.resolve();
    },
  });
  await done.promise;
  await subscriber.flush();
  const seconds = secondsSince(startedAtMs);
  await delivery.close();
  return { messages, seconds, latenciesMs: [] };
}

async function withStream(
  { publisher }: BenchSetup,
  use: () => Promise<Measurement>,
): Promise<Measurement> {
  const manager = await jetstreamManager(publisher);
  const config = { name: STREAM, subjects: [SUBJECT], storage: StorageType.File };
  const names = await Array.fromAsync(manager.streams.names());
  // What an earlier run that was stopped has left.
  if (names.includes(STREAM)) await manager.streams.delete(STREAM);
  await manager.streams.add(config);
  try {
    return await use();
  } finally {
    await manager.streams.delete(STREAM);
  }
}

function checkAck(message: Msg): void {
  const { error } = message.json<{ readonly error?: { readonly description: string } }>();
  if (error !== undefined)
    throw new CommandFailure(`the stream refused a message: ${error.description}`);
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1000;
}
