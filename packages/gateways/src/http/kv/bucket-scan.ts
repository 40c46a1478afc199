import {
  AckPolicy,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { type NatsConnection, nanos } from "@nats-io/nats-core";

/** What of a bucket's stream is gone through. */
interface BucketQuestion {
  readonly stream: string;
  /** Only messages of this subject, with wildcards. */
  readonly subject: string;
  /** Only the last one of each key. */
  readonly isLastOnly: boolean;
  /** Without the values. */
  readonly isWithoutValues: boolean;
}

/** How long a scan that nobody goes on with is kept by the server. */
const idleMs = 30_000;
/** Messages that are fetched ahead. */
const aheadMax = 500;

/** The messages that a bucket has now, oldest first. They come as they are taken: no more than a few are held. */
export async function* bucketScan(
  connection: NatsConnection,
  { stream, subject, isLastOnly, isWithoutValues }: BucketQuestion,
): AsyncGenerator<JsMsg> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const { name, num_pending } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: isLastOnly ? DeliverPolicy.LastPerSubject : DeliverPolicy.All,
    filter_subject: subject,
    headers_only: isWithoutValues,
    inactive_threshold: nanos(idleMs),
    mem_storage: true,
  });
  try {
    if (num_pending === 0) return;
    const consumer = await jetstream(connection).consumers.get(stream, name);
    const messages = await consumer.consume({ max_messages: aheadMax });
    for await (const message of messages) {
      yield message;
      if (message.info.pending === 0) break;
    }
    await messages.close();
  } finally {
    await manager.consumers.delete(stream, name).catch(() => undefined);
  }
}
