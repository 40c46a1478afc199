import type { ConsumerConfig } from "@nats-io/jetstream";

/** The priority group in which members of a group that is ordered by key ask for messages. */
export const orderedPriorityGroup = "by-key";
/** How long a member may ask for nothing before another one has its partition. */
export const pinTimeoutMs = 10_000;

/**
 * What makes a consumer one that is ordered by key (ADR-0014): of those who ask for messages only one at a time gets any. A
 * client that knows nothing of it is refused by the server.
 */
export const orderedConsumer: Partial<ConsumerConfig> = {
  priority_policy: "pinned_client",
  priority_groups: [orderedPriorityGroup],
  priority_timeout: pinTimeoutMs * 1_000_000,
};

/** Whether a consumer is ordered by key. */
export function isOrderedByKey(config: Partial<ConsumerConfig>): boolean {
  return (
    config.priority_policy === "pinned_client" &&
    (config.priority_groups ?? []).includes(orderedPriorityGroup)
  );
}
