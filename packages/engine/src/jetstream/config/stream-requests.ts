import type { ConsumerConfig } from "./consumer-config.ts";
import { accepted, type Checked, type JsApiError, jsError, refused } from "./errors.ts";
import {
  type JetStreamLimits,
  type JetStreamUsage,
  reservationProblem,
  streamCountProblem,
} from "./limits.ts";
import { storedMetadata } from "./metadata.ts";
import { hasPathSeparator } from "./names.ts";
import { isSameSource, originFilterProblem } from "./origin-checks.ts";
import { decodeRequest, type RequestReading } from "./request-body.ts";
import {
  type StreamConfig,
  type StreamConfigRequest,
  storedStreamConfig,
  streamConfigRequestShape,
  streamRequiredLevel,
} from "./stream-config.ts";
import { validateStreamConfig } from "./stream-validate.ts";
import { unsupportedInStream } from "./surface.ts";

/** What a request to create a stream is checked against. */
export interface StreamCreateInput {
  /** The body. */
  readonly request: Buffer;
  /** The stream that the subject of the request names. */
  readonly subjectName: string;
  readonly limits: JetStreamLimits;
  readonly usage: JetStreamUsage;
  /** The configuration of the stream of that name, if there is one. */
  readonly current: StreamConfig | undefined;
  /** How the request is read; strictly without it. */
  readonly reading?: RequestReading;
  /** Finds the configuration of another stream of the account; without it, there are none. */
  readonly find?: (name: string) => StreamConfig | undefined;
}

/**
 * Checks a request to create a stream, in the order of nats-server, and fills in defaults.
 *
 * @returns The configuration to create the stream with, or, where a stream of that name and configuration exists, the
 * one it has: the answer is the same. What is left to the caller is whether subjects overlap with those of other streams
 * (10065), which does not apply to a stream that exists.
 */
export function checkStreamCreate(input: StreamCreateInput): Checked<StreamConfig> {
  const { limits, usage, current } = input;
  const decoded = decodeRequest(input.request, streamConfigRequestShape, input.reading);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const problem =
    createRequestProblem(request, input.subjectName) ??
    streamCountProblem(limits, usage) ??
    reservationProblem(request, limits, usage);
  if (problem !== undefined) return refused(problem);

  const validated = validateStreamConfig(request, limits, input.find);
  if (!validated.ok) return validated;
  const config = withStoredMetadata(validated.value);
  if (config.num_replicas > 1) return refused(jsError(10074));
  if (current !== undefined) {
    return storedStreamConfig.equals(current, config) ? accepted(current) : refused(jsError(10058));
  }
  const unsupported = originFilterProblem(config) ?? unsupportedInStream(config);
  return unsupported === undefined ? accepted(config) : refused(unsupported);
}

/** Checks the configuration in a request to restore a stream, in the order of nats-server. */
export function checkStreamRestore(
  asked: StreamConfig,
  input: Omit<StreamCreateInput, "request">,
): Checked<StreamConfig> {
  const { limits, usage, subjectName, current } = input;
  const config = asked.name === "" ? { ...asked, name: subjectName } : asked;
  if (config.name !== subjectName) return refused(jsError(10056));
  if (hasPathSeparator(subjectName)) return refused(jsError(10128));
  const validated = validateStreamConfig({ ...config, pedantic: false }, limits, input.find);
  if (!validated.ok) return validated;
  const complete = withStoredMetadata(validated.value);
  if (complete.num_replicas > 1) return refused(jsError(10074));
  const problem = streamCountProblem(limits, usage) ?? reservationProblem(complete, limits, usage);
  if (problem !== undefined) return refused(problem);
  if (current !== undefined) return refused(jsError(10130));
  const unsupported = unsupportedInStream(complete);
  return unsupported === undefined ? accepted(complete) : refused(unsupported);
}

function createRequestProblem(
  request: StreamConfigRequest,
  subjectName: string,
): JsApiError | undefined {
  if (request.name !== subjectName) return jsError(10056);
  if (hasPathSeparator(subjectName)) return jsError(10128);
  if (request.sealed) {
    return jsError(10052, { err: "stream configuration for create can not be sealed" });
  }
  if (request.mirror_direct && request.mirror === null) {
    return jsError(10052, { err: "stream has no mirror but does have mirror direct" });
  }
  return undefined;
}

/** The API level is computed from what is asked for, whatever the request claims it to be. */
function withStoredMetadata(config: StreamConfig): StreamConfig {
  const metadata = storedMetadata(config.metadata, streamRequiredLevel(config));
  return { ...config, metadata };
}

/** What a request to update a stream is checked against. */
export interface StreamUpdateInput extends StreamCreateInput {
  /** The consumers of the stream. */
  readonly consumers: Iterable<{ readonly name: string; readonly config: ConsumerConfig }>;
}

/**
 * Checks a request to update a stream, in the order of nats-server.
 *
 * @returns The new configuration. Left to the caller is whether its subjects overlap with those of other streams (10065).
 */
export function checkStreamUpdate(input: StreamUpdateInput): Checked<StreamConfig> {
  const { limits, usage, current } = input;
  const decoded = decodeRequest(input.request, streamConfigRequestShape, input.reading);
  if (!decoded.ok) return decoded;
  const validated = validateStreamConfig(decoded.value, limits, input.find);
  if (!validated.ok) return validated;
  const asked = withStoredMetadata(validated.value);
  if (asked.name !== input.subjectName) return refused(jsError(10056));
  if (current === undefined) return refused(jsError(10059));

  const forbidden = forbiddenChange(current, asked);
  if (forbidden !== undefined) return refused(forbidden);
  const config = asked.sealed ? seal(asked) : asked;
  const problem =
    reservationProblem(config, limits, usage) ??
    consumersBeyondLimits(current, config, input.consumers) ??
    unsupportedInStream(config);
  return problem === undefined ? accepted(config) : refused(problem);
}

/** What can not change, and what nats-server says to it. */
const forbiddenChanges: readonly {
  isMade(current: StreamConfig, asked: StreamConfig): boolean;
  readonly text: string;
}[] = [
  {
    isMade: (current, asked) => asked.storage !== current.storage,
    text: "stream configuration update can not change storage type",
  },
  {
    isMade: (current, asked) =>
      asked.retention !== current.retention &&
      (asked.retention === "workqueue" || current.retention === "workqueue"),
    text: "stream configuration update can not change retention policy to/from workqueue",
  },
  {
    isMade: (current, asked) => current.sealed && !asked.sealed,
    text: "stream configuration update can not unseal a sealed stream",
  },
  {
    isMade: (current, asked) => current.deny_delete && !asked.deny_delete,
    text: "stream configuration update can not cancel deny message deletes",
  },
  {
    isMade: (current, asked) => current.deny_purge && !asked.deny_purge,
    text: "stream configuration update can not cancel deny purge",
  },
  {
    isMade: (current, asked) => current.allow_msg_ttl && !asked.allow_msg_ttl,
    text: "message TTL status can not be disabled",
  },
  {
    isMade: (current, asked) => asked.allow_msg_counter !== current.allow_msg_counter,
    text: "stream configuration update can not change message counter setting",
  },
  {
    isMade: (current, asked) => current.allow_msg_schedules && !asked.allow_msg_schedules,
    text: "message schedules can not be disabled",
  },
  {
    isMade: (current, asked) => asked.persist_mode !== current.persist_mode,
    text: "stream configuration update can not change persist mode",
  },
];

/** More replicas are accepted and change nothing, as nats-server up to 2.14 has it: one node has one copy. */
function forbiddenChange(current: StreamConfig, asked: StreamConfig): JsApiError | undefined {
  const change = forbiddenChanges.find((entry) => entry.isMade(current, asked));
  if (change !== undefined) return jsError(10052, { err: change.text });
  const isMirroredOtherwise = asked.mirror !== null && !isSameSource(asked.mirror, current.mirror);
  return isMirroredOtherwise ? jsError(10055) : undefined;
}

/** A sealed stream takes nothing in and lets nothing go. */
function seal(config: StreamConfig): StreamConfig {
  return {
    ...config,
    max_age: 0n,
    discard: "new",
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
  };
}

/** Whether consumers that exist would break consumer limits that change: error 10069 names them. */
function consumersBeyondLimits(
  current: StreamConfig,
  next: StreamConfig,
  consumers: StreamUpdateInput["consumers"],
): JsApiError | undefined {
  const { inactive_threshold: threshold, max_ack_pending: ackPending } = next.consumer_limits;
  const old = current.consumer_limits;
  const hasChanged =
    (threshold > 0n && threshold !== old.inactive_threshold) ||
    (ackPending > 0 && ackPending !== old.max_ack_pending);
  if (!hasChanged) return undefined;
  const beyond: string[] = [];
  for (const { name, config } of consumers) {
    const breaksThreshold = threshold > 0n && config.inactive_threshold > threshold;
    const breaksAckPending = ackPending > 0 && config.max_ack_pending > ackPending;
    if (breaksThreshold || breaksAckPending) beyond.push(name);
  }
  if (beyond.length === 0) return undefined;
  return jsError(10069, { err: `change to limits violates consumers: ${beyond.join(", ")}` });
}
