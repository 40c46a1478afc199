import { CR, isBlank, LF } from "./ascii.ts";
import { Carry } from "./carry.ts";
import { LineFields } from "./line-fields.ts";
import type { ProtocolErrorKind } from "./protocol-error.ts";

/** What a parser refuses. */
export interface ParserLimits {
  /** Longest arguments of a control line in bytes: what stands between the verb and the line ending. */
  controlLineMax: number;
  /** Largest payload in bytes, headers included. Sizes above 999,999,999 are malformed whatever this says. */
  payloadMax: number;
}

/**
 * What the carried operation waits for.
 *
 * - `verb`: more bytes of the verb.
 * - `arguments`: the first byte of the arguments; blanks before it are dropped.
 * - `line`: the end of the control line.
 * - `rest-of-line`: the end of a line whose further bytes mean nothing (`PING`); they are dropped.
 * - `payload`: bytes up to the known size of the operation, `sizeMax` of the carry.
 */
type Awaited = "nothing" | "verb" | "arguments" | "line" | "rest-of-line" | "payload";

/** What the `read…` methods return instead of a position when the operation waits or was refused. */
export const NOT_READ = -1;

const CRLF_SIZE = 2;

/**
 * What the parsers of both directions share: any chunking in, whole operations out.
 *
 * Operations that lie wholly in a chunk are read there, in place. One that does not is copied to the carry as its
 * bytes arrive, and is read there once complete, so that handlers always get one contiguous buffer. The carry holds
 * one operation in a canonical form: one blank, if any, between verb and arguments, and nothing that has no meaning.
 * So it never holds more than a verb, `controlLineMax` and `payloadMax` bytes, and the line endings.
 */
export abstract class IncrementalParser {
  /** See {@link ParserLimits.controlLineMax}. May be changed at any time. */
  controlLineMax: number;
  /** See {@link ParserLimits.payloadMax}. May be changed at any time. */
  payloadMax: number;
  /** The arguments of the line last read by {@link readLine}. */
  protected readonly fields: LineFields = new LineFields();
  protected stopped = false;
  #isSuspended = false;
  readonly #carry: Carry = new Carry();
  #awaited: Awaited = "nothing";
  /** Size of the carried verb, with the blank it demands. */
  #verbSize = 0;

  protected constructor(limits: ParserLimits) {
    this.controlLineMax = limits.controlLineMax;
    this.payloadMax = limits.payloadMax;
  }

  /** Bytes of an unfinished operation that are held until the rest of it arrives. */
  get bufferedBytes(): number {
    return this.#carry.size;
  }

  /**
   * Reads `chunk`, which is borrowed during the call only, and calls the handler for each operation it completes.
   * A handler must not call it.
   *
   * @returns Where it ended: the size of the chunk, unless {@link suspend} was called before its last operation. The
   * caller then keeps what follows, and gives it to the next call.
   */
  parse(chunk: Buffer): number {
    if (this.#isSuspended) {
      this.#isSuspended = false;
      this.stopped = false;
    }
    let at = this.#awaited === "nothing" ? 0 : this.#finishCarried(chunk);
    if (at < chunk.length && !this.stopped) at = this.readOperations(chunk, at, chunk.length);
    if (!this.stopped) return chunk.length;
    this.#carry.clear();
    return this.#isSuspended ? at : chunk.length;
  }

  /** Ignores all further input, the rest of the current chunk included. A handler may call it. */
  stop(): void {
    this.stopped = true;
    this.#isSuspended = false;
  }

  /** Reads nothing after the current operation until {@link parse} is called again. For handlers; no effect once stopped. */
  suspend(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.#isSuspended = true;
  }

  /**
   * Reads the operations in `[start, end)`, which is not empty, until the end, a stop, or one that is not complete:
   * that one is left with {@link wait}.
   *
   * @returns Where the last operation ended that it has read in full; anything where it waits or has refused one.
   */
  protected abstract readOperations(buffer: Buffer, start: number, end: number): number;

  /** Hands an error to the handler. */
  protected abstract report(kind: ProtocolErrorKind): void;

  /** Refuses the input: reports it and ignores all that follows. */
  protected refuse(kind: ProtocolErrorKind): typeof NOT_READ {
    this.stopped = true;
    this.report(kind);
    return NOT_READ;
  }

  /**
   * Reads the arguments of the operation that starts at `at` and whose verb ends at `verbEnd` into {@link fields}.
   *
   * @returns Position after the line, or {@link NOT_READ}.
   */
  protected readLine(buffer: Buffer, at: number, verbEnd: number, end: number): number {
    let start = verbEnd;
    while (start < end && isBlank(buffer[start])) start++;
    if (start === end) return this.wait("arguments", buffer, at, verbEnd, start, end);
    const argumentsMax = this.controlLineMax;
    const limit = start + argumentsMax + CRLF_SIZE;
    const next = this.fields.scan(buffer, start, limit < end ? limit : end);
    if (next < 0) {
      // With all arguments there only the line ending may follow, of which CR is all that can have come.
      const last = start + argumentsMax;
      if (limit <= end || (last < end && buffer[last] !== CR)) {
        return this.refuse("control-line-exceeded");
      }
      return this.wait("line", buffer, at, verbEnd, start, end);
    }
    if (this.fields.end - start > argumentsMax) return this.refuse("control-line-exceeded");
    return next;
  }

  /**
   * Checks that the payload of `size` bytes from `start` on is there, and that CRLF follows. {@link readLine} has just
   * read the line of the same operation.
   *
   * @returns End of the payload, or {@link NOT_READ}.
   */
  protected readPayload(
    buffer: Buffer,
    at: number,
    verbEnd: number,
    start: number,
    size: number,
    end: number,
  ): number {
    if (size > this.payloadMax) return this.refuse("payload-exceeded");
    const payloadEnd = start + size;
    // The CR is looked at as soon as it is there: a peer that sent a wrong byte may be waiting for the answer.
    if (payloadEnd < end && buffer[payloadEnd] !== CR) return this.refuse("unknown-operation");
    const next = payloadEnd + CRLF_SIZE;
    if (next > end) {
      const argumentsStart = this.fields.start;
      this.#carry.sizeMax = verbEnd - at + next - argumentsStart;
      return this.wait("payload", buffer, at, verbEnd, argumentsStart, end);
    }
    if (buffer[payloadEnd + 1] !== LF) return this.refuse("unknown-operation");
    return payloadEnd;
  }

  /** Reads to the end of a line that needs no arguments. Returns the position after it, or {@link NOT_READ}. */
  protected skipLine(buffer: Buffer, at: number, verbEnd: number, end: number): number {
    const next = afterLineFeed(buffer, verbEnd, end);
    if (next < 0) return this.wait("rest-of-line", buffer, at, verbEnd, end, end);
    return next;
  }

  /**
   * Leaves an operation that is not complete: carries its verb `[at, verbEnd)` and the bytes `[restStart, end)`, and
   * goes on when more has arrived.
   */
  protected wait(
    awaited: Awaited,
    buffer: Buffer,
    at: number,
    verbEnd: number,
    restStart: number,
    end: number,
  ): typeof NOT_READ {
    const carry = this.#carry;
    this.#awaited = awaited;
    this.#verbSize = verbEnd - at;
    if (awaited !== "payload") carry.sizeMax = this.#lineSizeMax();
    // What is read from the carry is there already, in the same form.
    if (buffer !== carry.buffer) {
      carry.append(buffer, at, verbEnd);
      carry.append(buffer, restStart, end);
    }
    return NOT_READ;
  }

  /** Completes the carried operation, as far as `chunk` goes. Returns the position of what follows it. */
  #finishCarried(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && this.#awaited !== "nothing" && !this.stopped) {
      at = this.#take(chunk, at, chunk.length);
    }
    return at;
  }

  /** Takes what is awaited from the bytes `[at, end)` of `chunk`. Returns the position after what it has used. */
  #take(chunk: Buffer, at: number, end: number): number {
    switch (this.#awaited) {
      case "arguments": {
        let start = at;
        while (start < end && isBlank(chunk[start])) start++;
        return start === end ? end : this.#readCarried(chunk, start, start + 1);
      }
      case "line":
        return this.#takeLine(chunk, at, end);
      case "rest-of-line": {
        const lineFeed = chunk.indexOf(LF, at);
        return lineFeed < 0 ? end : this.#readCarried(chunk, lineFeed, lineFeed + 1);
      }
      case "payload":
        return this.#takePayload(chunk, at, end);
      default:
        return this.#readCarried(chunk, at, at + 1);
    }
  }

  #takeLine(chunk: Buffer, at: number, end: number): number {
    // From here on the line may be too long, wherever it ends: every byte is looked at.
    const limit = at + Math.max(1, this.#lineSizeMax() - 1 - this.#carry.size);
    const next = afterLineFeed(chunk, at, Math.min(limit, end));
    if (next >= 0) return this.#readCarried(chunk, at, next);
    if (limit <= end) return this.#readCarried(chunk, at, limit);
    this.#carry.append(chunk, at, end);
    return end;
  }

  /** Most bytes that the carried operation's control line can have. */
  #lineSizeMax(): number {
    return this.#verbSize + this.controlLineMax + CRLF_SIZE;
  }

  #takePayload(chunk: Buffer, at: number, end: number): number {
    const missing = this.#carry.sizeMax - this.#carry.size;
    if (end - at >= missing) return this.#readCarried(chunk, at, at + missing);
    // With only the LF missing, the byte that has to be CR can be checked already.
    if (end - at === missing - 1) return this.#readCarried(chunk, at, end);
    this.#carry.append(chunk, at, end);
    return end;
  }

  /** Adds `[start, end)` of `chunk` to the carry and reads it, which may end in waiting for more. Returns `end`. */
  #readCarried(chunk: Buffer, start: number, end: number): number {
    const carry = this.#carry;
    carry.append(chunk, start, end);
    this.#awaited = "nothing";
    this.readOperations(carry.buffer, 0, carry.size);
    if (this.#awaited === "nothing") carry.clear();
    return end;
  }
}

/** Position after the first LF in `[start, end)`, or -1. */
function afterLineFeed(buffer: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (buffer[at] === LF) return at + 1;
  return -1;
}
