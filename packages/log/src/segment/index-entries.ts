import type { RecordView } from "../record.ts";
import type { SegmentIndex } from "./segment.ts";
import { SEGMENT_HEADER_SIZE } from "./segment-format.ts";

const HEADERS_BIT = 0x80000000;

/** Gathers the index of a compacted segment, entry by entry. */
export class IndexEntries {
  readonly #base: number;
  readonly #positions: number[] = [];
  readonly #subjects: number[] = [];
  readonly #times: number[] = [];
  readonly #offsets: number[] = [];
  readonly #ttls: number[] = [];
  #hasTtls = false;
  #baseMs = 0;
  /** Where the next record goes. */
  end: number = SEGMENT_HEADER_SIZE;

  constructor(base: number) {
    this.#base = base;
  }

  /** Adds one entry for `sequence`, at `position`; `subject` is an id with the headers bit, or 0. */
  addEntry(
    sequence: number,
    position: number,
    subject: number,
    timeMs: number,
    ttlSeconds: number,
  ): void {
    if (this.#positions.length === 0) this.#baseMs = timeMs;
    this.#positions.push(position);
    this.#subjects.push(subject);
    this.#times.push(Math.max(0, timeMs - this.#baseMs));
    this.#offsets.push(sequence - this.#base);
    this.#ttls.push(ttlSeconds);
    if (ttlSeconds !== 0) this.#hasTtls = true;
  }

  /** Adds the entries of the record at `position`, which may lie behind bytes that nobody can read. */
  add(view: RecordView, position: number, subjectId: number): void {
    const subject = view.headersSize > 0 ? (subjectId | HEADERS_BIT) >>> 0 : subjectId;
    const timeMs = Math.floor(view.timestampMs);
    for (let i = 0; i < view.sequenceCount; i++) {
      const at = i === 0 ? position : view.bodyEnd;
      this.addEntry(view.sequence + i, at, subject, timeMs, view.ttlSeconds);
    }
    this.end = view.bodyEnd;
  }

  /** Adds an entry that keeps the place of unreadable bytes behind the last record. */
  addAbsent(sequence: number): void {
    this.addEntry(sequence, this.end, 0, this.#baseMs + (this.#times.at(-1) ?? 0), 0);
  }

  /** The index of all that was added, which stands for the sequences up to `sequenceEnd`. */
  index(sequenceEnd: number): SegmentIndex {
    return {
      positions: Uint32Array.from(this.#positions),
      subjects: Uint32Array.from(this.#subjects),
      times: Uint32Array.from(this.#times),
      offsets: Uint32Array.from(this.#offsets),
      ttls: this.#hasTtls ? Uint32Array.from(this.#ttls) : undefined,
      baseMs: this.#baseMs,
      sequenceEnd,
      end: this.end,
    };
  }
}
