import type { StreamConfig } from "@nats-io/jetstream";
import type { StationPolicy } from "@oxbow/gate";
import {
  isBucketStream,
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
 *
 * Subjects that somebody has added to the first partition by hand belong to it. A stream of a plain client says itself
 * what is too large for it, as its clients expect.
 */
export function gateFactsOf(config: StreamConfig): GateFacts | undefined {
  const { name, subjects = [] } = config;
  if (isBucketStream(name)) return undefined;
  const membership = membershipOf(config);
  if (membership === undefined) return { station: name, token: name, partitions: 1, subjects };
  const { station, partition, partitionsCount: partitions } = membership;
  if (partition !== 1 || !isLaidOut(name, station, partitions)) return undefined;
  const own = [name, `${name}.>`];
  const resent = Array.from({ length: partitions }, (_, index) =>
    resentSubjects(streamName(station, index + 1, partitions)),
  );
  const moreSubjects = [...new Set([...resent, ...subjects])].filter((one) => !own.includes(one));
  const { messageBytesMax, deadLetterReasons, duplicatesBy } = settingsOf(config);
  const token = stationToken(station);
  const keepsRefused = deadLetterReasons.includes("refused");
  const content = duplicatesBy === "content" ? { identifiesContent: true } : {};
  const size = messageBytesMax === null ? {} : { messageBytesMax };
  return { station, token, partitions, moreSubjects, keepsRefused, ...size, ...content };
}

/** Whether a stream that says that it is the first partition of a station has the name of that: anybody can say so. */
function isLaidOut(stream: string, station: string, partitions: number): boolean {
  try {
    return partitions <= 1_000 && stream === streamName(stationName(station), 1, partitions);
  } catch {
    return false;
  }
}
