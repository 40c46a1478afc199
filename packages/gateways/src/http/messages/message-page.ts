import type { ReplayedMessage, Station } from "oxbow/internal";
import { type Cursor, cursorText } from "./cursor.ts";
import { PartitionScan, type ScanQuestion } from "./partition-scan.ts";
import { partitionsOf } from "./scanned-partition.ts";
import type { StoredMessages } from "./stored-messages.ts";

/** Which messages of a station are looked at. */
export interface PageQuestion extends ScanQuestion {
  /** Only this partition; all by default. */
  readonly partition?: number | undefined;
  /** Where the page before ended. */
  readonly cursor?: Cursor | undefined;
}

/** Messages, and where the next ones begin. */
export interface MessagePage {
  readonly messages: readonly ReplayedMessage<unknown>[];
  /** `null` if there are no more. */
  readonly next: string | null;
}

/**
 * Looks at messages as they are stored, without a group and without a trace. Those of several partitions come in the order
 * of their times, as far as the order within each partition allows.
 */
export async function messagePage(
  stored: StoredMessages,
  station: Station,
  question: PageQuestion,
): Promise<MessagePage> {
  const { partition: wanted, cursor, order, limit } = question;
  const scans = partitionsOf(station, wanted)
    .filter(({ partition }) => cursor === undefined || cursor.has(partition.number))
    .map(
      (place) => new PartitionScan(stored, place, question, cursor?.get(place.partition.number)),
    );
  await Promise.all(scans.map((scan) => scan.fill()));
  const messages: ReplayedMessage<unknown>[] = [];
  while (messages.length < limit) {
    const next = scans
      .filter(({ head }) => head !== undefined)
      .sort((a, b) => (order === "newest" ? b.headMs - a.headMs : a.headMs - b.headMs))[0];
    if (next === undefined) break;
    messages.push(next.take());
  }
  const left = scans.filter(({ isOver }) => !isOver);
  const places = new Map(left.map(({ number, next }) => [number, next]));
  return { messages, next: left.length === 0 ? null : cursorText(places) };
}
