import { parseDecimal } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";

const SUFFIX = Buffer.from(".$FI");
const DOT = 0x2e;
const LAST = SUFFIX[SUFFIX.length - 1];
const GAP_OK = Buffer.from("ok");
const GAP_FAIL = Buffer.from("fail");
/** Messages between two acknowledgements, unless the publisher says otherwise. */
const FLOW_DEFAULT = 10;
const FLOW_MAX = 65_535;

/** What a message of a fast batch is for, by the number in its reply subject. */
export const FAST_START = 0;
export const FAST_APPEND = 1;
/** Ends the batch with this message. */
export const FAST_COMMIT = 2;
/** Ends the batch before this message, which is not stored. */
export const FAST_COMMIT_EOB = 3;
/** Is no message of the batch: asks what has come. */
export const FAST_PING = 4;

/** Whether a message is one of a fast batch, by the end of the reply subject that its publisher gave it. */
export function isFastBatched(message: MessageView): boolean {
  const { replyBuffer, replyStart, replyEnd } = asPublished(message);
  if (replyEnd - replyStart <= SUFFIX.length || replyBuffer[replyEnd - 1] !== LAST) return false;
  return isAt(replyBuffer, replyEnd - SUFFIX.length, replyEnd, SUFFIX);
}

/**
 * The reply subject of a message of a fast batch, read in place (ADR-50):
 * `<prefix>.<batch id>.<flow>.<gap>.<sequence>.<operation>.$FI`. One object is read into again and again.
 */
export class FastReply {
  operation = 0;
  /** Position of the message in its batch, from 1. */
  sequence = 0;
  /** Whether the batch goes on after messages that are missing or refused. */
  isGapOk = false;
  /** Messages between two acknowledgements, at most. */
  flow = 0;
  /** Where the batch's id lies, in the buffer that was read. */
  buffer: Buffer = Buffer.alloc(0);
  idStart = 0;
  idEnd = 0;

  /** Whether the message ends its batch. */
  get isCommit(): boolean {
    return this.operation === FAST_COMMIT || this.operation === FAST_COMMIT_EOB;
  }

  /**
   * Reads the reply subject that its publisher gave a message for which {@link isFastBatched} holds; false if it makes no
   * sense. The buffer is borrowed.
   */
  read(message: MessageView): boolean {
    const { replyBuffer: buffer, replyStart, replyEnd } = asPublished(message);
    this.buffer = buffer;
    const end = replyEnd - SUFFIX.length;
    const operationStart = tokenStart(buffer, replyStart, end);
    if (operationStart < 0) return false;
    this.operation = parseDecimal(buffer, operationStart, end);
    if (this.operation < FAST_START || this.operation > FAST_PING) return false;
    const sequenceStart = tokenStart(buffer, replyStart, operationStart - 1);
    if (sequenceStart < 0) return false;
    this.sequence = parseDecimal(buffer, sequenceStart, operationStart - 1);
    if (!this.#isSequenceRight()) return false;
    const gapStart = tokenStart(buffer, replyStart, sequenceStart - 1);
    if (gapStart < 0) return false;
    this.isGapOk = isAt(buffer, gapStart, sequenceStart - 1, GAP_OK);
    if (!this.isGapOk && !isAt(buffer, gapStart, sequenceStart - 1, GAP_FAIL)) return false;
    const flowStart = tokenStart(buffer, replyStart, gapStart - 1);
    if (flowStart < 0) return false;
    const flow = parseDecimal(buffer, flowStart, gapStart - 1);
    this.flow = flow <= 0 ? FLOW_DEFAULT : Math.min(flow, FLOW_MAX);
    this.idEnd = flowStart - 1;
    this.idStart = tokenStart(buffer, replyStart, this.idEnd);
    return this.idStart >= 0;
  }

  /** Whether the batch's id is this one. A loop, for a call out of JavaScript takes longer than the few bytes. */
  isOf(id: Buffer): boolean {
    return isAt(this.buffer, this.idStart, this.idEnd, id);
  }

  #isSequenceRight(): boolean {
    if (this.sequence < 1) return false;
    if (this.operation === FAST_START) return this.sequence === 1;
    if (this.operation === FAST_APPEND || this.operation === FAST_COMMIT_EOB) {
      return this.sequence > 1;
    }
    return true;
  }
}

/** The message with its own reply subject: one that came across accounts has another, by which answers find back. */
function asPublished(message: MessageView): MessageView {
  return message.via === undefined ? message : message.via.published;
}

/** Where the token before `end` begins, which a dot must stand before; -1 if there is none. */
function tokenStart(buffer: Buffer, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (buffer[at] === DOT) return at + 1;
  return -1;
}

function isAt(buffer: Buffer, start: number, end: number, bytes: Buffer): boolean {
  if (end - start !== bytes.length) return false;
  for (let index = 0; index < bytes.length; index++) {
    if (buffer[start + index] !== bytes[index]) return false;
  }
  return true;
}
