import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";
import { isOwnStream } from "./own-streams.ts";
import { resentSubjects } from "./resent-subject.ts";
import type { StationSettings } from "./station-settings.ts";
import { isBeingDeleted, membershipOf, settingsOf } from "./station-streams.ts";

/** The problem of a station, or a group, that somebody has begun to delete. It can only be deleted again. */
export const deletionUnfinished = "its deletion is not finished";

/** A partition as it is now. */
export interface Partition {
  /** From 1. */
  readonly number: number;
  /** The stream that it is. */
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  /** 0 while there was no message. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly consumers: number;
  /** Whether messages can be resent there to one group; not where a plain client made the stream. */
  readonly takesResent: boolean;
}

/** A station as it is now. */
export interface Station {
  readonly name: string;
  /** Whether it was made as a station, not as a stream by a plain client. */
  readonly isManaged: boolean;
  /** Whether the platform itself keeps something there, as dead letters in `OXBOW_DEAD_LETTERS`. Never edited or deleted. */
  readonly isInternal: boolean;
  readonly settings: StationSettings;
  readonly createdAt: string;
  readonly partitions: readonly Partition[];
  /**
   * What creating, editing or deleting it has left half done: partitions that are missing, or that have other settings
   * than the first; or what an earlier version has made differently. Doing the same again, or editing it, heals it; one whose
   * deletion is not finished can only be deleted again.
   */
  readonly problems: readonly string[];
  readonly messages: number;
  readonly bytes: number;
}

/**
 * A station of its streams; `undefined` if its first partition is not among them, without which there is no station.
 *
 * @param streams - All streams that say they are of the station, or one that says nothing.
 */
export function stationOf(streams: readonly StreamInfo[]): Station | undefined {
  const parts = streams
    .map((info) => ({ info, number: membershipOf(info.config)?.partition ?? 1 }))
    .sort((a, b) => a.number - b.number);
  const first = parts[0];
  if (first === undefined || first.number !== 1) return undefined;
  const settings = settingsOf(first.info.config);
  const partitions = parts.map(({ info, number }) => partitionOf(info, number));
  return {
    name: membershipOf(first.info.config)?.station ?? first.info.config.name,
    isManaged: membershipOf(first.info.config) !== undefined,
    isInternal: isOwnStream(first.info.config.name),
    settings,
    createdAt: first.info.created,
    partitions,
    problems: problemsOf(parts, settings),
    messages: partitions.reduce((sum, { messages }) => sum + messages, 0),
    bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function partitionOf({ config, state }: StreamInfo, number: number): Partition {
  return {
    number,
    stream: config.name,
    messages: state.messages,
    bytes: state.bytes,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    consumers: state.consumer_count,
    takesResent: takesResent(config),
  };
}

function takesResent({ name, subjects }: StreamConfig): boolean {
  return (subjects ?? []).includes(resentSubjects(name));
}

function problemsOf(
  parts: readonly { readonly info: StreamInfo; readonly number: number }[],
  settings: StationSettings,
): string[] {
  const [first] = parts;
  if (first !== undefined && isBeingDeleted(first.info.config)) return [deletionUnfinished];
  const present = new Set(parts.map(({ number }) => number));
  const problems: string[] = [];
  for (let number = 1; number <= settings.partitions; number++) {
    if (!present.has(number)) problems.push(`partition ${number} is missing`);
  }
  const wanted = JSON.stringify(settings);
  for (const { info, number } of parts) {
    if (JSON.stringify(settingsOf(info.config)) !== wanted) {
      problems.push(`partition ${number} has other settings than the first`);
    }
    if (membershipOf(info.config) !== undefined && !takesResent(info.config)) {
      problems.push(`partition ${number} can't have messages resent to one group yet`);
    }
  }
  return problems;
}
