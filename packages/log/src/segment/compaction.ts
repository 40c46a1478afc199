import { LIMITS } from "../limits.ts";
import { IndexEntries } from "./index-entries.ts";
import type { Segment, SegmentIndex } from "./segment.ts";

/** Small neighbours are put together once there are this many: each byte is then copied a few times in its life. */
const RUN_LENGTH_MIN = 4;

/**
 * Which neighbouring segments are worth being rewritten as one that holds only what is left of them: those that lost
 * more than half of their bytes, and many small ones in a row, for each costs a file. The newest segment, which is
 * still appended to, and those that are not `ready` stay out.
 */
export function planCompaction(
  segments: readonly Segment[],
  sizeMax: number,
  isReady: (segment: Segment) => boolean,
): Segment[][] {
  const groups: Segment[][] = [];
  let run: Segment[] = [];
  let live = 0;
  let total = 0;
  const endRun = (): void => {
    if (run.length >= RUN_LENGTH_MIN || (run.length > 0 && live * 2 < total)) groups.push(run);
    run = [];
    live = 0;
    total = 0;
  };
  for (const segment of segments.slice(0, -1)) {
    const size = segment.liveFootprint;
    if (!isReady(segment) || size * 2 > sizeMax) {
      endRun();
      continue;
    }
    if (run.length > 0 && !fits(run[0] as Segment, segment, live, sizeMax)) endRun();
    run.push(segment);
    live += size;
    total += segment.footprint;
  }
  endRun();
  return groups;
}

/** Whether a segment can join the run that begins with `first`: in bytes, and in what the index's 32 bits hold. */
function fits(first: Segment, segment: Segment, live: number, sizeMax: number): boolean {
  const lastMs = segment.length > 0 ? segment.timeAt(segment.length - 1) : segment.baseMs;
  return (
    live + segment.liveFootprint <= sizeMax &&
    segment.sequenceEnd - first.base < 0xffffffff &&
    lastMs - first.baseMs < LIMITS.segmentSpanMsMax
  );
}

/** A record that a compaction keeps: `size` bytes at `position` of an old segment. */
export interface KeptRecord {
  readonly segment: Segment;
  readonly head: number;
  readonly position: number;
  readonly size: number;
}

/** What a compaction of a group of segments keeps, and the index of the segment that takes their place. */
export interface CompactedGroup {
  readonly base: number;
  readonly records: readonly KeptRecord[];
  readonly index: SegmentIndex;
}

/** Takes stock of what is left in a group of segments, now. */
export function compactGroup(group: readonly Segment[]): CompactedGroup {
  const base = (group[0] as Segment).base;
  const records: KeptRecord[] = [];
  const entries = new IndexEntries(base);
  for (const segment of group) {
    const { subjects } = segment.index;
    for (let i = segment.nextLive(0); i < segment.length; ) {
      const head = segment.headOf(i);
      const recordEnd = segment.recordEnd(head);
      const size = segment.sizeAt(head);
      const position = entries.end;
      records.push({ segment, head, position: segment.positions[head] as number, size });
      for (let entry = head; entry < recordEnd; entry++) {
        const subject = subjects[entry] as number;
        // The first entry of a batch carries its position, also when only later ones are left.
        if (entry > head && subject === 0) continue;
        const at = entry === head ? position : position + size;
        const ttlSeconds = segment.ttlAt(entry);
        entries.addEntry(segment.sequenceAt(entry), at, subject, segment.timeAt(entry), ttlSeconds);
      }
      entries.end = position + size;
      i = segment.nextLive(recordEnd);
    }
  }
  return { base, records, index: entries.index((group.at(-1) as Segment).sequenceEnd) };
}

/** Takes out of a segment that was made from `group` what was removed from the group since. */
export function removeSince(replacement: Segment, group: readonly Segment[]): void {
  let segmentIndex = 0;
  for (let i = 0; i < replacement.length; i++) {
    if (replacement.subjectAt(i) === 0) continue;
    const sequence = replacement.sequenceAt(i);
    while ((group[segmentIndex] as Segment).sequenceEnd <= sequence) segmentIndex++;
    const segment = group[segmentIndex] as Segment;
    if (segment.subjectAt(segment.indexOf(sequence)) !== 0) continue;
    replacement.remove(i);
    replacement.hasUnsavedRemovals = true;
  }
}
