import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import type { JourneyPlace, JourneyRelative } from "oxbow/control";
import {
  isMissing,
  parentHeader,
  parentText,
  readStamp,
  type Station,
  stampHeader,
} from "oxbow/internal";
import { scanStream } from "../scan-stream.ts";

/** Messages of each partition of a station that are looked at, and of all of them. */
const lookedAtMax = { partition: 5_000, all: 20_000 };
/** Children that are told of. */
export const childrenMax = 100;

/** What came from a message, and what could not be looked at. */
interface FoundChildren {
  readonly children: readonly JourneyRelative[];
  readonly gaps: readonly string[];
}

/**
 * Finds messages that say that they derive from another one, in stations that are known to derive from its station: from when
 * it was stored, so many in each. There is no index of headers; what is not looked at is said.
 */
export async function findChildren(
  js: JetStreamClient,
  manager: JetStreamManager,
  parent: JourneyPlace,
  sinceMs: number,
  stations: readonly Station[],
): Promise<FoundChildren> {
  const wanted = parentText(parent);
  const children: JourneyRelative[] = [];
  const gaps: string[] = [];
  let left = lookedAtMax.all;
  for (const { name, partitions } of stations) {
    let isCut = false;
    for (const { number, stream } of partitions) {
      const most = Math.min(lookedAtMax.partition, left);
      const end = await look(stream, number, name, most);
      left -= end.seen;
      isCut ||= end.isCut;
    }
    if (!isCut) continue;
    const text = `station ${name}: only the first ${lookedAtMax.partition} messages of each partition that came behind it were searched for what derives from it`;
    gaps.push(text);
  }
  return { children, gaps };

  async function look(
    stream: string,
    partition: number,
    station: string,
    most: number,
  ): Promise<{ readonly seen: number; readonly isCut: boolean }> {
    let seen = 0;
    try {
      const messages = scanStream(js, manager, stream, {
        deliver_policy: DeliverPolicy.StartTime,
        opt_start_time: new Date(sinceMs).toISOString(),
        headers_only: true,
      });
      for await (const { headers, seq: sequence, time } of messages) {
        if (seen >= most || children.length >= childrenMax) return { seen, isCut: true };
        seen++;
        if (headers?.get(parentHeader) !== wanted) continue;
        const isResent = readStamp(headers.get(stampHeader))?.door === "resend";
        const how = isResent ? "resent" : "derived";
        children.push({ station, partition, sequence, how, time: time.toISOString() });
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return { seen, isCut: false };
  }
}
