import { formatGoDuration, goQuote } from "@oxbow/wire/go-text";
import { hasWildcard, isValidSubject, subjectIsSubset } from "../../subjects/subject.ts";
import { consumerFilters, type DeliverPolicy } from "./consumer-config.ts";
import {
  type ConsumerContext,
  type ConsumerDraft,
  FLOW_CONTROL_HEARTBEAT,
} from "./consumer-defaults.ts";
import { type JsApiError, jsError } from "./errors.ts";
import { METADATA_SIZE_MAX, metadataSize } from "./metadata.ts";
import { DESCRIPTION_SIZE_MAX, isValidAssetName } from "./names.ts";

const HEARTBEAT_MIN = 100_000_000n;
const MAX_EXPIRES_MIN = 1_000_000n;
const groupName = /^[a-zA-Z0-9/_=-]{1,16}$/;

/** Whether it can be the name of a priority group. */
export function isPriorityGroupName(name: string): boolean {
  return groupName.test(name);
}

type Step = (draft: ConsumerDraft, context: ConsumerContext) => JsApiError | undefined;

/** In the order of nats-server, so that a request with several faults gets the same error from both. */
const steps: readonly Step[] = [
  checkNames,
  checkReplicas,
  checkAckTimes,
  checkFlowControlAcks,
  checkBackoff,
  (draft, context) =>
    draft.deliver_subject === "" ? checkPull(draft, context) : checkPush(draft, context),
  checkLimits,
  checkDirect,
  checkFilters,
  checkStart,
  checkSampling,
  checkMetadata,
  checkPriority,
];

/** Checks a consumer configuration, complete with defaults, against its stream and the account's limits. */
export function validateConsumerConfig(
  draft: ConsumerDraft,
  context: ConsumerContext,
): JsApiError | undefined {
  for (const step of steps) {
    const error = step(draft, context);
    if (error !== undefined) return error;
  }
  return undefined;
}

function invalid(err: string): JsApiError {
  return jsError(10052, { err });
}

function checkNames(draft: ConsumerDraft): JsApiError | undefined {
  const names = [
    ["consumer name", draft.name],
    ["consumer durable name", draft.durable_name],
  ] as const;
  for (const [what, name] of names) {
    if (name !== "" && !isValidAssetName(name)) {
      return invalid(`${what} can not contain '.', '*', '>', '\\', '/'`);
    }
  }
  return undefined;
}

function checkReplicas(draft: ConsumerDraft, { stream }: ConsumerContext): JsApiError | undefined {
  const { num_replicas: replicas } = draft;
  if (replicas > stream.num_replicas) return jsError(10126);
  if (replicas < 0) return jsError(10133);
  const mustMatch = stream.retention !== "limits" && replicas !== 0;
  return mustMatch && replicas !== stream.num_replicas ? jsError(10134) : undefined;
}

function checkAckTimes(draft: ConsumerDraft): JsApiError | undefined {
  if (draft.backoff.some((delay) => delay < 0n)) return jsError(10184);
  return draft.ack_wait < 0n ? jsError(10183) : undefined;
}

function checkFlowControlAcks(draft: ConsumerDraft): JsApiError | undefined {
  if (draft.ack_policy !== "flow_control") return undefined;
  if (draft.deliver_subject === "") return jsError(10218);
  if (!draft.flow_control) return jsError(10219);
  if (draft.idle_heartbeat !== FLOW_CONTROL_HEARTBEAT) {
    return invalid("flow control ack policy heartbeat needs to be 1s");
  }
  if (draft.max_ack_pending <= 0) return jsError(10220);
  if (draft.ack_wait !== 0n || draft.backoff.length > 0) return jsError(10221);
  return draft.max_deliver > 0 ? jsError(10222) : undefined;
}

function checkBackoff(draft: ConsumerDraft): JsApiError | undefined {
  if (draft.max_deliver !== -1 && draft.backoff.length > draft.max_deliver) return jsError(10116);
  return Buffer.byteLength(draft.description) > DESCRIPTION_SIZE_MAX
    ? jsError(10107, { max: DESCRIPTION_SIZE_MAX })
    : undefined;
}

function checkPush(draft: ConsumerDraft, { stream }: ConsumerContext): JsApiError | undefined {
  const { deliver_subject: subject } = draft;
  if (hasWildcard(subject)) return jsError(10079);
  if (!isValidSubject(subject)) return jsError(10112);
  if (stream.subjects.some((own) => subjectIsSubset(subject, own))) return jsError(10081);
  if (draft.max_waiting !== 0) return jsError(10080);
  if (draft.max_ack_pending > 0 && draft.ack_policy === "none") return jsError(10082);
  const isTooOften = draft.idle_heartbeat > 0n && draft.idle_heartbeat < HEARTBEAT_MIN;
  return isTooOften ? jsError(10083) : undefined;
}

function checkPull(draft: ConsumerDraft, context: ConsumerContext): JsApiError | undefined {
  const { stream, limits } = context;
  if (draft.ack_policy === "none" && stream.retention === "workqueue") return jsError(10084);
  if (draft.rate_limit_bps > 0) return jsError(10086);
  if (draft.idle_heartbeat > 0n) return jsError(10088);
  if (draft.flow_control) return jsError(10089);
  if (draft.max_expires !== 0n && draft.max_expires < MAX_EXPIRES_MIN) return jsError(10115);
  const isTooMany = limits.requestBatchMax > 0 && draft.max_batch > limits.requestBatchMax;
  return isTooMany ? jsError(10125, { limit: limits.requestBatchMax }) : undefined;
}

function checkLimits(draft: ConsumerDraft, context: ConsumerContext): JsApiError | undefined {
  const { limits, stream } = context;
  const { max_ack_pending: streamMax, inactive_threshold: threshold } = stream.consumer_limits;
  for (const limit of [limits.serverAckPendingMax, limits.ackPendingMax, streamMax]) {
    if (limit > 0 && draft.max_ack_pending > limit) return jsError(10121, { limit });
  }
  if (threshold > 0n && draft.inactive_threshold > threshold) {
    return jsError(10153, { limit: formatGoDuration(threshold) });
  }
  return undefined;
}

function checkDirect(draft: ConsumerDraft): JsApiError | undefined {
  if (!draft.direct) return undefined;
  if (draft.deliver_subject === "") return jsError(10090);
  return draft.durable_name === "" ? undefined : jsError(10091);
}

function checkFilters(draft: ConsumerDraft): JsApiError | undefined {
  const { filter_subject: single, filter_subjects: several } = draft;
  if (single !== "" && several.length > 0) return jsError(10136);
  if (single !== "" && !isValidSubject(single)) return invalid("invalid subject");
  if (several.includes("")) return jsError(10139);
  const filters = consumerFilters(draft);
  for (const [index, filter] of filters.entries()) {
    if (!isValidSubject(filter)) return invalid("invalid subject");
    const isCovered = filters.some(
      (other, otherIndex) => otherIndex !== index && subjectIsSubset(filter, other),
    );
    if (isCovered) return jsError(10138);
  }
  return undefined;
}

const policyNames: Readonly<Record<DeliverPolicy, string>> = {
  all: "all",
  last: "last",
  new: "new",
  last_per_subject: "last per subject",
  by_start_sequence: "by start sequence",
  by_start_time: "by start time",
};

/** Where delivery starts must be said once, in the way the policy asks for. */
function checkStart(draft: ConsumerDraft): JsApiError | undefined {
  const { deliver_policy: policy } = draft;
  const hasSequence = draft.opt_start_seq > 0;
  const hasTime = draft.opt_start_time !== null;
  const name = policyNames[policy];
  const missing = (what: string): JsApiError =>
    jsError(10094, {
      err: `consumer delivery policy is deliver ${name}, but optional ${what} is not set`,
    });
  const contrary = (what: string): JsApiError =>
    jsError(10094, {
      err: `consumer delivery policy is deliver ${name}, but optional start ${what} is also set`,
    });
  if (policy === "by_start_sequence") {
    if (!hasSequence) return missing("start sequence");
    return hasTime ? contrary("time") : undefined;
  }
  if (policy === "by_start_time") {
    if (!hasTime) return missing("start time");
    return hasSequence ? contrary("start sequence") : undefined;
  }
  if (hasSequence) return contrary("sequence");
  if (hasTime) return contrary("time");
  const needsFilter = policy === "last_per_subject" && consumerFilters(draft).length === 0;
  return needsFilter ? missing("filter subject") : undefined;
}

/** Why `percent` is no sampling frequency. Go's words, of which there are none for a negative number. */
function sampleProblem(percent: string): string | undefined {
  const isInteger = /^[+-]?\d+$/.test(percent);
  const isLarge = Math.abs(Number(percent)) >= 2 ** 63;
  if (isInteger && !isLarge) return Number(percent) < 0 ? "<nil>" : undefined;
  const why = isInteger ? "value out of range" : "invalid syntax";
  return `strconv.Atoi: parsing ${goQuote(percent)}: ${why}`;
}

function checkSampling(draft: ConsumerDraft): JsApiError | undefined {
  if (draft.sample_freq !== "") {
    const percent = draft.sample_freq.replace(/%$/, "");
    const problem = sampleProblem(percent);
    if (problem !== undefined) return jsError(10095, { err: problem });
  }
  if (draft.flow_control && draft.idle_heartbeat === 0n) return jsError(10108);
  const differs =
    draft.durable_name !== "" && draft.name !== "" && draft.name !== draft.durable_name;
  return differs ? jsError(10132) : undefined;
}

function checkMetadata(draft: ConsumerDraft): JsApiError | undefined {
  return metadataSize(draft.metadata) > METADATA_SIZE_MAX
    ? jsError(10135, { limit: `${METADATA_SIZE_MAX / 1024}KB` })
    : undefined;
}

function checkPriority(draft: ConsumerDraft): JsApiError | undefined {
  if (draft.priority_policy === "none") {
    if (draft.priority_groups.length > 0) return jsError(10196);
    return draft.priority_timeout > 0n ? jsError(10197) : undefined;
  }
  if (draft.deliver_subject !== "") return jsError(10178);
  if (draft.priority_groups.length === 0) return jsError(10159);
  for (const group of draft.priority_groups) {
    if (group === "") return jsError(10161);
    if (!isPriorityGroupName(group)) return jsError(10162);
  }
  return undefined;
}
