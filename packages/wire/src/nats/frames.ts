import { writeDecimal } from "@oxbow/base";
import { CR, LF, SPACE } from "./ascii.ts";
import { copyBytes } from "./copy.ts";

/** Constant frames. They are shared: never write to them. */
export const PING_FRAME: Buffer = Buffer.from("PING\r\n");
export const PONG_FRAME: Buffer = Buffer.from("PONG\r\n");
export const OK_FRAME: Buffer = Buffer.from("+OK\r\n");

/** `-ERR '<text>'`. Clients match the texts of nats-server; those of a parser are in {@link PROTOCOL_ERROR_TEXTS}. */
export function errFrame(text: string): Buffer {
  return Buffer.from(`-ERR '${text}'\r\n`);
}

/** `INFO <json>`, with nats-server's space before the line ending. */
export function infoFrame(info: object): Buffer {
  return Buffer.from(`INFO ${JSON.stringify(info)} \r\n`);
}

/** `HMSG `, four separators, two sizes of up to 16 digits, and the line ending. */
const MESSAGE_HEAD_OVERHEAD_MAX = 5 + 4 + 32 + 2;

/** An upper bound of what {@link writeMessageHead} writes, to reserve room with. */
export function messageHeadSizeMax(
  subjectSize: number,
  sidSize: number,
  replySize: number,
): number {
  return MESSAGE_HEAD_OVERHEAD_MAX + subjectSize + sidSize + replySize;
}

/**
 * Writes the control line of a message at `at` in `target`, which has {@link messageHeadSizeMax} bytes of room:
 *
 *     MSG  <subject> <sid> [reply] <size>\r\n                 if headersSize is 0
 *     HMSG <subject> <sid> [reply] <headersSize> <size>\r\n   otherwise; size includes the headers
 *
 * The payload and CRLF follow it. Subject, subscription id and reply are the given bytes of their sources, which may
 * be the same buffer; an empty reply is left out.
 *
 * @param hasBlankReply - Writes the blank of an empty reply nevertheless: two blanks before the size.
 *
 * @returns Position after the line.
 */
export function writeMessageHead(
  target: Buffer,
  at: number,
  subject: Buffer,
  subjectStart: number,
  subjectEnd: number,
  sid: Buffer,
  sidStart: number,
  sidEnd: number,
  reply: Buffer,
  replyStart: number,
  replyEnd: number,
  headersSize: number,
  size: number,
  hasBlankReply: boolean,
): number {
  let position = at;
  if (headersSize > 0) target[position++] = UPPER_H;
  target[position] = UPPER_M;
  target[position + 1] = UPPER_S;
  target[position + 2] = UPPER_G;
  target[position + 3] = SPACE;
  position = copyBytes(subject, subjectStart, subjectEnd, target, position + 4);
  target[position] = SPACE;
  position = copyBytes(sid, sidStart, sidEnd, target, position + 1);
  if (replyEnd > replyStart || hasBlankReply) {
    target[position] = SPACE;
    position = copyBytes(reply, replyStart, replyEnd, target, position + 1);
  }
  if (headersSize > 0) {
    target[position] = SPACE;
    position = writeDecimal(target, position + 1, headersSize);
  }
  target[position] = SPACE;
  position = writeDecimal(target, position + 1, size);
  target[position] = CR;
  target[position + 1] = LF;
  return position + 2;
}

const UPPER_G = 71;
const UPPER_H = 72;
const UPPER_M = 77;
const UPPER_S = 83;
