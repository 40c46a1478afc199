const CR = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
const LETTER_M = 0x4d;
const LETTER_H = 0x48;

/**
 * Where the parts of one delivered message lie in the read buffer. One object is reused for all messages, so it is
 * valid during the callback only. An absent reply has `replyStart === replyEnd`; without headers
 * `headerStart === payloadStart`.
 */
export interface Frame {
  subjectStart: number;
  subjectEnd: number;
  sid: number;
  replyStart: number;
  replyEnd: number;
  headerStart: number;
  payloadStart: number;
  payloadEnd: number;
}

/** Receives what a server sends, while the bytes still lie in the read buffer. */
export interface FrameHandler {
  onMessage(buffer: Buffer, frame: Frame): void;
  /** A line that is no message: `INFO …`, `PING`, `PONG`, `+OK` or `-ERR …`, without its line end. */
  onLine(line: string): void;
}

/**
 * Finds the messages in the bytes a NATS server sends, in place and without allocating.
 *
 * The load generator keeps a scanner of its own, separate from the parser of the server it measures: it trusts the
 * server to be well formed, so it can be shorter and faster, and a mistake shared by both ends cannot hide.
 */
export class Scanner {
  readonly #handler: FrameHandler;
  readonly #frame: Frame = {
    subjectStart: 0,
    subjectEnd: 0,
    sid: 0,
    replyStart: 0,
    replyEnd: 0,
    headerStart: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Reports every complete frame in `[0, end)`; returns where the first incomplete one starts. */
  scan(buffer: Buffer, end: number): number {
    let position = 0;
    while (position < end) {
      const first = buffer[position];
      const next =
        first === LETTER_M
          ? this.#message(buffer, position, end)
          : first === LETTER_H
            ? this.#messageWithHeaders(buffer, position, end)
            : this.#line(buffer, position, end);
      if (next < 0) break;
      position = next;
    }
    return position;
  }

  /** `MSG <subject> <sid> [reply] <size>`; returns the end of the frame, or -1 if it is incomplete. */
  #message(buffer: Buffer, start: number, end: number): number {
    const frame = this.#frame;
    const subjectStart = start + 4;
    let i = subjectStart;
    while (i < end && buffer[i] !== SPACE) i++;
    frame.subjectStart = subjectStart;
    frame.subjectEnd = i++;
    let sid = 0;
    while (i < end && buffer[i] !== SPACE) sid = sid * 10 + (buffer[i++] as number) - ZERO;
    frame.sid = sid;
    const restStart = ++i;
    let size = 0;
    frame.replyStart = restStart;
    frame.replyEnd = restStart;
    // Only the last token is a number; summing up digits of a reply subject does no harm, it is thrown away.
    for (; i < end; i++) {
      const byte = buffer[i] as number;
      if (byte === CR) break;
      if (byte === SPACE) {
        frame.replyEnd = i;
        size = 0;
      } else size = (size * 10 + byte - ZERO) | 0;
    }
    if (i >= end) return -1;
    const payloadStart = i + 2;
    const payloadEnd = payloadStart + size;
    if (payloadEnd + 2 > end) return -1;
    frame.headerStart = payloadStart;
    frame.payloadStart = payloadStart;
    frame.payloadEnd = payloadEnd;
    this.#handler.onMessage(buffer, frame);
    return payloadEnd + 2;
  }

  /** `HMSG <subject> <sid> [reply] <header size> <total size>`: rare here (statuses), so readable over fast. */
  #messageWithHeaders(buffer: Buffer, start: number, end: number): number {
    const lineEnd = buffer.indexOf("\r\n", start, "latin1");
    if (lineEnd < 0 || lineEnd >= end) return -1;
    const tokens = buffer.toString("latin1", start, lineEnd).split(" ");
    const totalSize = Number(tokens.at(-1));
    const headerSize = Number(tokens.at(-2));
    const frame = this.#frame;
    frame.subjectStart = start + 5;
    frame.subjectEnd = frame.subjectStart + (tokens[1] as string).length;
    frame.sid = Number(tokens[2]);
    frame.replyStart = frame.subjectEnd + (tokens[2] as string).length + 2;
    frame.replyEnd = frame.replyStart + (tokens.length === 6 ? (tokens[3] as string).length : 0);
    frame.headerStart = lineEnd + 2;
    frame.payloadStart = frame.headerStart + headerSize;
    frame.payloadEnd = frame.headerStart + totalSize;
    if (frame.payloadEnd + 2 > end) return -1;
    this.#handler.onMessage(buffer, frame);
    return frame.payloadEnd + 2;
  }

  #line(buffer: Buffer, start: number, end: number): number {
    const lineEnd = buffer.indexOf(CR, start);
    if (lineEnd < 0 || lineEnd + 2 > end) return -1;
    this.#handler.onLine(buffer.toString("latin1", start, lineEnd));
    return lineEnd + 2;
  }
}
