import type { ConsumerInfo } from "@nats-io/jetstream";
import { deletionUnfinished, type Station } from "../stations/station.ts";
import {
  beginningOf,
  groupOfConsumer,
  groupSettingsOf,
  hasResentFilter,
  isGroupBeingDeleted,
  type Origin,
  originOf,
  planOf,
} from "./group-consumers.ts";
import type { GroupSettings } from "./group-settings.ts";
import { placeText } from "./place.ts";

/** A group in one partition, as it is now. */
export interface GroupPartition {
  /** From 1. */
  readonly number: number;
  /** The stream that the partition is. */
  readonly stream: string;
  /** The consumer of it that the group is there. */
  readonly consumer: string;
  /** Messages that were never delivered. */
  readonly waiting: number;
  /** Messages that were delivered and neither acknowledged nor given up. */
  readonly inFlight: number;
  /** Messages that were delivered more than once and not acknowledged since. */
  readonly redelivered: number;
  /** Up to here messages were delivered. */
  readonly deliveredSequence: number;
  /** Up to here all that were delivered are acknowledged. */
  readonly acknowledgedSequence: number;
  /** Requests of members for messages that wait. */
  readonly pulls: number;
}

/** A consumer group as it is now. */
export interface Group {
  readonly name: string;
  readonly station: string;
  /** Whether it was made as a group, not as a durable consumer by a plain client. */
  readonly isManaged: boolean;
  readonly settings: GroupSettings;
  readonly createdAt: string;
  /** `null` if it is not paused. */
  readonly pausedUntil: string | null;
  readonly partitions: readonly GroupPartition[];
  /**
   * What creating, editing, pausing, rewinding or deleting it has left half done, or what an earlier version has made
   * differently. Doing the same again, or editing it, heals it.
   */
  readonly problems: readonly string[];
  /** Messages that were never delivered, in all partitions. */
  readonly waiting: number;
  /** Messages that were delivered and neither acknowledged nor given up, in all partitions. */
  readonly inFlight: number;
  /** Messages that were delivered more than once and not acknowledged since, in all partitions. */
  readonly redelivered: number;
  /** When something was delivered or acknowledged last; `null` for never, or not since it was made or rewound. */
  readonly lastActiveAt: string | null;
}

/** A consumer in the partition that it is of. */
export interface Member {
  readonly number: number;
  readonly stream: string;
  readonly info: ConsumerInfo;
}

/**
 * A group of its consumers; `undefined` if it is one of the platform without a consumer in the first partition, without
 * which there is no group.
 *
 * @param members - All consumers of one name in the station.
 */
export function groupOf(station: Station, members: readonly Member[]): Group | undefined {
  const first = members.find(({ number }) => number === 1);
  const name = first && groupOfConsumer(first.info.config);
  // What is left of a group of the platform does not make one with the consumers of a plain client.
  const own =
    name === undefined
      ? members.filter(({ info }) => groupOfConsumer(info.config) === undefined)
      : members;
  const parts = [...own].sort((a, b) => a.number - b.number);
  const head = parts[0];
  if (head === undefined) return undefined;
  const partitions = parts.map(partitionOf);
  const sum = (count: (partition: GroupPartition) => number): number =>
    partitions.reduce((total, partition) => total + count(partition), 0);
  return {
    name: name ?? head.info.name,
    station: station.name,
    isManaged: name !== undefined,
    settings: settingsOfMember(station, head),
    createdAt: head.info.created,
    pausedUntil: pausedUntil(head),
    partitions,
    problems: problemsOf(station, parts, name !== undefined),
    waiting: sum(({ waiting }) => waiting),
    inFlight: sum(({ inFlight }) => inFlight),
    redelivered: sum(({ redelivered }) => redelivered),
    lastActiveAt: lastActiveAt(parts),
  };
}

/** The settings that a consumer has. */
export function settingsOfMember(station: Station, member: Member): GroupSettings {
  return groupSettingsOf(member.info.config, originOfMember(station, member));
}

function originOfMember(station: Station, { stream, info }: Member): Origin {
  return originOf(station, stream, groupOfConsumer(info.config));
}

/** Whether a consumer is as the platform makes it now, in what its settings do not say. */
export function isUpToDate(station: Station, member: Member): boolean {
  return hasResentFilter(member.info.config, originOfMember(station, member));
}

function partitionOf({ number, stream, info }: Member): GroupPartition {
  return {
    number,
    stream,
    consumer: info.name,
    waiting: info.num_pending,
    inFlight: info.num_ack_pending,
    redelivered: info.num_redelivered,
    deliveredSequence: info.delivered.stream_seq,
    acknowledgedSequence: info.ack_floor.stream_seq,
    pulls: info.num_waiting,
  };
}

function problemsOf(station: Station, parts: readonly Member[], isManaged: boolean): string[] {
  const [head] = parts;
  if (head === undefined) return [];
  if (isGroupBeingDeleted(head.info.config)) return [deletionUnfinished];
  const problems: string[] = [];
  const present = new Set(parts.map(({ number }) => number));
  for (let number = 1; isManaged && number <= station.settings.partitions; number++) {
    if (!present.has(number)) problems.push(`partition ${number} is missing`);
  }
  const wanted = JSON.stringify(settingsOfMember(station, head));
  for (const part of parts) {
    const { number, info } = part;
    if (beginningOf(info.config) !== undefined) {
      problems.push(`partition ${number} has not begun`);
      continue;
    }
    if (!isManaged) continue;
    if (JSON.stringify(settingsOfMember(station, part)) !== wanted) {
      problems.push(`partition ${number} has other settings than the first`);
    }
    if (!isUpToDate(station, part)) {
      problems.push(`partition ${number} would take what is resent to other groups`);
    }
    if (pausedUntil(part) !== pausedUntil(head) && beginningOf(head.info.config) === undefined) {
      problems.push(`partition ${number} is ${pauseText(part)}, the first is ${pauseText(head)}`);
    }
  }
  const plan = planOf(head.info.config);
  if (plan !== undefined) problems.push(`a rewind to ${placeText(plan.to)} is not finished`);
  return problems;
}

/** A consumer that has not begun is paused, too, but not by a user. */
function pausedUntil({ info }: Member): string | null {
  if (info.paused !== true || beginningOf(info.config) !== undefined) return null;
  return new Date(info.config.pause_until ?? 0).toISOString();
}

function pauseText(member: Member): string {
  const until = pausedUntil(member);
  return until === null ? "not paused" : `paused until ${until}`;
}

function lastActiveAt(parts: readonly Member[]): string | null {
  const times = parts.flatMap(({ info }) => [info.delivered, info.ack_floor]).map(timeOf);
  const latest = Math.max(0, ...times);
  return latest === 0 ? null : new Date(latest).toISOString();
}

/** The client calls them nanoseconds; they are text, and left out while there is nothing. */
function timeOf({ last_active: at }: { readonly last_active?: unknown }): number {
  return typeof at === "string" ? Date.parse(at) : 0;
}
