import type { JsonValue } from "../../json/shape.ts";
import { NO_TIME, now, timestampOf, timestampText } from "../../time/clock-time.ts";
import { storedConsumerConfig } from "../config/consumer-config.ts";
import type { Consumer } from "../consumer/consumer.ts";
import type { JetStreamServices } from "../services.ts";
import type { ApiAnswer } from "./route.ts";

/** What answers say of a consumer, in the order of nats-server. */
export function describeConsumer(services: JetStreamServices, consumer: Consumer): ApiAnswer {
  return described(
    services,
    consumer,
    storedConsumerConfig.answer(consumer.config, services.server),
  );
}

/** The same in lists, where the server says nothing of itself in the metadata. */
export function describeListedConsumer(services: JetStreamServices, consumer: Consumer): ApiAnswer {
  return described(services, consumer, storedConsumerConfig.listed(consumer.config));
}

function described(
  services: JetStreamServices,
  consumer: Consumer,
  configAnswer: JsonValue,
): ApiAnswer {
  const { progress, config } = consumer;
  const { pauseLeftMs } = consumer;
  const { shownFloor: floor } = progress;
  return {
    stream_name: consumer.streamName,
    name: consumer.name,
    created: timestampText(consumer.created),
    config: configAnswer,
    delivered: position(progress.deliveredConsumer, progress.shownSequence, progress.deliveredAtMs),
    ack_floor: position(floor.consumer, floor.stream, progress.floorAtMs),
    num_ack_pending: progress.pending.size,
    // With one delivery nothing is ever delivered again, though what was given up is remembered.
    num_redelivered: config.max_deliver === 1 ? 0 : progress.deliveries.size,
    num_waiting: consumer.waitingCount,
    num_pending: consumer.pendingCount,
    ...(consumer.isBound && { push_bound: true }),
    ...(pauseLeftMs > 0 && { paused: true, pause_remaining: nanosOf(pauseLeftMs) }),
    ts: timestampText(now(services.clock)),
    ...(config.priority_groups.length > 0 && { priority_groups: priorityGroups(consumer) }),
  };
}

function priorityGroups({ config, priority }: Consumer): JsonValue {
  const { pinId = "", pinnedAtMs = 0 } = priority ?? {};
  return [
    {
      group: config.priority_groups[0],
      ...(pinId !== "" && { pinned_client_id: pinId }),
      pinned_ts: pinnedAtMs > 0 ? timestampText(timestampOf(pinnedAtMs)) : NO_TIME,
    },
  ];
}

/** Milliseconds in the unit of the wire, whole. */
export function nanosOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

function position(consumerSequence: number, sequence: number, atMs: number): JsonValue {
  return {
    consumer_seq: consumerSequence,
    stream_seq: sequence,
    ...(atMs > 0 && { last_active: timestampText(timestampOf(atMs)) }),
  };
}
