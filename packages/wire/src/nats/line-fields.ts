import { CR, isBlank, LF, SPACE, TAB } from "./ascii.ts";

/** Most fields an operation can have is 5 (HMSG); further ones are counted, but not located. */
const FIELDS_MAX = 8;

/**
 * The arguments of one control line, found in place. One object per parser, refilled for every line.
 *
 * Fields are separated by runs of spaces and tabs. The line ends at CRLF or at a bare LF; a CR elsewhere is an
 * ordinary byte of its field. As in nats-server the first byte belongs to the arguments whatever it is, even CR or LF.
 */
export class LineFields {
  /** Start of field `i` at index `2 * i`, its exclusive end at `2 * i + 1`. */
  readonly bounds: Int32Array = new Int32Array(2 * FIELDS_MAX);
  /** Number of fields; may be larger than what {@link bounds} holds. */
  count = 0;
  /** Where the arguments start. */
  start = 0;
  /** Where the arguments end, before the line ending. */
  end = 0;
  /** Whether a CR or LF is among the arguments. */
  #hasBreak = false;

  /**
   * Reads the arguments that start at `start`, below `limit` and not blank.
   *
   * @returns Position after the line's LF, or -1 if the line does not end before `limit`; then the fields are undefined.
   */
  scan(buffer: Buffer, start: number, limit: number): number {
    const bounds = this.bounds;
    let at = start;
    let fieldStart = start;
    let byte = buffer[at]!;
    let slot = 0;
    this.start = start;
    this.#hasBreak = byte === CR || byte === LF;
    for (;;) {
      // To the end of the field. Above SPACE nothing ends one, so most bytes cost a single comparison.
      do {
        if (++at >= limit) return -1;
        byte = buffer[at]!;
      } while (byte > SPACE || !endsField(byte));
      if (byte === CR) {
        if (at + 1 >= limit) return -1;
        if (buffer[at + 1] !== LF) {
          this.#hasBreak = true;
          continue;
        }
      }
      // A store beyond the end would do no harm, but make this loop slower ever after.
      if (slot < bounds.length) {
        bounds[slot] = fieldStart;
        bounds[slot + 1] = at;
      }
      slot += 2;
      if (byte === LF) return this.#finish(slot, at, at + 1);
      if (byte === CR) return this.#finish(slot, at, at + 2);
      // To the start of the next field, or the end of the line.
      do {
        if (++at >= limit) return -1;
        byte = buffer[at]!;
      } while (byte === SPACE || byte === TAB);
      if (byte === LF) return this.#finish(slot, at, at + 1);
      if (byte === CR) {
        if (at + 1 >= limit) return -1;
        if (buffer[at + 1] === LF) return this.#finish(slot, at, at + 2);
        this.#hasBreak = true;
      }
      fieldStart = at;
    }
  }

  /**
   * Splits the scanned arguments again, with CR and LF as separators too. nats-server does so for SUB and UNSUB only.
   */
  splitAtBreaks(buffer: Buffer): void {
    if (!this.#hasBreak) return;
    let slot = 0;
    let inField = false;
    for (let at = this.start; at < this.end; at++) {
      const byte = buffer[at];
      const separates = isBlank(byte) || byte === CR || byte === LF;
      if (separates === inField) {
        this.bounds[slot++] = at;
        inField = !inField;
      }
    }
    if (inField) this.bounds[slot++] = this.end;
    this.count = slot >> 1;
  }

  #finish(slot: number, end: number, next: number): number {
    this.count = slot >> 1;
    this.end = end;
    return next;
  }
}

function endsField(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}
