import { listOf, nullable, type TextMap, textMap } from "../../json/collection-shapes.ts";
import { choice, duration, flag, integer, text, timestamp } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, embedded, type Fields, optional, struct } from "../../json/struct-shape.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { type StoredConfig, storedConfig } from "./stored-config.ts";

export type RetentionPolicy = "limits" | "interest" | "workqueue";
export type DiscardPolicy = "old" | "new";
export type StorageType = "file" | "memory";

/** Where a stream should live in a cluster. */
export interface Placement {
  readonly cluster: string;
  /** `null` if they were not mentioned: an empty list is another placement. */
  readonly tags: readonly string[] | null;
  readonly preferred: string;
}

/** How subjects are rewritten. */
export interface SubjectTransform {
  readonly src: string;
  readonly dest: string;
}

/** A stream to mirror or to source from. */
export interface StreamSource {
  readonly name: string;
  readonly opt_start_seq: number;
  readonly opt_start_time: Timestamp | null;
  readonly filter_subject: string;
  readonly subject_transforms: readonly SubjectTransform[];
  readonly external: { readonly api: string; readonly deliver: string } | null;
  readonly consumer: { readonly name: string; readonly deliver_subject: string } | null;
}

/** What of a stream's messages is published again, and where. */
export interface Republish {
  readonly src: string;
  readonly dest: string;
  readonly headers_only: boolean;
}

/** Greatest values for the consumers of a stream, and their defaults; 0 is none. */
export interface ConsumerLimits {
  readonly inactive_threshold: bigint;
  readonly max_ack_pending: number;
}

/**
 * The configuration of a stream, in the words of the wire. All members are always there: what is not set is `""`, `0`,
 * `-1` for a limit, `false`, `null` or empty.
 *
 * Durations are nanoseconds as `bigint`, since 105 days do not fit into a double and must come back digit for digit;
 * `nsToMs` converts where they are used. Counts and sizes are integers below 2^53.
 */
export interface StreamConfig {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly retention: RetentionPolicy;
  readonly max_consumers: number;
  readonly max_msgs: number;
  readonly max_bytes: number;
  readonly max_age: bigint;
  readonly max_msgs_per_subject: number;
  readonly max_msg_size: number;
  readonly discard: DiscardPolicy;
  readonly storage: StorageType;
  readonly num_replicas: number;
  readonly no_ack: boolean;
  readonly duplicate_window: bigint;
  readonly placement: Placement | null;
  readonly mirror: StreamSource | null;
  readonly sources: readonly StreamSource[];
  readonly compression: "none" | "s2";
  readonly first_seq: number;
  readonly subject_transform: SubjectTransform | null;
  readonly republish: Republish | null;
  readonly allow_direct: boolean;
  readonly mirror_direct: boolean;
  readonly discard_new_per_subject: boolean;
  readonly sealed: boolean;
  readonly deny_delete: boolean;
  readonly deny_purge: boolean;
  readonly allow_rollup_hdrs: boolean;
  readonly consumer_limits: ConsumerLimits;
  readonly allow_msg_ttl: boolean;
  readonly subject_delete_marker_ttl: bigint;
  readonly allow_msg_counter: boolean;
  readonly allow_atomic: boolean;
  readonly allow_msg_schedules: boolean;
  readonly persist_mode: "default" | "async";
  readonly allow_batched: boolean;
  readonly metadata: TextMap;
}

/** A request to create or update a stream. */
export interface StreamConfigRequest extends StreamConfig {
  /** Whether values the server would adjust are refused instead (10157). */
  readonly pedantic: boolean;
}

/** Knows whether it was mentioned, and is left out when empty. */
const tags: Shape<readonly string[] | null> = {
  ...nullable(listOf(text)),
  isEmpty: (value) => value === null || value.length === 0,
};

const placement: Shape<Placement> = struct<Placement>("Placement", {
  cluster: optional(text),
  tags: optional(tags),
  preferred: optional(text),
});

const subjectTransform: Shape<SubjectTransform> = struct<SubjectTransform>(
  "SubjectTransformConfig",
  { src: always(text), dest: always(text) },
);

const streamSource: Shape<StreamSource> = struct<StreamSource>("StreamSource", {
  name: always(text),
  opt_start_seq: optional(integer("uint64")),
  opt_start_time: optional(timestamp),
  filter_subject: optional(text),
  subject_transforms: optional(listOf(subjectTransform)),
  external: optional(
    nullable(
      struct<{ api: string; deliver: string }>("ExternalStream", {
        api: always(text),
        deliver: always(text),
      }),
    ),
  ),
  consumer: optional(
    nullable(
      struct<{ name: string; deliver_subject: string }>("StreamConsumerSource", {
        name: optional(text),
        deliver_subject: optional(text),
      }),
    ),
  ),
});

const republish: Shape<Republish> = struct<Republish>("RePublish", {
  src: optional(text),
  dest: always(text),
  headers_only: optional(flag),
});

const compression = choice<"none" | "s2">(["none", "s2"], {
  explain: () => "unknown compression algorithm",
});

const fields: Fields<StreamConfig> = {
  name: always(text),
  description: optional(text),
  subjects: optional(listOf(text)),
  retention: always(choice<RetentionPolicy>(["limits", "interest", "workqueue"])),
  max_consumers: always(integer("int")),
  max_msgs: always(integer("int64")),
  max_bytes: always(integer("int64")),
  max_age: always(duration),
  max_msgs_per_subject: always(integer("int64")),
  max_msg_size: optional(integer("int32")),
  discard: always(choice<DiscardPolicy>(["old", "new"], { ignoresCase: true })),
  storage: always(choice<StorageType>(["file", "memory"])),
  num_replicas: always(integer("int")),
  no_ack: optional(flag),
  duplicate_window: optional(duration),
  placement: optional(nullable(placement)),
  mirror: optional(nullable(streamSource)),
  sources: optional(listOf(streamSource, "[]*server.StreamSource")),
  compression: always(compression),
  first_seq: optional(integer("uint64")),
  subject_transform: optional(nullable(subjectTransform)),
  republish: optional(nullable(republish)),
  allow_direct: always(flag),
  mirror_direct: always(flag),
  discard_new_per_subject: optional(flag),
  sealed: always(flag),
  deny_delete: always(flag),
  deny_purge: always(flag),
  allow_rollup_hdrs: always(flag),
  consumer_limits: always(
    struct<ConsumerLimits>("StreamConsumerLimits", {
      inactive_threshold: optional(duration),
      max_ack_pending: optional(integer("int")),
    }),
  ),
  allow_msg_ttl: always(flag),
  subject_delete_marker_ttl: optional(duration),
  allow_msg_counter: optional(flag),
  allow_atomic: optional(flag),
  allow_msg_schedules: optional(flag),
  persist_mode: optional(
    choice<"default" | "async">(["default", "async"], { aliases: { '""': "default" } }),
  ),
  allow_batched: optional(flag),
  metadata: optional(textMap),
};

/** A configuration as answers have it, and the store, and requests that hold more than it. */
export const streamConfigShape: Shape<StreamConfig> = struct("StreamConfig", fields);

/** The body of a create or update request. */
export const streamConfigRequestShape: Shape<StreamConfigRequest> = struct("StreamConfigRequest", {
  ...embedded("StreamConfig", fields),
  pedantic: optional(flag),
});

/** The API level that a server needs for what `config` asks for. */
export function streamRequiredLevel(config: StreamConfig): number {
  if (config.allow_batched) return 4;
  const needsLevel2 =
    config.allow_msg_counter ||
    config.allow_atomic ||
    config.allow_msg_schedules ||
    config.persist_mode === "async";
  if (needsLevel2) return 2;
  return config.allow_msg_ttl || config.subject_delete_marker_ttl > 0n ? 1 : 0;
}

/** The configuration as it is answered, stored and compared. */
export const storedStreamConfig: StoredConfig<StreamConfig> = storedConfig(streamConfigShape);
