import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { readFilter } from "./letter-filter.ts";
import { scanLetters } from "./letter-scan.ts";

/** How many dead letters each station has that has any. They are counted one by one, by their headers. */
export async function lettersByStation(
  js: JetStreamClient,
  manager: JetStreamManager,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { letter } of scanLetters(js, manager, readFilter({}))) {
    counts.set(letter.station, (counts.get(letter.station) ?? 0) + 1);
  }
  return counts;
}
