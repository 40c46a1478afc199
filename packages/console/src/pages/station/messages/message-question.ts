import { queryOptions } from "@tanstack/react-query";
import { ask, path } from "../../../api/ask.ts";
import type { MessageBody } from "../../../api/types.ts";

/** Bytes of a payload that are shown before somebody asks for all. */
export const shownBytes = 256 * 1024;

/** One message; `isWhole` with all of its payload. */
export function messageQuestion(
  station: string,
  partition: number,
  sequence: number,
  isWhole: boolean,
) {
  return queryOptions({
    queryKey: ["message", station, partition, sequence, isWhole],
    queryFn: () =>
      ask<MessageBody>(
        "GET",
        path`/stations/${station}/partitions/${partition}/messages/${sequence}`,
        { query: { decode: true, ...(!isWhole && { preview: shownBytes }) } },
      ),
    // A message never changes.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Where a browser saves the payload from. */
export function payloadPath(station: string, partition: number, sequence: number): string {
  return `/api/v1${path`/stations/${station}/partitions/${partition}/messages/${sequence}/payload`}`;
}
