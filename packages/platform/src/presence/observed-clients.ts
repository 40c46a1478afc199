import type { AnnouncedPlace } from "oxbow/internal";
import { groupOfConsumer, isBucketStream, isOwnStream, membershipOf } from "oxbow/internal";
import { letterStream } from "../dead-letters/places.ts";

/** A connection, as the server knows it. Times in milliseconds since 1970. */
export interface ObservedClient {
  readonly id: number;
  readonly name: string;
  readonly library: string;
  readonly version: string;
  readonly address: string;
  readonly user: string;
  readonly connectedAtMs: number;
}

/** What a client has done with a stream since it connected. */
export interface ObservedPublishes {
  readonly client: ObservedClient;
  readonly stream: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly messages: number;
  readonly bytes: number | null;
  /** 0 for never, or if it is not known. */
  readonly lastAtMs: number;
}

/** The same with a durable consumer. */
export interface ObservedConsumes extends ObservedPublishes {
  readonly consumer: string;
  readonly consumerMetadata: Readonly<Record<string, string>>;
  readonly pulls: number;
}

/** A server that tells who does what with streams, whatever client that is. */
export interface ClientObserver {
  observe(): {
    readonly publishing: readonly ObservedPublishes[];
    readonly consuming: readonly ObservedConsumes[];
  };
  /** Whether there is a connection of that number now. */
  isConnected(client: number): boolean;
}

/** What a connection does with a station, all partitions together. */
export interface ObservedDeed extends AnnouncedPlace {
  readonly client: ObservedClient;
  readonly messages: number;
  readonly bytes: number | null;
  readonly lastAtMs: number;
  /** Of a consumer; `null` of a producer. */
  readonly pulls: number | null;
}

/** What is observed, by station and group. */
export function deedsIn(observer: ClientObserver): Map<string, ObservedDeed> {
  const { publishing, consuming } = observer.observe();
  const deeds = new Map<string, ObservedDeed>();
  const add = (deed: ObservedDeed): void => {
    const key = deedKey(deed, deed.client.id);
    const other = deeds.get(key);
    deeds.set(key, other === undefined ? deed : together(deed, other));
  };
  for (const { stream, metadata, client, messages, bytes, lastAtMs } of publishing) {
    const station = stationOfStream(stream, metadata);
    if (station === undefined) continue;
    const place = { kind: "producer", station, group: null } as const;
    add({ ...place, client, messages, bytes, lastAtMs, pulls: null });
  }
  for (const each of consuming) {
    const { stream, metadata, consumer, consumerMetadata, ...seen } = each;
    const station = stationOfStream(stream, metadata);
    if (station === undefined) continue;
    const group = groupOfConsumer({ metadata: { ...consumerMetadata } }) ?? consumer;
    const { client, messages, bytes, lastAtMs, pulls } = seen;
    add({ kind: "consumer", station, group, client, messages, bytes, lastAtMs, pulls });
  }
  return deeds;
}

/** What tells apart what different connections do, and one with different stations. */
export function deedKey({ kind, station, group }: AnnouncedPlace, connection: number): string {
  return `${connection} ${kind} ${station} ${group ?? ""}`;
}

function stationOfStream(
  stream: string,
  metadata: Readonly<Record<string, string>>,
): string | undefined {
  const isHidden = isBucketStream(stream) || (isOwnStream(stream) && stream !== letterStream);
  if (isHidden) return undefined;
  return membershipOf({ metadata: { ...metadata } })?.station ?? stream;
}

function together(one: ObservedDeed, other: ObservedDeed): ObservedDeed {
  return {
    ...one,
    messages: one.messages + other.messages,
    bytes: one.bytes === null || other.bytes === null ? null : one.bytes + other.bytes,
    lastAtMs: Math.max(one.lastAtMs, other.lastAtMs),
    pulls: one.pulls === null ? null : one.pulls + (other.pulls ?? 0),
  };
}
