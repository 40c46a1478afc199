import {
  AckPolicy,
  type ConsumerConfig,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import { isMissing } from "oxbow/internal";

/** In case that the consumer is not deleted. */
const idleNs = 30_000_000_000;
const fetchTimeoutMs = 5_000;
const batchMax = 500;

/** Reads what is in a stream now, in order, by a consumer that goes by itself. */
export async function* scanStream(
  js: JetStreamClient,
  manager: JetStreamManager,
  stream: string,
  which: Partial<ConsumerConfig>,
): AsyncGenerator<JsMsg, void, undefined> {
  const { consumers } = manager;
  const { name, num_pending: waiting } = await consumers.add(stream, {
    ...which,
    ack_policy: AckPolicy.None,
    inactive_threshold: idleNs,
    mem_storage: true,
    num_replicas: 1,
  });
  try {
    const consumer = await js.consumers.get(stream, name);
    let left = waiting;
    while (left > 0) {
      const asked = Math.min(batchMax, left);
      const batch = await consumer.fetch({ max_messages: asked, expires: fetchTimeoutMs });
      let came = 0;
      for await (const message of batch) {
        came++;
        left = Math.min(left - 1, message.info.pending);
        yield message;
      }
      // What was left when it was counted may have gone meanwhile.
      if (came === 0) return;
    }
  } finally {
    await consumers.delete(stream, name).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}
