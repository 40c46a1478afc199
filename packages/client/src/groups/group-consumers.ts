import { AckPolicy, type ConsumerConfig, DeliverPolicy } from "@nats-io/jetstream";
import { z } from "zod";
import { isResentSubject, resentFilter } from "../stations/resent-subject.ts";
import type { Station } from "../stations/station.ts";
import { consumerName } from "./group-name.ts";
import type { GroupSettings } from "./group-settings.ts";
import { isOrderedByKey, orderedConsumer } from "./ordered-by-key.ts";
import { type GroupStart, type Place, placeSchema, startSchema } from "./place.ts";

const nanosecondsPerMs = 1_000_000;
/** A consumer that has not begun waits until then. */
const farTime = "2100-01-01T00:00:00Z";

/** What a consumer says of its group, in its `metadata`. */
const key = {
  group: "oxbow.group",
  start: "oxbow.start",
  /** The sequence that it begins with; while it is there, it has not begun. */
  beginsAt: "oxbow.begins_at",
  /** On the first partition: that the group is being deleted. */
  deleting: "oxbow.deleting",
  /** On the first partition: the rewind under way. */
  rewind: "oxbow.rewind",
} as const;

/** A rewind as it is written down before it is carried out. */
export interface RewindPlan {
  readonly to: Place;
  /** The next message, by partition. */
  readonly sequences: Readonly<Record<string, number>>;
}

/** Where the subjects of messages come from: the stream, whose name they begin with if a station made it. */
export interface Origin {
  readonly stream: string;
  readonly isManaged: boolean;
  /** The subjects of what was resent to this group only, if the stream and the group have any. */
  readonly resent?: string | undefined;
}

/** @param group - A group of the platform, which takes what is resent to it; nothing for one that a plain client made. */
export function originOf(
  { isManaged, partitions }: Station,
  stream: string,
  group: string | undefined,
): Origin {
  const takesResent = partitions.some((each) => each.stream === stream && each.takesResent);
  const resent = takesResent && group !== undefined ? resentFilter(stream, group) : undefined;
  return { stream, isManaged, resent };
}

/**
 * The consumer that is a partition of a group. It is one that takes everything, as only such a one can be rewound to
 * any place; where it is to start elsewhere it is made paused, and waits there until it is put to its place.
 *
 * @param beginsAt - The sequence that it begins with, if neither with the first message nor with the last per key.
 */
export function consumerOf(
  name: string,
  settings: GroupSettings,
  origin: Origin,
  beginsAt: number | undefined,
): Partial<ConsumerConfig> {
  const isLastPerKey = settings.start.from === "lastPerKey";
  const consumer = consumerName(name);
  return {
    ...consumerSettings(settings, origin),
    name: consumer,
    durable_name: consumer,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: isLastPerKey ? DeliverPolicy.LastPerSubject : DeliverPolicy.All,
    metadata: {
      [key.group]: name,
      [key.start]: JSON.stringify(settings.start),
      ...(beginsAt !== undefined && { [key.beginsAt]: String(beginsAt) }),
    },
    ...(beginsAt !== undefined && { pause_until: farTime }),
    ...(settings.orderedByKey && orderedConsumer),
  };
}

/** What of a consumer's configuration the settings decide that can change; what there is none of is `undefined`. */
export function consumerSettings(
  settings: Partial<GroupSettings>,
  origin: Origin,
): Partial<ConsumerConfig> {
  const { description, keys, maxAckTimeMs, maxDeliveries, backoffMs, maxInFlight, start } =
    settings;
  const { tracePercent } = settings;
  return {
    ...(description !== undefined && { description }),
    ...(keys !== undefined && filtersOf(keys, origin, start)),
    ...(maxAckTimeMs !== undefined && { ack_wait: maxAckTimeMs * nanosecondsPerMs }),
    ...(maxDeliveries !== undefined && { max_deliver: maxDeliveries ?? -1 }),
    ...(backoffMs !== undefined && { backoff: backoffMs.map((ms) => ms * nanosecondsPerMs) }),
    ...(maxInFlight !== undefined && { max_ack_pending: maxInFlight ?? -1 }),
    ...(tracePercent !== undefined && {
      sample_freq: tracePercent === 0 ? "" : String(tracePercent),
    }),
  };
}

/**
 * One filter has a field of its own, which is in the subject of the request, so that permissions can be given by it.
 * Where messages can be resent to one group, all have filters, which leave those out that are for others.
 */
function filtersOf(
  keys: readonly string[],
  origin: Origin,
  start: GroupStart | undefined,
): Partial<ConsumerConfig> {
  const { stream, isManaged, resent } = origin;
  const subjects = isManaged ? keys.map((each) => `${stream}.${each}`) : [...keys];
  if (resent !== undefined) {
    if (keys.length === 0) subjects.push(...everySubject(origin));
    subjects.push(resent);
  }
  // For the last per key JetStream wants a filter, which may be one that lets everything through.
  if (start?.from === "lastPerKey" && subjects.length === 0) subjects.push(">");
  const one = subjects.length === 1 ? subjects[0] : undefined;
  const many = subjects.length > 1 ? subjects : undefined;
  return { filter_subject: one, filter_subjects: many } as Partial<ConsumerConfig>;
}

/** The settings of the group that a consumer is, or is a partition of. */
export function groupSettingsOf(config: ConsumerConfig, origin: Origin): GroupSettings {
  return {
    description: config.description ?? "",
    keys: keysOf(config, origin),
    maxAckTimeMs: Math.round((config.ack_wait ?? 0) / nanosecondsPerMs),
    maxDeliveries: limitOf(config.max_deliver),
    backoffMs: (config.backoff ?? []).map((ns) => Math.round(ns / nanosecondsPerMs)),
    maxInFlight: limitOf(config.max_ack_pending),
    orderedByKey: isOrderedByKey(config),
    tracePercent: Number.parseInt(config.sample_freq ?? "", 10) || 0,
    start: startOf(config),
  };
}

/** The subjects that a consumer takes; none for all. */
export function filterSubjectsOf(config: Partial<ConsumerConfig>): string[] {
  const { filter_subject: one = "", filter_subjects: many = [] } = config;
  const subjects = one === "" ? many : [one];
  return subjects.filter((subject) => subject !== ">");
}

/** The group that a consumer says it belongs to; `undefined` if a plain client made it. */
export function groupOfConsumer({
  metadata = {},
}: Pick<ConsumerConfig, "metadata">): string | undefined {
  return metadata[key.group];
}

/** The sequence that a consumer is yet to be put to, before it begins. */
export function beginningOf({ metadata = {} }: ConsumerConfig): number | undefined {
  const text = metadata[key.beginsAt];
  return text === undefined ? undefined : Number(text);
}

/** The configuration of a consumer that has begun. */
export function begun({ metadata = {} }: ConsumerConfig): Partial<ConsumerConfig> {
  const { [key.beginsAt]: _, ...rest } = metadata;
  return { metadata: rest };
}

/** Whether a group is being deleted that a consumer is the first partition of. */
export function isGroupBeingDeleted({ metadata = {} }: ConsumerConfig): boolean {
  return metadata[key.deleting] !== undefined;
}

/** What the first partition of a group is told before anything of it is deleted. */
export function groupBeingDeleted({ metadata = {} }: ConsumerConfig): Partial<ConsumerConfig> {
  return { metadata: { ...metadata, [key.deleting]: "true" } };
}

const planSchema: z.ZodType<RewindPlan> = z.object({
  to: placeSchema,
  sequences: z.record(z.string(), z.int().min(1)),
});

/** The rewind that is under way, or was interrupted. */
export function planOf({ metadata = {} }: ConsumerConfig): RewindPlan | undefined {
  return parsed(planSchema, metadata[key.rewind]);
}

/** The configuration of a consumer with a rewind under way, or with none. */
export function planned(
  { metadata = {} }: ConsumerConfig,
  plan: RewindPlan | undefined,
): Partial<ConsumerConfig> {
  const { [key.rewind]: _, ...rest } = metadata;
  return {
    metadata: plan === undefined ? rest : { ...rest, [key.rewind]: JSON.stringify(plan) },
  };
}

/** Whether a consumer takes what is resent to its group, and nothing of what is resent to others. */
export function hasResentFilter(config: Partial<ConsumerConfig>, { resent }: Origin): boolean {
  return resent === undefined || filterSubjectsOf(config).includes(resent);
}

/** What a station publishes to a stream, without a key and with one. */
function everySubject({ stream }: Origin): string[] {
  return [stream, `${stream}.>`];
}

function keysOf(config: ConsumerConfig, origin: Origin): string[] {
  const { stream, isManaged } = origin;
  const prefix = `${stream}.`;
  const subjects = filterSubjectsOf(config);
  const own = subjects.filter((subject) => !isResentSubject(subject));
  const isEvery = JSON.stringify(own) === JSON.stringify(everySubject(origin));
  if (isEvery && own.length < subjects.length) return [];
  return own
    .map((subject) =>
      isManaged && subject.startsWith(prefix) ? subject.slice(prefix.length) : subject,
    )
    .sort();
}

function startOf(config: ConsumerConfig): GroupStart {
  const said = parsed(startSchema, config.metadata?.[key.start]);
  if (said !== undefined) return said;
  switch (config.deliver_policy) {
    case "new":
      return { from: "now" };
    case "last":
      return { from: "last", messages: 1 };
    case "last_per_subject":
      return { from: "lastPerKey" };
    case "by_start_sequence":
      return { from: "sequence", sequence: config.opt_start_seq ?? 1 };
    case "by_start_time":
      return { from: "time", time: config.opt_start_time ?? "" };
    default:
      return { from: "beginning" };
  }
}

/** `undefined` also for what somebody else has written there. */
function parsed<Value>(schema: z.ZodType<Value>, text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function limitOf(limit: number | undefined): number | null {
  return limit !== undefined && limit > 0 ? limit : null;
}
