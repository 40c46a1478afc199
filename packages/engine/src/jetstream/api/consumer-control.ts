import { NO_TIME, timestampText } from "../../time/clock-time.ts";
import { isSet, type Timestamp } from "../../time/timestamp.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import { pausedConfig } from "../config/consumer-requests.ts";
import { isPriorityGroupName } from "../config/consumer-validate.ts";
import { accepted, type Checked, type JsApiError, jsError, refused } from "../config/errors.ts";
import { decodeLenient, decodeWishes, type RequestReading } from "../config/request-body.ts";
import {
  consumerPauseRequestShape,
  consumerResetRequestShape,
  consumerUnpinRequestShape,
} from "../config/requests.ts";
import type { Consumer } from "../consumer/consumer.ts";
import { sequenceSince } from "../stream/message-time.ts";
import type { Stream } from "../stream/stream.ts";
import { describeConsumer, nanosOf } from "./consumer-info.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, refusal } from "./route.ts";

const notPaused = { paused: false, pause_until: NO_TIME };
const notReset = { reset_seq: 0 };

/** Requests that change what a consumer does: pausing it, unpinning its clients, and sending it back. */
export const consumerControlRequests: readonly (readonly [string, ApiRoute])[] = [
  [
    "CONSUMER.PAUSE",
    {
      type: "consumer_pause",
      args: [2, 2],
      beside: notPaused,
      checkFirst: unreadablePause,
      handle: pauseConsumer,
    },
  ],
  [
    "CONSUMER.UNPIN",
    {
      type: "consumer_unpin",
      args: [2, 2],
      checkThen: (body) => {
        const group = unpinnedGroup(body);
        return group.ok ? undefined : group.error;
      },
      handle: unpinConsumer,
    },
  ],
  [
    "CONSUMER.RESET",
    {
      type: "consumer_reset",
      args: [2, 2],
      beside: notReset,
      tally: () => "nothing",
      needsReply: true,
      isAnnounced: true,
      handle: resetConsumer,
    },
  ],
];

interface Found {
  readonly stream: Stream;
  readonly consumer: Consumer;
}

function find({ jetstream, args }: ApiRequest): Checked<Found> {
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refused(jsError(10059));
  const consumer = stream.consumers.get(args[1] as string);
  return consumer === undefined ? refused(jsError(10014)) : accepted({ stream, consumer });
}

function unreadablePause(body: Buffer, reading: RequestReading): JsApiError | undefined {
  const decoded = decodeWishes(body, consumerPauseRequestShape, reading);
  return decoded.ok ? undefined : decoded.error;
}

async function pauseConsumer(request: ApiRequest): Promise<ApiAnswer> {
  // To ask for nothing means to resume.
  const decoded = decodeWishes(request.body, consumerPauseRequestShape, request.reading);
  if (!decoded.ok) return { ...refusal(decoded.error), ...notPaused };
  const found = find(request);
  if (!found.ok) return { ...refusal(found.error), ...notPaused };
  const { consumer } = found.value;
  const until = realInstant(decoded.value.pause_until);
  consumer.update(pausedConfig(consumer.config, until));
  await request.jetstream.services.store.durable();
  if (until === null) return notPaused;
  const { pauseLeftMs: leftMs } = consumer;
  return {
    paused: leftMs > 0,
    pause_until: timestampText(until),
    ...(leftMs > 0 && { pause_remaining: nanosOf(leftMs) }),
  };
}

/** In UTC, as it is kept; Go's zero time means none. */
function realInstant(time: Timestamp | null): Timestamp | null {
  return isSet(time) ? { ...time, offsetMinutes: 0 } : null;
}

function unpinnedGroup(body: Buffer): Checked<string> {
  const decoded = decodeLenient(body, 0, body.length, consumerUnpinRequestShape);
  if (!decoded.ok) return refused(jsError(10025, { err: decoded.problem }));
  const { group } = decoded.value;
  if (group === "") return refused(jsError(10025, { err: "consumer group not specified" }));
  return isPriorityGroupName(group) ? accepted(group) : refused(jsError(10162));
}

function unpinConsumer(request: ApiRequest): ApiAnswer {
  const group = unpinnedGroup(request.body);
  if (!group.ok) return refusal(group.error);
  const found = find(request);
  if (!found.ok) return refusal(found.error);
  const { config, priority } = found.value.consumer;
  if (!config.priority_groups.includes(group.value)) return refusal(jsError(10160));
  priority?.unpin("admin");
  return {};
}

/** A consumer that is not there does not answer, as in nats-server, where each has a subscription for this request. */
async function resetConsumer(request: ApiRequest): Promise<ApiAnswer | undefined> {
  const found = find(request);
  if (!found.ok) return undefined;
  const { stream, consumer } = found.value;
  const { services } = request.jetstream;
  const sequence = resetSequence(request.body);
  if (!sequence.ok) return { ...refusal(sequence.error), ...notReset };
  if (sequence.value > 0) {
    const problem = await resetProblem(stream, consumer.config, sequence.value);
    if (problem !== undefined) {
      return { ...refusal(jsError(10204, { err: problem })), ...notReset };
    }
  }
  const resetTo = consumer.reset(sequence.value);
  const description = describeConsumer(services, consumer);
  await services.store.durable();
  return { ...description, reset_seq: resetTo };
}

/** What the body asks for, 0 for back to the ack floor. */
function resetSequence(body: Buffer): Checked<number> {
  if (body.length === 0) return accepted(0);
  const decoded = decodeLenient(body, 0, body.length, consumerResetRequestShape);
  if (!decoded.ok) return refused(jsError(10025, { err: decoded.problem }));
  return accepted(decoded.value.seq);
}

/** Why a consumer may not go on at `sequence`: it would come below where it was allowed to begin. */
async function resetProblem(
  { log }: Stream,
  {
    deliver_policy: policy,
    opt_start_seq: startSequence,
    opt_start_time: startTime,
  }: ConsumerConfig,
  sequence: number,
): Promise<string | undefined> {
  if (!Number.isSafeInteger(sequence)) return `sequence beyond ${Number.MAX_SAFE_INTEGER}`;
  switch (policy) {
    case "all":
      return undefined;
    case "by_start_sequence":
      return sequence < startSequence ? "below start seq" : undefined;
    case "by_start_time": {
      const first = startTime === null ? 0 : await sequenceSince(log, startTime);
      return sequence < first ? "below start time" : undefined;
    }
    default:
      return "not allowed";
  }
}
