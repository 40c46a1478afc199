import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  AckPolicy,
  type JetStreamManager,
  jetstreamManager,
  StorageType,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { CommandFailure } from "../failures.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import type { Dataset } from "./datasets.ts";
import { DurablePublisher } from "./durable-publisher.ts";
import { patiently } from "./patience.ts";
import { ProgressDisplay } from "./progress.ts";
import { type DatasetResult, percentile } from "./report.ts";
import { SyncCounter } from "./sync-counter.ts";
import type { Tally } from "./tally.ts";

/** The durable consumer that the members share. */
const GROUP = "demo";
/** Marks streams as ours, so that no other stream of that name is ever deleted. */
const OWNER_KEY = "oxbow.demo";
const NANOSECONDS_PER_SECOND = 1_000_000_000;
/** How long the group may make no progress before the demo gives up. */
const STALL_MS = 30_000;
const POLL_MS = 250;

/** What a data set runs on. */
export interface DemoConnections {
  readonly publisher: NatsConnection;
  readonly members: readonly NatsConnection[];
}

/** Called once, when half of a data set is stored. */
export type HalfwayHook = (note: (text: string) => void) => void;

/**
 * Publishes a data set, consumes it with a group at the same time, and compares the two.
 *
 * The stream is made anew, whatever an earlier run, finished or killed, left of it. The server may be killed and
 * started again meanwhile.
 */
export async function runDataset(
  dataset: Dataset,
  connections: DemoConnections,
  isQuiet: boolean,
  signal: AbortSignal,
  onHalfway?: HalfwayHook,
): Promise<DatasetResult> {
  const records = await dataset.load();
  const manager = await patiently(signal, () => jetstreamManager(connections.publisher));
  await patiently(signal, () => recreateStream(manager, dataset));
  const syncs = new SyncCounter(connections.publisher);
  await syncs.update();

  const publisher = new DurablePublisher(connections.publisher, records, randomUUID());
  const group = new ConsumerGroup();
  for (const member of connections.members) {
    await patiently(signal, () => group.join(member, dataset.stream, GROUP));
  }
  const display = isQuiet
    ? undefined
    : new ProgressDisplay(() => ({
        stream: dataset.stream,
        total: records.count,
        published: publisher.ackedCount,
        consumed: group.tally.count,
      }));
  const note = (text: string): void => display?.note(text);
  let isHalfwayDue = onHalfway !== undefined;
  const poll = setInterval(() => {
    void syncs.update();
    if (!isHalfwayDue || publisher.ackedCount < records.count / 2) return;
    isHalfwayDue = false;
    onHalfway?.(note);
  }, POLL_MS);
  try {
    const startedAtMs = performance.now();
    await publisher.run(signal);
    const seconds = (performance.now() - startedAtMs) / 1000;
    await waitForGroup(group, publisher.tally, signal);
    const stored = await settledMessageCount(manager, dataset.stream, signal);
    await syncs.update();
    const { latenciesMs } = publisher;
    return {
      stream: dataset.stream,
      messages: publisher.tally.count,
      bytes: publisher.tally.bytes,
      perSecond: publisher.tally.count / seconds,
      ackP50Ms: percentile(latenciesMs, 0.5),
      ackP99Ms: percentile(latenciesMs, 0.99),
      syncs: syncs.count,
      redelivered: group.redeliveredCount,
      published: summary(publisher.tally),
      consumed: summary(group.tally),
      stored,
      isMatch: publisher.tally.equals(group.tally) && stored === publisher.tally.count,
    };
  } finally {
    clearInterval(poll);
    display?.stop();
    await group.stop();
  }
}

function summary({ count, checksum }: Tally): { count: number; checksum: string } {
  return { count, checksum };
}

async function recreateStream(manager: JetStreamManager, dataset: Dataset): Promise<void> {
  const name = dataset.stream;
  const existing = await Array.fromAsync(manager.streams.list());
  const old = existing.find(({ config }) => config.name === name);
  if (old !== undefined) {
    if (old.config.metadata?.[OWNER_KEY] === undefined) {
      const hint = `rename or delete it ("oxbow stream delete ${name}")`;
      throw new CommandFailure(`the stream ${name} is not the demo's: ${hint}`);
    }
    await manager.streams.delete(name);
  }
  await manager.streams.add({
    name,
    subjects: [...dataset.subjects],
    description: dataset.description,
    storage: StorageType.File,
    duplicate_window: 120 * NANOSECONDS_PER_SECOND,
    metadata: { [OWNER_KEY]: "1" },
  });
  await manager.consumers.add(name, {
    durable_name: GROUP,
    ack_policy: AckPolicy.Explicit,
    // Short, so that what a killed server had handed out comes again soon.
    ack_wait: 5 * NANOSECONDS_PER_SECOND,
    max_ack_pending: 5000,
  });
}

/** Waits until the group has consumed as many messages as were published, as long as it makes progress. */
async function waitForGroup(
  group: ConsumerGroup,
  published: Tally,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const waiting = AbortSignal.any([signal, ended.signal]);
  const done = group.consumed(published.count).then(() => true);
  try {
    let consumed = -1;
    while (consumed < group.tally.count) {
      consumed = group.tally.count;
      const stalled = delay(STALL_MS, false, { signal: waiting });
      if (await Promise.race([done, stalled])) return;
    }
  } finally {
    // A timer that is left running would hold the process.
    ended.abort();
  }
  const missing = published.count - group.tally.count;
  throw new CommandFailure(`${missing} messages did not arrive: the group got nothing for 30s`);
}

/** The stream's count once the group has nothing left to get and all its acks have arrived. */
async function settledMessageCount(
  manager: JetStreamManager,
  stream: string,
  signal: AbortSignal,
): Promise<number> {
  const deadlineMs = performance.now() + STALL_MS;
  for (;;) {
    const info = await patiently(signal, () => manager.consumers.info(stream, GROUP));
    const { num_pending, num_ack_pending } = info;
    if (num_pending + num_ack_pending === 0) break;
    if (performance.now() > deadlineMs) {
      const text = `${stream} still has ${num_pending} messages to deliver, ${num_ack_pending} unacknowledged`;
      throw new CommandFailure(text);
    }
    await delay(POLL_MS, undefined, { signal });
  }
  return (await patiently(signal, () => manager.streams.info(stream))).state.messages;
}
