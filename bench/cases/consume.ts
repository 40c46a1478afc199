import { verifyAcks } from "./acks.ts";
import { type BenchCase, STREAM } from "./case.ts";
import { fillStream } from "./fill.ts";
import { measureLoad } from "./measure-load.ts";

const CONSUMER = "puller";
const PAYLOAD_SIZE = 128;

/** Messages prepared per second of the run; the run ends early if a server consumes them faster. */
const FILL_RATE = 800_000;

/** Unacknowledged messages the consumer allows, in batches: never the limit of the case. */
const ACK_PENDING_PER_BATCH = 10;

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
              consumers: [CONSUMER],
              batch,
              messageCount,
            },
          },
        ],
        verify: (admin, reports) =>
          verifyAcks(admin, STREAM, CONSUMER, reports.get("pull-consumer")?.total ?? 0),
      });
    },
  };
}

/** Consuming a filled stream. */
export const consumeCases: readonly BenchCase[] = [100, 1000].map(consumeCase);
