import { useEffect, useState } from "react";
import type { Station } from "../../../api/types.ts";
import type { Search } from "./use-search.ts";

/** How many messages have come to a station since a search of it has ended. */
export function useNewCount(
  { partitions }: Station,
  { hits, isRunning }: Pick<Search, "hits" | "isRunning">,
): number {
  const [seen, setSeen] = useState<ReadonlyMap<number, number>>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was there when the search ended is what was seen
  useEffect(() => {
    if (isRunning) {
      setSeen(undefined);
      return;
    }
    const last = new Map(partitions.map((each) => [each.number, each.lastSequence]));
    // What is known of the station may be older than what was found in it.
    for (const { partition, sequence } of hits) {
      last.set(partition, Math.max(sequence, last.get(partition) ?? 0));
    }
    setSeen(last);
  }, [isRunning]);
  if (seen === undefined) return 0;
  return partitions.reduce(
    (sum, { number, lastSequence }) => sum + Math.max(0, lastSequence - (seen.get(number) ?? 0)),
    0,
  );
}
