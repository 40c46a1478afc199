import type { StoredMsg } from "@nats-io/jetstream";
import {
  isLaterSubject,
  isResentSubject,
  type Partition,
  ReplayedMessage,
  type Station,
} from "oxbow/internal";

/** A partition of a station. */
export interface ScannedPartition {
  readonly station: string;
  readonly isManaged: boolean;
  readonly partition: Partition;
}

/** The partitions of a station, or one of them. */
export function partitionsOf(station: Station, wanted?: number): ScannedPartition[] {
  const { name, isManaged, partitions } = station;
  return partitions
    .filter(({ number }) => wanted === undefined || wanted === number)
    .map((partition) => ({ station: name, isManaged, partition }));
}

/** The subjects of messages whose key matches; `undefined` for all. */
export function filterOf(
  { isManaged, partition }: ScannedPartition,
  key: string | undefined,
): string | undefined {
  if (key === undefined) return undefined;
  return isManaged ? `${partition.stream}.${key}` : key;
}

/** Whether it is a message of the station, not one of those that it keeps for later or for one group. */
export function isShown(subject: string, { isManaged, partition }: ScannedPartition): boolean {
  return !isResentSubject(subject) && !(isManaged && isLaterSubject(partition.stream, subject));
}

/** A message as it is stored, as one of its station. */
export function replayed(
  { subject, data, header, seq, time }: StoredMsg,
  { station, isManaged, partition }: ScannedPartition,
): ReplayedMessage<unknown> {
  const { stream, number } = partition;
  return new ReplayedMessage<unknown>(
    { subject, data, headers: header, seq, time },
    { station, isManaged, partition: number, stream },
    undecoded,
    undefined,
  );
}

function undecoded(): { readonly value: undefined; readonly problem: undefined } {
  return { value: undefined, problem: undefined };
}
