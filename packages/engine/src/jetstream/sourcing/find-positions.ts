import { type Log, RecordView } from "@oxbow/log";
import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import { headerName } from "../stream/publish-headers.ts";
import { readRecord } from "../stream/read-record.ts";
import { readSourceHeader } from "./source-name.ts";

const SOURCE = Buffer.from(headerName("streamSource"));

/**
 * Finds in a stream's messages, from the last one back, how far it has come in the sources `ids`: for one that was restored
 * from an archive, which holds nothing else that says so.
 */
export async function findPositions(log: Log, ids: Iterable<string>): Promise<Map<string, number>> {
  const wanted = new Set(ids);
  const positions = new Map<string, number>();
  const view = new RecordView();
  const segments = [...log.segments].reverse();
  for (const segment of segments) {
    for (let entry = segment.length - 1; entry >= 0 && wanted.size > 0; entry--) {
      if (segment.subjectAt(entry) === 0 || !segment.hasHeadersAt(entry)) continue;
      const found = await sourceOf(log, segment.sequenceAt(entry), view);
      if (found !== undefined && wanted.delete(found.id)) positions.set(found.id, found.sequence);
    }
  }
  return positions;
}

async function sourceOf(
  log: Log,
  sequence: number,
  view: RecordView,
): Promise<{ id: string; sequence: number } | undefined> {
  if (!(await readRecord(log, sequence, view))) return undefined;
  const value: HeaderValue = { start: 0, end: 0 };
  const end = view.bodyStart + view.headersSize;
  if (!findHeader(view.bytes, view.bodyStart, end, SOURCE, value)) return undefined;
  return readSourceHeader(view.bytes.toString("utf8", value.start, value.end));
}
