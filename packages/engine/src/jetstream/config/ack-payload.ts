import { parseGoDuration } from "@oxbow/wire/go-text";
import { duration } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { optional, struct } from "../../json/struct-shape.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import { decodeLenient } from "./request-body.ts";

/** What a client says about a message delivered to it. `unknown` changes nothing, but is answered like the others. */
export type AckKind = "ack" | "nak" | "progress" | "term" | "next" | "unknown";

const ACK = word("+ACK");
const NAK = word("-NAK");
const PROGRESS = word("+WPI");
const NEXT = word("+NXT");
const TERM = word("+TER");
const LETTER_M = 0x4d;

/** Four letters as the number that reading them at once gives. */
function word(letters: string): number {
  return Buffer.from(letters).readUInt32BE(0);
}

/** Where what follows `-NAK` or `+NXT` starts, counted from the start of the payload. */
export const ACK_WORD_SIZE = 4;

/** Reads the kind of an acknowledgement in place, from `start` up to `end` of `buffer`. */
export function parseAckKind(buffer: Buffer, start: number, end: number): AckKind {
  const size = end - start;
  if (size === 0) return "ack";
  if (size < ACK_WORD_SIZE) {
    return size === 3 && buffer.toString("latin1", start, end) === "+OK" ? "ack" : "unknown";
  }
  switch (buffer.readUInt32BE(start)) {
    case ACK:
      return size === ACK_WORD_SIZE ? "ack" : "unknown";
    case PROGRESS:
      return size === ACK_WORD_SIZE ? "progress" : "unknown";
    case NAK:
      return "nak";
    case NEXT:
      return "next";
    case TERM:
      return size > ACK_WORD_SIZE && buffer[start + ACK_WORD_SIZE] === LETTER_M
        ? "term"
        : "unknown";
    default:
      return "unknown";
  }
}

const nakShape: Shape<{ readonly delay: bigint }> = struct<{ readonly delay: bigint }>(
  "ConsumerNakOptions",
  { delay: optional(duration) },
);

/**
 * Reads the delay of a `-NAK` payload, from `start` (the dash) up to `end` of `buffer`: `-NAK {"delay":<ns>}` or
 * `-NAK <Go duration>`.
 *
 * @returns Milliseconds, with a fraction, to wait before the message is delivered again; `undefined` if none is said or
 * it can not be read, which both mean a plain nak.
 */
export function parseNak(buffer: Buffer, start: number, end: number): number | undefined {
  if (end - start <= ACK_WORD_SIZE) return undefined;
  const body = buffer.toString("utf8", start + ACK_WORD_SIZE, end).trim();
  if (body.startsWith("{")) {
    const decoded = decodeLenient(buffer, start + ACK_WORD_SIZE, end, nakShape);
    return decoded.ok ? nsToMs(decoded.value.delay) : undefined;
  }
  const delay = parseGoDuration(body);
  return delay === undefined ? undefined : nsToMs(delay);
}

/** Reads the reason of a `+TERM <reason>` payload; empty if there is none. */
export function parseTermReason(buffer: Buffer, start: number, end: number): string {
  return buffer.toString("utf8", start + "+TERM".length, end).trim();
}
