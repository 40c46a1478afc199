import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "../load/admin.ts";
import { type BenchCase, STREAM } from "./case.ts";
import { fillStream } from "./fill.ts";
import { measureLoad } from "./measure-load.ts";

const CONSUMER = "puller";
const PAYLOAD_SIZE = 128;

/** Messages prepared per second of the run; the run ends early if a server consumes them faster. */
const FILL_RATE = 800_000;

/** Unacknowledged messages the consumer allows, in batches: never the limit of the case. */
const ACK_PENDING_PER_BATCH = 10;

/** How long the acknowledgements that are still on their way may take to be counted. */
const SETTLE_MS = 10_000;
const POLL_MS = 20;

function consumeCase(batch: number): BenchCase {
  return {
    name: `consume.${batch}`,
    title: `pull consume with explicit acks, batch ${batch}, 128 B`,
    group: "rate",
    isDurablePublish: false,
    run(environment) {
      const seconds = (environment.warmupMs + environment.measureMs) / 1000;
      const messageCount = Math.ceil(seconds * FILL_RATE);
      return measureLoad(environment, {
        counted: "pull-consumer",
        async prepare(admin, port) {
          await fillStream(admin, port, PAYLOAD_SIZE, messageCount);
          await admin.createPullConsumer(STREAM, CONSUMER, batch * ACK_PENDING_PER_BATCH);
        },
        roles: (port) => [
          {
            name: "pull-consumer",
            options: {
              port,
              payloadSize: PAYLOAD_SIZE,
              stream: STREAM,
              consumer: CONSUMER,
              batch,
              messageCount,
            },
          },
        ],
        verify: (admin, reports) => verifyAcks(admin, reports.get("pull-consumer")?.total ?? 0),
      });
    },
  };
}

/**
 * Checks that the server counted every acknowledgement. It may handle them after it answered the last PING, and may
 * have sent messages that were not waited for, so only the floor tells.
 */
async function verifyAcks(admin: Admin, ackedCount: number): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const state = await admin.consumerState(STREAM, CONSUMER);
    if (state.num_redelivered > 0) throw new Error(`${state.num_redelivered} were redelivered`);
    if (state.ack_floor.stream_seq === ackedCount) return;
    if (performance.now() > deadlineMs) {
      throw new Error(`${ackedCount} acknowledged, floor is at ${state.ack_floor.stream_seq}`);
    }
    await sleep(POLL_MS);
  }
}

/** Consuming a filled stream. */
export const consumeCases: readonly BenchCase[] = [100, 1000].map(consumeCase);
