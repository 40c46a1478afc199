import type { ConsumerInfo } from "@nats-io/jetstream";
import { createInbox, type NatsConnection, nanos } from "@nats-io/nats-core";
import { orderedPriorityGroup } from "oxbow/internal";

const requestMs = 100;

/**
 * Has a server look whether a consumer has something for those who wait. A nats-server (2.14.5 and 2.15.1) that is told to resume a
 * consumer does not do so by itself: what came in the pause would stay until somebody asks or publishes again. This asks for a
 * message that has no room, and is not there for the answer.
 */
export function wake(
  connection: NatsConnection,
  { stream_name, name, config }: ConsumerInfo,
): void {
  const groups = config.priority_groups ?? [];
  const group = groups.includes(orderedPriorityGroup) ? orderedPriorityGroup : groups[0];
  const request = {
    batch: 1,
    max_bytes: 1,
    expires: nanos(requestMs),
    ...(group !== undefined && { group }),
  };
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream_name}.${name}`;
  connection.publish(subject, JSON.stringify(request), { reply: createInbox() });
}
