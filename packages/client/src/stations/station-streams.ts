import type { StreamConfig } from "@nats-io/jetstream";
import { z } from "zod";
import { resentSubjects } from "./resent-subject.ts";
import { streamName } from "./station-name.ts";
import type { StationSettings } from "./station-settings.ts";

const nanosecondsPerMs = 1_000_000;

/** How a stream says which station it belongs to, in its `metadata`. */
const key = {
  station: "oxbow.station",
  partition: "oxbow.partition",
  partitions: "oxbow.partitions",
  /** On the first partition: that the station is being deleted. */
  deleting: "oxbow.deleting",
  /** Limits of the whole station, of which the stream has its share. */
  maxMessages: "oxbow.max_messages",
  maxBytes: "oxbow.max_bytes",
  tags: "oxbow.tags",
  /** What makes messages the same, and for how long, where that is not the default or can't be told from the stream. */
  duplicates: "oxbow.duplicates",
  /** What becomes of its dead letters, where that is not the default. */
  deadLetters: "oxbow.dead_letters",
} as const;

/** As good as for ever, and still a number of nanoseconds that fits JetStream's. */
const foreverMs = 100 * 365 * 24 * 60 * 60 * 1000;
const tags = z.array(z.string()).catch([]);
const duplicates = z
  .object({
    by: z.enum(["id", "content"]).catch("id"),
    isKept: z.boolean().catch(false),
  })
  .catch({ by: "id", isKept: false });

const allReasons = ["exhausted", "terminated", "refused"] as const;
const deadLetters = z
  .object({
    reasons: z.array(z.enum(allReasons)).catch([...allReasons]),
    maxAgeMs: z.int().min(0).catch(0),
    station: z.string().nullable().catch(null),
  })
  .catch({ reasons: [...allReasons], maxAgeMs: 0, station: null });
const defaultDeadLetters = JSON.stringify(deadLetters.parse({}));

/** What of a stream's configuration a station decides. */
export type StationStream = Pick<
  StreamConfig,
  | "name"
  | "subjects"
  | "description"
  | "storage"
  | "num_replicas"
  | "retention"
  | "max_age"
  | "max_msgs"
  | "max_bytes"
  | "max_msgs_per_subject"
  | "max_msg_size"
  | "discard"
  | "duplicate_window"
  | "allow_direct"
  | "allow_rollup_hdrs"
  | "allow_msg_ttl"
  | "allow_msg_schedules"
> & { readonly metadata: Record<string, string> };

/** The place of a stream in a station. */
export interface Membership {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly partitionsCount: number;
}

/**
 * The stream that is a partition of a station. With one partition it takes `<station>` and `<station>.<key>`, so that
 * any client can publish to it; with more `<station>$<partition>` and `<station>$<partition>.<key>`. What is resent to one group has subjects of its
 * own.
 */
export function streamOf(
  name: string,
  settings: StationSettings,
  partition: number,
): StationStream {
  const { partitions, maxMessages, maxBytes } = settings;
  const stream = streamName(name, partition, partitions);
  return {
    name: stream,
    subjects: [stream, `${stream}.>`, resentSubjects(stream)],
    description: settings.description,
    storage: settings.storage,
    num_replicas: settings.replicas,
    retention: settings.untilAcknowledged ? "interest" : "limits",
    max_age: settings.maxAgeMs * nanosecondsPerMs,
    max_msgs: shareOf(maxMessages, partitions),
    max_bytes: shareOf(maxBytes, partitions),
    max_msgs_per_subject: settings.keepPerKey ?? -1,
    max_msg_size: settings.messageBytesMax ?? -1,
    discard: settings.discard,
    duplicate_window: windowOf(settings) * nanosecondsPerMs,
    allow_direct: true,
    allow_rollup_hdrs: true,
    allow_msg_ttl: true,
    // A message that is to be delivered later can't be refused then.
    allow_msg_schedules: settings.discard === "old",
    metadata: {
      [key.station]: name,
      [key.partition]: String(partition),
      [key.partitions]: String(partitions),
      ...(maxMessages !== null && { [key.maxMessages]: String(maxMessages) }),
      ...(maxBytes !== null && { [key.maxBytes]: String(maxBytes) }),
      ...(settings.tags.length > 0 && { [key.tags]: JSON.stringify(settings.tags) }),
      ...duplicatesText(settings),
      ...deadLettersText(settings),
    },
  };
}

/** Where a stream belongs; `undefined` if a plain client made it. */
export function membershipOf({ metadata = {} }: Partial<StreamConfig>): Membership | undefined {
  const station = metadata[key.station];
  const partition = Number(metadata[key.partition]);
  const partitionsCount = Number(metadata[key.partitions]);
  const isWhole = Number.isInteger(partition) && Number.isInteger(partitionsCount);
  if (station === undefined || !isWhole || partition < 1 || partition > partitionsCount) {
    return undefined;
  }
  return { station, partition, partitionsCount };
}

/** Whether the station is being deleted that a stream is the first partition of. */
export function isBeingDeleted({ metadata = {} }: Partial<StreamConfig>): boolean {
  return metadata[key.deleting] !== undefined;
}

/** What the first partition of a station is told before anything of it is deleted. */
export function beingDeleted({ metadata = {} }: Partial<StreamConfig>): Partial<StreamConfig> {
  return { metadata: { ...metadata, [key.deleting]: "true" } };
}

/** The settings of the station that a stream is, or is a partition of. */
export function settingsOf(config: StreamConfig): StationSettings {
  const { metadata = {} } = config;
  return {
    description: config.description ?? "",
    tags: tags.parse(parsedJson(metadata[key.tags] ?? "[]")),
    storage: config.storage,
    replicas: config.num_replicas,
    partitions: membershipOf(config)?.partitionsCount ?? 1,
    maxAgeMs: Math.round(config.max_age / nanosecondsPerMs),
    maxMessages: limitOf(metadata[key.maxMessages], config.max_msgs),
    maxBytes: limitOf(metadata[key.maxBytes], config.max_bytes),
    untilAcknowledged: config.retention !== "limits",
    discard: config.discard,
    keepPerKey: limitOf(undefined, config.max_msgs_per_subject),
    messageBytesMax: limitOf(undefined, config.max_msg_size),
    ...duplicatesIn(metadata[key.duplicates], config),
    ...deadLettersIn(metadata[key.deadLetters]),
  };
}

function windowOf({ duplicateWindowMs, maxAgeMs }: StationSettings): number {
  return duplicateWindowMs ?? (maxAgeMs > 0 ? maxAgeMs : foreverMs);
}

function duplicatesText(settings: StationSettings): Record<string, string> {
  const { duplicatesBy: by, duplicateWindowMs } = settings;
  const isKept = duplicateWindowMs === null;
  return by === "id" && !isKept ? {} : { [key.duplicates]: JSON.stringify({ by, isKept }) };
}

function duplicatesIn(
  text: string = "{}",
  config: StreamConfig,
): Pick<StationSettings, "duplicatesBy" | "duplicateWindowMs"> {
  const { by, isKept } = duplicates.parse(parsedJson(text));
  const windowMs = Math.round(config.duplicate_window / nanosecondsPerMs);
  return { duplicatesBy: by, duplicateWindowMs: isKept ? null : windowMs };
}

function deadLettersText(settings: StationSettings): Record<string, string> {
  const { deadLetterReasons: reasons, deadLetterMaxAgeMs: maxAgeMs } = settings;
  const text = JSON.stringify({ reasons, maxAgeMs, station: settings.deadLetterStation });
  return text === defaultDeadLetters ? {} : { [key.deadLetters]: text };
}

function deadLettersIn(
  text: string = defaultDeadLetters,
): Pick<StationSettings, "deadLetterReasons" | "deadLetterMaxAgeMs" | "deadLetterStation"> {
  const { reasons, maxAgeMs, station } = deadLetters.parse(parsedJson(text));
  return { deadLetterReasons: reasons, deadLetterMaxAgeMs: maxAgeMs, deadLetterStation: station };
}

/** Somebody else may have written there. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function shareOf(limit: number | null, partitions: number): number {
  return limit === null ? -1 : Math.ceil(limit / partitions);
}

function limitOf(whole: string | undefined, share: number): number | null {
  if (whole !== undefined) return Number(whole);
  return share > 0 ? share : null;
}
