import type { JetStreamManager } from "@nats-io/jetstream";
import { stationToken } from "oxbow/internal";
import { ensureStream, type OwnStream } from "../dead-letters/ensure-stream.ts";
import { historyLimits } from "./limits.ts";

/** The past of stations and of their groups. */
export const historyStream = "OXBOW_HISTORY";
/** Who collects it. */
export const historyBucket = "oxbow_history";

const prefix = "$OXBOW.HISTORY.";
const nsPerMs = 1_000_000;

/** Blocks of a station. */
export function stationSubject(station: string): string {
  return `${prefix}STATION.${stationToken(station)}`;
}

/** Blocks of all stations together. */
export const overviewSubject: string = `${prefix}ALL`;

const stream: OwnStream = {
  name: historyStream,
  description: "How stations and groups were over the last day",
  subjects: [`${prefix}ALL`, `${prefix}STATION.*`],
  max_age: historyLimits.keptMs * nsPerMs,
  max_bytes: historyLimits.keptBytesMax,
  allow_direct: true,
};

/** Makes the stream of the past, if it is missing. */
export function ensureHistory(manager: JetStreamManager): Promise<void> {
  return ensureStream(manager, stream);
}
