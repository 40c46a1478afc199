import { AckPolicy, DeliverPolicy, StorageType } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { openConnection } from "./connection.ts";
import { ACK_WAIT_MS, DUPLICATE_WINDOW_MS, streamPlans } from "./workload.ts";

/** Creates the streams of the workload and their consumers. */
export async function createStreams(url: string): Promise<void> {
  await using connection = await openConnection(url);
  const { jsm } = connection;
  for (const { name, root, consumers } of streamPlans) {
    await jsm.streams.add({
      name,
      subjects: [`${root}.>`],
      storage: StorageType.File,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
      allow_direct: true,
    });
    for (const consumer of consumers) {
      await jsm.consumers.add(name, {
        durable_name: consumer,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(ACK_WAIT_MS),
      });
    }
  }
}
