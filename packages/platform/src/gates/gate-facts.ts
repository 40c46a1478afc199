import type { StreamConfig } from "@nats-io/jetstream";
import type { StationPolicy } from "@oxbow/gate";
import {
  membershipOf,
  resentSubjects,
  settingsOf,
  stationName,
  stationToken,
  streamName,
} from "oxbow/internal";

/** What a station demands by its settings. */
export type GateFacts = Omit<StationPolicy, "schema">;

/**
 * What the configuration of a stream says of the gate of a station; `undefined` if it has none to itself: it is a further
 * partition, which the first one speaks for, or what a bucket is made of.
 */
export function gateFactsOf(config: StreamConfig): GateFacts | undefined {
  if (/^(?:KV|OBJ)_/.test(config.name)) return undefined;
  const membership = membershipOf(config);
  const { messageBytesMax } = settingsOf(config);
  const size = messageBytesMax === null ? {} : { messageBytesMax };
  if (membership === undefined) {
    const { name, subjects = [] } = config;
    return { station: name, token: name, partitions: 1, subjects, ...size };
  }
  const { station, partition, partitionsCount: partitions } = membership;
  if (partition !== 1 || !isLaidOut(config.name, station, partitions)) return undefined;
  const resent = Array.from({ length: partitions }, (_, index) =>
    resentSubjects(streamName(station, index + 1, partitions)),
  );
  return { station, token: stationToken(station), partitions, resentSubjects: resent, ...size };
}

/** Whether a stream that says that it is the first partition of a station has the name of that: anybody can say so. */
function isLaidOut(stream: string, station: string, partitions: number): boolean {
  try {
    return partitions <= 1_000 && stream === streamName(stationName(station), 1, partitions);
  } catch {
    return false;
  }
}
