import type { ConsumerConfig } from "./consumer-config.ts";
import { type JsApiError, jsError } from "./errors.ts";
import type { JetStreamLimits } from "./limits.ts";
import type { StreamConfig } from "./stream-config.ts";

const ACK_WAIT_DEFAULT = 30_000_000_000n;
const MAX_ACK_PENDING_DEFAULT = 1000;
const MAX_WAITING_DEFAULT = 512;
const PRIORITY_TIMEOUT_DEFAULT = 120_000_000_000n;

/** The one heartbeat that consumers with flow control acks can have, in nanoseconds. */
export const FLOW_CONTROL_HEARTBEAT = 1_000_000_000n;

/** How long an ephemeral consumer may be without interest, in nanoseconds, where nothing else is said. */
export const INACTIVE_THRESHOLD_DEFAULT = 5_000_000_000n;

/** A configuration on its way from what was asked for to what will be. */
export type ConsumerDraft = { -readonly [Name in keyof ConsumerConfig]: ConsumerConfig[Name] };

/** What defaults depend on. */
export interface ConsumerContext {
  readonly stream: StreamConfig;
  readonly limits: JetStreamLimits;
  /** Whether a value that would be adjusted is refused instead. */
  readonly isPedantic: boolean;
}

/** Fills in what the request left open, and brings what is out of range to the nearest value that means the same. */
export function fillConsumerDefaults(
  draft: ConsumerDraft,
  context: ConsumerContext,
): JsApiError | undefined {
  return (
    raiseNegatives(draft, context) ??
    fillAckWait(draft, context) ??
    fillFromStream(draft, context) ??
    fillFromLimits(draft, context)
  );
}

function pedantic(err: string): JsApiError {
  return jsError(10157, { err });
}

function raiseNegatives(
  draft: ConsumerDraft,
  { isPedantic }: ConsumerContext,
): JsApiError | undefined {
  if (isPedantic) {
    const problem = negativeProblem(draft);
    if (problem !== undefined) return pedantic(problem);
  }
  if (draft.max_deliver < 1) draft.max_deliver = -1;
  draft.max_waiting = Math.max(draft.max_waiting, 0);
  draft.max_ack_pending = Math.max(draft.max_ack_pending, -1);
  draft.max_batch = Math.max(draft.max_batch, 0);
  draft.max_bytes = Math.max(draft.max_bytes, 0);
  for (const name of durations) if (draft[name] < 0n) draft[name] = 0n;
  return undefined;
}

const durations = [
  "max_expires",
  "idle_heartbeat",
  "inactive_threshold",
  "priority_timeout",
] as const;

function negativeProblem(draft: ConsumerDraft): string | undefined {
  if (draft.max_deliver < -1) return "max_deliver must be set to -1";
  if (draft.max_waiting < 0) return "max_waiting must not be negative";
  if (draft.max_ack_pending < -1) return "max_ack_pending must be set to -1";
  if (draft.max_batch < 0) return "max_batch must not be negative";
  if (draft.max_expires < 0n) return "max_expires must not be negative";
  if (draft.max_bytes < 0) return "max_bytes must not be negative";
  const negative = durations.find((name) => draft[name] < 0n);
  return negative === undefined ? undefined : `${negative} must not be negative`;
}

function fillAckWait(
  draft: ConsumerDraft,
  { isPedantic }: ConsumerContext,
): JsApiError | undefined {
  if (draft.deliver_subject === "" && draft.max_waiting === 0) {
    draft.max_waiting = MAX_WAITING_DEFAULT;
  }
  const expectsAcks = draft.ack_policy === "explicit" || draft.ack_policy === "all";
  if (draft.ack_wait === 0n && expectsAcks) draft.ack_wait = ACK_WAIT_DEFAULT;
  const [firstBackoff] = draft.backoff;
  if (firstBackoff === undefined) return undefined;
  if (isPedantic && draft.ack_wait !== firstBackoff) {
    return pedantic("first backoff value has to equal batch AckWait");
  }
  draft.ack_wait = firstBackoff;
  return undefined;
}

function fillFromStream(draft: ConsumerDraft, context: ConsumerContext): JsApiError | undefined {
  const { isPedantic, stream } = context;
  const { max_ack_pending: maxAckPending, inactive_threshold: threshold } = stream.consumer_limits;
  if (draft.max_ack_pending === 0) {
    if (isPedantic && maxAckPending > 0) {
      return pedantic("max_ack_pending must be set if it's configured in stream limits");
    }
    draft.max_ack_pending = maxAckPending;
  }
  if (draft.inactive_threshold === 0n) {
    if (isPedantic && threshold > 0n) {
      return pedantic("inactive_threshold must be set if it's configured in stream limits");
    }
    draft.inactive_threshold = threshold;
  }
  return undefined;
}

function fillFromLimits(draft: ConsumerDraft, context: ConsumerContext): JsApiError | undefined {
  const { isPedantic, limits } = context;
  if (draft.max_ack_pending === 0 && draft.ack_policy !== "none") {
    const isBelow = limits.ackPendingMax > 0 && limits.ackPendingMax < MAX_ACK_PENDING_DEFAULT;
    draft.max_ack_pending = isBelow ? limits.ackPendingMax : MAX_ACK_PENDING_DEFAULT;
  }
  if (draft.deliver_subject === "" && draft.max_batch === 0 && limits.requestBatchMax > 0) {
    if (isPedantic) {
      return pedantic("max_request_batch must be set if it's JetStream limits are set");
    }
    draft.max_batch = limits.requestBatchMax;
  }
  if (draft.priority_policy === "pinned_client" && draft.priority_timeout === 0n) {
    draft.priority_timeout = PRIORITY_TIMEOUT_DEFAULT;
  }
  if (draft.ack_policy === "flow_control" && !isPedantic) {
    draft.flow_control = true;
    draft.idle_heartbeat = FLOW_CONTROL_HEARTBEAT;
  }
  return undefined;
}
