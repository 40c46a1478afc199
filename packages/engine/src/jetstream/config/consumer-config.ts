import { listOf, type TextMap, textMap } from "../../json/collection-shapes.ts";
import { choice, duration, flag, integer, text, timestamp } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, type Fields, optional, struct } from "../../json/struct-shape.ts";
import { isSet, type Timestamp } from "../../time/timestamp.ts";
import { type StoredConfig, storedConfig } from "./stored-config.ts";

export type DeliverPolicy =
  | "all"
  | "last"
  | "new"
  | "by_start_sequence"
  | "by_start_time"
  | "last_per_subject";
export type AckPolicy = "none" | "all" | "explicit" | "flow_control";
export type ReplayPolicy = "instant" | "original";
export type PriorityPolicy = "none" | "overflow" | "pinned_client" | "prioritized";

/**
 * The configuration of a consumer, in the words of the wire. All members are always there: what is not set is `""`, `0`,
 * `false`, `null` or empty. Durations are nanoseconds as `bigint`, as in {@link StreamConfig}.
 */
export interface ConsumerConfig {
  /** Set for consumers that outlive their clients; then `name` says the same. */
  readonly durable_name: string;
  readonly name: string;
  readonly description: string;
  readonly deliver_policy: DeliverPolicy;
  readonly opt_start_seq: number;
  readonly opt_start_time: Timestamp | null;
  readonly ack_policy: AckPolicy;
  /** 0 only where acks are not asked for. */
  readonly ack_wait: bigint;
  /** -1 for no limit. */
  readonly max_deliver: number;
  readonly backoff: readonly bigint[];
  readonly filter_subject: string;
  readonly filter_subjects: readonly string[];
  readonly replay_policy: ReplayPolicy;
  readonly rate_limit_bps: number;
  readonly sample_freq: string;
  readonly max_waiting: number;
  /** -1 for no limit; 0 only where acks are not asked for. */
  readonly max_ack_pending: number;
  readonly flow_control: boolean;
  readonly headers_only: boolean;
  /** 0 for no limit, as for `max_expires` and `max_bytes`. */
  readonly max_batch: number;
  readonly max_expires: bigint;
  readonly max_bytes: number;
  readonly deliver_subject: string;
  readonly deliver_group: string;
  readonly idle_heartbeat: bigint;
  /** 0 for durables that never go by themselves. */
  readonly inactive_threshold: bigint;
  /** 0 for as many as the stream has. */
  readonly num_replicas: number;
  readonly mem_storage: boolean;
  readonly direct: boolean;
  readonly sourcing: boolean;
  readonly metadata: TextMap;
  readonly pause_until: Timestamp | null;
  readonly priority_groups: readonly string[];
  readonly priority_policy: PriorityPolicy;
  readonly priority_timeout: bigint;
}

/** Whether a request may create a consumer, change one, or both (`""`). */
export type ConsumerAction = "" | "create" | "update";

/** A request to create or update a consumer. */
export interface ConsumerCreateRequest {
  readonly stream_name: string;
  readonly config: ConsumerConfig;
  readonly action: ConsumerAction;
  /** Whether values the server would adjust are refused instead (10157). */
  readonly pedantic: boolean;
}

const deliverPolicy = choice<DeliverPolicy>(
  ["all", "last", "new", "by_start_sequence", "by_start_time", "last_per_subject"],
  { aliases: { '"undefined"': "all" } },
);

const priorityPolicy = choice<PriorityPolicy>(
  ["none", "overflow", "pinned_client", "prioritized"],
  { explain: (raw) => `unknown priority policy: ${raw}` },
);

const fields: Fields<ConsumerConfig> = {
  durable_name: optional(text),
  name: optional(text),
  description: optional(text),
  deliver_policy: always(deliverPolicy),
  opt_start_seq: optional(integer("uint64")),
  opt_start_time: optional(timestamp),
  ack_policy: always(choice<AckPolicy>(["none", "all", "explicit", "flow_control"])),
  ack_wait: optional(duration),
  max_deliver: optional(integer("int")),
  backoff: optional(listOf(duration)),
  filter_subject: optional(text),
  filter_subjects: optional(listOf(text)),
  replay_policy: always(choice<ReplayPolicy>(["instant", "original"])),
  rate_limit_bps: optional(integer("uint64")),
  sample_freq: optional(text),
  max_waiting: optional(integer("int")),
  max_ack_pending: optional(integer("int")),
  flow_control: optional(flag),
  headers_only: optional(flag),
  max_batch: optional(integer("int")),
  max_expires: optional(duration),
  max_bytes: optional(integer("int")),
  deliver_subject: optional(text),
  deliver_group: optional(text),
  idle_heartbeat: optional(duration),
  inactive_threshold: optional(duration),
  num_replicas: always(integer("int")),
  mem_storage: optional(flag),
  direct: optional(flag),
  sourcing: optional(flag),
  metadata: optional(textMap),
  pause_until: optional(timestamp),
  priority_groups: optional(listOf(text)),
  priority_policy: optional(priorityPolicy),
  priority_timeout: optional(duration),
};

/** A configuration as answers have it, and the store, and archives. */
export const consumerConfigShape: Shape<ConsumerConfig> = struct("ConsumerConfig", fields);

/** The body of a create or update request. */
export const consumerCreateRequestShape: Shape<ConsumerCreateRequest> = struct(
  "CreateConsumerRequest",
  {
    stream_name: always(text),
    config: always(consumerConfigShape),
    action: always(
      choice<ConsumerAction>(["", "create", "update"], {
        explain: (raw) => `unknown consumer action: ${raw}`,
      }),
    ),
    pedantic: optional(flag),
  },
);

/** The API level that a server needs for what `config` asks for. */
export function consumerRequiredLevel(config: ConsumerConfig): number {
  if (config.ack_policy === "flow_control") return 4;
  const needsLevel1 =
    isSet(config.pause_until) ||
    config.priority_policy !== "none" ||
    config.priority_timeout !== 0n ||
    config.priority_groups.length > 0;
  return needsLevel1 ? 1 : 0;
}

/** The subjects that a consumer is for; none means all of the stream. */
export function consumerFilters(config: ConsumerConfig): readonly string[] {
  return config.filter_subject === ""
    ? config.filter_subjects
    : [...config.filter_subjects, config.filter_subject];
}

/** The configuration as it is answered, stored and compared. */
export const storedConsumerConfig: StoredConfig<ConsumerConfig> = storedConfig(consumerConfigShape);
