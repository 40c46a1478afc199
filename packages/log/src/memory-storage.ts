import type { Clock } from "@oxbow/base";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { LogStorage } from "./log-storage.ts";
import { encodeGap, encodeMessage, MESSAGE_HEAD_SIZE, type RecordView } from "./record.ts";
import { compactGroup, planCompaction } from "./segment/compaction.ts";
import { Segment } from "./segment/segment.ts";
import { SEGMENT_HEADER_SIZE } from "./segment/segment-format.ts";
import { Tail, type TailChunk } from "./tail.ts";

/** Messages in memory: committed when appended, gone with the process. */
export class MemoryStorage implements LogStorage {
  readonly commitsAtOnce = true;
  readonly segmentSizeMax: number;
  readonly #records = new Tail();
  readonly #clock: Clock;
  #isCompactionDue = false;

  constructor(clock: Clock, segmentSizeMax: number = LIMITS.memorySegmentSizeMax) {
    this.#clock = clock;
    this.segmentSizeMax = segmentSizeMax;
  }

  /** Bytes of records held, of messages that are there and of some that are not. */
  get size(): number {
    return this.#records.size;
  }

  /** Blocks are small here, and taken one by one. */
  prepare(_sizeBytes: number): boolean {
    return true;
  }

  append(
    log: Log,
    segment: Segment,
    sequence: number,
    count: number,
    timestampMs: number,
    size: number,
    subject: Buffer,
    subjectStart: number,
    subjectEnd: number,
    body: Buffer,
    headersSize: number,
    bodyStart: number,
    bodyEnd: number,
    ttlSeconds: number,
  ): void {
    const chunk = this.#records.reserve(segment, segment.end, size);
    encodeMessage(
      chunk.block,
      chunk.used,
      log.id,
      sequence,
      count,
      timestampMs,
      subject,
      subjectStart,
      subjectEnd,
      body,
      headersSize,
      bodyStart,
      bodyEnd,
      ttlSeconds,
    );
    this.#records.commit(chunk, size);
  }

  appendGap(
    log: Log,
    segment: Segment,
    sequence: number,
    count: number,
    timestampMs: number,
  ): void {
    const chunk = this.#records.reserve(segment, segment.end, MESSAGE_HEAD_SIZE);
    encodeGap(chunk.block, chunk.used, log.id, sequence, count, timestampMs);
    this.#records.commit(chunk, MESSAGE_HEAD_SIZE);
  }

  keep(segment: Segment, position: number, source: Buffer, start: number, end: number): void {
    this.#records.append(segment, position, source, start, end);
  }

  read(segment: Segment, position: number, view: RecordView): boolean {
    const chunk = this.#records.find(segment, position);
    if (chunk === undefined) return false;
    view.set(chunk.block, position - chunk.start);
    return true;
  }

  load(
    _segment: Segment,
    _index: number,
    _onDamaged: (index: number) => void,
    done: (error: Error | null) => void,
  ): void {
    done(null);
  }

  afterCommit(run: (error: Error | null) => void): void {
    this.#clock.afterTurn(() => run(null));
  }

  touched(log: Log): void {
    log.takeChanges();
  }

  /** Compacts at the end of the turn, when nobody is walking over the segments. */
  thinned(log: Log, segment: Segment): void {
    if (this.#isCompactionDue || segment.liveFootprint * 2 >= segment.footprint) return;
    this.#isCompactionDue = true;
    this.#clock.afterTurn(() => {
      this.#isCompactionDue = false;
      this.#compact(log);
    });
  }

  drop(segment: Segment): void {
    this.#records.drop(segment);
  }

  #compact(log: Log): void {
    for (const group of planCompaction(log.segments, this.segmentSizeMax, () => true)) {
      const { base, records, index } = compactGroup(group);
      const replacement = Segment.sealed(base, index);
      let position = SEGMENT_HEADER_SIZE;
      for (const record of records) {
        const from = this.#records.find(record.segment, record.position) as TailChunk;
        const start = record.position - from.start;
        this.#records.append(replacement, position, from.block.bytes, start, start + record.size);
        position += record.size;
      }
      for (const segment of group) this.#records.drop(segment);
      log.index.replace(group, replacement);
    }
  }
}
