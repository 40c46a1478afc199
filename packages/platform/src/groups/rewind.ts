import type { ConsumerInfo } from "@nats-io/jetstream";
import type { Rewound, RewoundPartition } from "oxbow/control";
import type { Member, Spot } from "oxbow/internal";
import { platformError } from "oxbow/internal";

/**
 * What it means for a consumer to go on somewhere else.
 *
 * @param target - Where.
 * @param floorMessages - Messages that come behind all that are acknowledged; only needed with messages in flight and a
 * target between these.
 */
export function rewoundPartition(
  { number, info }: Member,
  target: Spot,
  floorMessages: number,
): RewoundPartition {
  const { num_pending: undelivered, num_ack_pending: inFlight } = info;
  const { sequence, messages } = target;
  // Fewer messages behind the target than were never delivered: it is ahead, also if what the server says was delivered is
  // of before it was put back (see GroupRewind).
  const isAhead = sequence > info.delivered.stream_seq || messages < undelivered;
  if (isAhead) {
    const skipped = Math.max(0, undelivered - messages) + inFlight;
    return { number, sequence, deliveredAgain: 0, skipped };
  }
  const passedOver = Math.max(0, floorMessages - messages);
  return {
    number,
    sequence,
    deliveredAgain: Math.max(0, messages - undelivered),
    skipped: Math.min(inFlight, passedOver),
  };
}

export function rewound(partitions: readonly RewoundPartition[]): Rewound {
  return {
    partitions,
    deliveredAgain: partitions.reduce((sum, each) => sum + each.deliveredAgain, 0),
    skipped: partitions.reduce((sum, each) => sum + each.skipped, 0),
  };
}

/**
 * Checks that JetStream can put a consumer to a sequence, as far as its configuration says (ADR-60).
 *
 * @param earliest - The first sequence of a consumer that began at a sequence or time; else nothing.
 * @throws OxbowError `GROUP_FIXED`
 */
export function checkRewindable(
  group: string,
  { config }: ConsumerInfo,
  sequence: number,
  earliest: number | undefined,
): void {
  const policy = config.deliver_policy;
  const advice = "make another group that starts where you want";
  if (policy === "last_per_subject" || policy === "new" || policy === "last") {
    const started =
      policy === "last_per_subject" ? "with the last message of each key" : `"${policy}"`;
    const text = `group ${group} started ${started}, and JetStream can't rewind a consumer that did: ${advice}`;
    throw platformError("GROUP_FIXED", text);
  }
  if (earliest !== undefined && sequence < earliest) {
    const text = `group ${group} was made by a plain client to start at sequence ${earliest}, and JetStream can't rewind it to ${sequence}, before that: ${advice}`;
    throw platformError("GROUP_FIXED", text);
  }
}
