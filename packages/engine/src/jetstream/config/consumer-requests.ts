import { isSameInstant, type Timestamp } from "../../time/timestamp.ts";
import {
  type ConsumerAction,
  type ConsumerConfig,
  type ConsumerCreateRequest,
  consumerCreateRequestShape,
  consumerRequiredLevel,
  storedConsumerConfig,
} from "./consumer-config.ts";
import {
  type ConsumerDraft,
  fillConsumerDefaults,
  INACTIVE_THRESHOLD_DEFAULT,
} from "./consumer-defaults.ts";
import { validateConsumerConfig } from "./consumer-validate.ts";
import { accepted, type Checked, type JsApiError, jsError, refused } from "./errors.ts";
import type { JetStreamLimits } from "./limits.ts";
import { storedMetadata } from "./metadata.ts";
import { hasPathSeparator, LONG_NAME_SIZE_MAX, NAME_SIZE_MAX } from "./names.ts";
import { decodeRequest, type RequestReading } from "./request-body.ts";
import type { StreamConfig } from "./stream-config.ts";
import { unsupportedInConsumer } from "./surface.ts";
import { isShared, workQueueProblem } from "./work-queue-consumers.ts";

/** What the subject of a request to create a consumer says. */
export interface ConsumerCreateSubject {
  /**
   * `create` for `$JS.API.CONSUMER.CREATE.S.C[.<filter>]`, `durable` for `$JS.API.CONSUMER.DURABLE.CREATE.S.C`,
   * `ephemeral` for `$JS.API.CONSUMER.CREATE.S`, which names no consumer.
   */
  readonly api: "create" | "durable" | "ephemeral";
  readonly stream: string;
  /** `""` for `ephemeral`. */
  readonly consumer: string;
  /** `""` if the subject has none. */
  readonly filter: string;
}

/** What a request to create a consumer is checked against. */
export interface ConsumerCreateInput {
  readonly request: Buffer;
  readonly subject: ConsumerCreateSubject;
  readonly limits: JetStreamLimits;
  /** How the request is read; strictly without it. */
  readonly reading?: RequestReading;
  /** The configuration of the stream that the subject names, if it exists. */
  readonly stream: StreamConfig | undefined;
  /** How many consumers the stream has that count against limits: neither direct nor sourcing ones. */
  readonly consumerCount: number;
  /** Finds the configuration of a consumer of the stream. */
  readonly find: (name: string) => ConsumerConfig | undefined;
  /** Letters that make a name unique. */
  readonly randomSuffix: () => string;
  /** Whether anybody subscribes to what is published on a literal subject. */
  readonly hasInterest: (subject: string) => boolean;
  /** The consumers of the stream by name. */
  readonly consumers: Iterable<readonly [string, { readonly config: ConsumerConfig }]>;
}

/** What to do for a request to create a consumer. */
export interface ConsumerDecision {
  /** `keep`: there is such a consumer already, with this configuration; it answers as if it were new. */
  readonly action: "create" | "update" | "keep";
  /**
   * Complete. Its `name` is empty if the server is to make one up, and stays so in answers: the name is told beside the
   * configuration.
   */
  readonly config: ConsumerConfig;
}

/** Checks a request to create or update a consumer, in the order of nats-server, and fills in defaults. */
export function checkConsumerCreate(input: ConsumerCreateInput): Checked<ConsumerDecision> {
  const decoded = decodeRequest(input.request, consumerCreateRequestShape, input.reading);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const named = nameFromSubject(request, input.subject);
  if (!named.ok) return named;
  const draft: ConsumerDraft = { ...named.value };
  if (draft.num_replicas > 1) return refused(jsError(10074));
  const { stream, limits } = input;
  if (stream === undefined) return refused(jsError(10059));

  adaptSourcing(draft, stream, input);
  const existing = draft.name === "" ? undefined : input.find(draft.name);
  if (existing !== undefined) keepFixed(draft, existing);
  draft.metadata = storedMetadata(draft.metadata, consumerRequiredLevel(draft));
  const context = { stream, limits, isPedantic: request.pedantic };
  const problem = fillConsumerDefaults(draft, context) ?? validateConsumerConfig(draft, context);
  if (problem !== undefined) return refused(problem);
  if (existing !== undefined) return decideUpdate(existing, draft, request.action, input);
  if (request.action === "update") return refused(jsError(10149));
  const creation = creationProblem(draft, stream, input);
  return creation === undefined ? decideCreate(draft) : refused(creation);
}

/** The configuration of a consumer that is to be paused until then, or resumed with `null`. */
export function pausedConfig(config: ConsumerConfig, until: Timestamp | null): ConsumerConfig {
  const paused = { ...config, pause_until: until };
  return {
    ...paused,
    metadata: storedMetadata(config.metadata, consumerRequiredLevel(paused)),
  };
}

/**
 * What a consumer is that feeds a stream elsewhere: one that is made anew each time it is needed gets a name of its own,
 * but where messages go once they are acknowledged, it is durable and has them acknowledged (ADR-60).
 */
function adaptSourcing(
  draft: ConsumerDraft,
  stream: StreamConfig,
  { randomSuffix }: ConsumerCreateInput,
): void {
  if (!draft.direct || !draft.sourcing || draft.name === "") return;
  if (stream.retention === "limits") {
    draft.name = `${draft.name}-${randomSuffix()}`;
    return;
  }
  draft.direct = false;
  draft.durable_name = draft.name;
  draft.ack_policy = "flow_control";
  draft.ack_wait = 0n;
  draft.max_deliver = 0;
  draft.inactive_threshold = 0n;
}

/** What a request can't change of a consumer that exists, and leaves as it is. */
function keepFixed(draft: ConsumerDraft, existing: ConsumerConfig): void {
  draft.pause_until = existing.pause_until; // Only a pause request changes it.
  if (!draft.sourcing || draft.durable_name === "") return;
  draft.deliver_policy = existing.deliver_policy;
  draft.opt_start_seq = existing.opt_start_seq;
  draft.opt_start_time = existing.opt_start_time;
}

/** Completes the configuration with the name in the subject, after checking that the two agree. */
function nameFromSubject(
  request: ConsumerCreateRequest,
  subject: ConsumerCreateSubject,
): Checked<ConsumerConfig> {
  const { config } = request;
  const name = subject.api === "ephemeral" ? config.name : subject.consumer;
  const problem = subjectProblem(request, subject, name);
  return problem === undefined ? accepted({ ...config, name }) : refused(problem);
}

function subjectProblem(
  { stream_name: streamName, config }: ConsumerCreateRequest,
  subject: ConsumerCreateSubject,
  name: string,
): JsApiError | undefined {
  if (streamName !== subject.stream) return jsError(10056);
  if (hasPathSeparator(name)) return jsError(10127);
  const { durable_name: durable } = config;
  if (subject.api === "durable" && durable === "") return jsError(10018);
  if (subject.api === "ephemeral" && durable !== "") return jsError(10020);
  if (durable !== "" && durable !== name) return jsError(10017);
  if (subject.filter === "") return undefined;
  if (config.filter_subjects.length > 0) return jsError(10137);
  return config.filter_subject === subject.filter ? undefined : jsError(10131);
}

function decideUpdate(
  existing: ConsumerConfig,
  draft: ConsumerDraft,
  action: ConsumerAction,
  { stream, consumers, hasInterest }: ConsumerCreateInput,
): Checked<ConsumerDecision> {
  if (action === "create" && !storedConsumerConfig.equals(existing, draft)) {
    return refused(jsError(10148));
  }
  if (stream?.retention === "workqueue" && isShared(draft, consumers)) {
    return refused(jsError(10100));
  }
  const problem = changeProblem(existing, draft, hasInterest);
  if (problem !== undefined) return refused(problem);
  const decided = decideCreate(draft);
  if (!decided.ok) return decided;
  const { config } = decided.value;
  const isSame = storedConsumerConfig.equals(existing, config);
  return accepted({ action: isSame ? "keep" : "update", config: isSame ? existing : config });
}

function changeProblem(
  existing: ConsumerConfig,
  draft: ConsumerConfig,
  hasInterest: (subject: string) => boolean,
): JsApiError | undefined {
  const change = forbiddenChanges.find(({ isMade }) => isMade(existing, draft));
  if (change !== undefined) return jsError(10012, { err: change.text });
  const { deliver_subject: subject } = existing;
  // Somebody who listens there would get nothing any more.
  if (draft.deliver_subject !== subject && hasInterest(subject)) return jsError(10013);
  const isWaitingChanged = existing.max_waiting !== draft.max_waiting;
  return isWaitingChanged ? jsError(10012, { err: "max waiting can not be updated" }) : undefined;
}

/** What can not change, and what nats-server says to it. */
const forbiddenChanges: readonly {
  isMade(existing: ConsumerConfig, asked: ConsumerConfig): boolean;
  readonly text: string;
}[] = [
  {
    isMade: (a, b) => a.deliver_policy !== b.deliver_policy,
    text: "deliver policy can not be updated",
  },
  { isMade: (a, b) => a.mem_storage !== b.mem_storage, text: "storage type can not be updated" },
  { isMade: (a, b) => a.direct !== b.direct, text: "direct can not be updated" },
  { isMade: (a, b) => a.sourcing !== b.sourcing, text: "sourcing can not be updated" },
  {
    isMade: (a, b) => a.opt_start_seq !== b.opt_start_seq,
    text: "start sequence can not be updated",
  },
  {
    isMade: (a, b) => !isSameInstant(a.opt_start_time, b.opt_start_time),
    text: "start time can not be updated",
  },
  { isMade: (a, b) => a.ack_policy !== b.ack_policy, text: "ack policy can not be updated" },
  {
    isMade: (a, b) => a.replay_policy !== b.replay_policy,
    text: "replay policy can not be updated",
  },
  {
    isMade: (a, b) => a.idle_heartbeat !== b.idle_heartbeat,
    text: "heart beats can not be updated",
  },
  { isMade: (a, b) => a.flow_control !== b.flow_control, text: "flow control can not be updated" },
  {
    isMade: (a, b) => a.deliver_subject === "" && b.deliver_subject !== "",
    text: "can not update pull consumer to push based",
  },
  {
    isMade: (a, b) => a.deliver_subject !== "" && b.deliver_subject === "",
    text: "can not update push consumer to pull based",
  },
];

function creationProblem(
  draft: ConsumerDraft,
  stream: StreamConfig,
  { limits, consumerCount, consumers }: ConsumerCreateInput,
): JsApiError | undefined {
  const isAccountStricter = limits.consumersMax > 0 && limits.consumersMax < stream.max_consumers;
  const hasOwn = stream.max_consumers > 0 && !isAccountStricter;
  const max = hasOwn ? stream.max_consumers : limits.consumersMax;
  if (max > 0 && consumerCount >= max) return jsError(10026);
  if (stream.retention === "workqueue") {
    const problem = workQueueProblem(draft, consumerCount, consumers);
    if (problem !== undefined) return problem;
  }
  return nameProblem(draft, stream);
}

/**
 * Consumers in memory may have longer names than durable ones, as in nats-server, where the name of one on disk must be
 * that of a directory.
 */
function nameProblem(draft: ConsumerDraft, stream: StreamConfig): JsApiError | undefined {
  const size = Buffer.byteLength(draft.name);
  if (size <= NAME_SIZE_MAX) return undefined;
  const isInMemory = draft.mem_storage || draft.direct || stream.storage === "memory";
  if (draft.durable_name !== "") return jsError(10102, { max: NAME_SIZE_MAX });
  if (!isInMemory) return jsError(10012, { err: "error creating store for consumer" });
  return size > LONG_NAME_SIZE_MAX ? jsError(10102, { max: LONG_NAME_SIZE_MAX }) : undefined;
}

function decideCreate(draft: ConsumerDraft): Checked<ConsumerDecision> {
  // Ephemerals always go some time after their clients have gone.
  if (draft.durable_name === "" && draft.inactive_threshold === 0n) {
    draft.inactive_threshold = INACTIVE_THRESHOLD_DEFAULT;
  }
  const unsupported = unsupportedInConsumer(draft);
  return unsupported === undefined
    ? accepted({ action: "create", config: draft })
    : refused(unsupported);
}
