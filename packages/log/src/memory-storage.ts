import type { Clock } from "@oxbow/base";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { LogStorage } from "./log-storage.ts";
import { encodeMessage, type RecordView } from "./record.ts";
import type { Segment } from "./segment.ts";
import { Tail } from "./tail.ts";

/** Messages in memory: committed when appended, gone with the process. */
export class MemoryStorage implements LogStorage {
  readonly commitsAtOnce = true;
  readonly segmentSizeMax: number = LIMITS.memorySegmentSizeMax;
  readonly #records = new Tail();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
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
    );
    chunk.used += size;
    this.#records.size += size;
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

  drop(_log: Log, segment: Segment): void {
    this.#records.drop(segment);
  }
}
