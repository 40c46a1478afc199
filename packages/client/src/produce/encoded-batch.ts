import { decimalSize, writeDecimal } from "@oxbow/base";
import type { BulkPlace } from "../connection/bulk-requests.ts";
import type { Addressed } from "./produce-batch.ts";

/** What messages have in common that go to one subject with the same headers. */
interface Frame {
  readonly subject: string;
  readonly lines: string;
  /** Up to the number of the message. */
  readonly head: Buffer;
  /** Headers as they go out; empty without any. */
  readonly block: Buffer;
}

/** Where all of a message but its payload begins and ends in bytes: two line breaks, and a space behind the number. */
const fixedBytes = 5;
const space = 0x20;

/**
 * The messages that are sent, as commands to publish them, each with a place for its answer (NATS client protocol):
 *
 *     HPUB <subject> <prefix><number> <size of headers> <size> ␍␊ <headers> <payload> ␍␊
 *     PUB  <subject> <prefix><number> <size> ␍␊ <payload> ␍␊
 *
 * @returns Memory of its own, of no pool: the official client sends the whole of what a piece lies in.
 */
export function encodedBatch(messages: Addressed, place: BulkPlace): Buffer {
  const { bytes, count, starts, ends } = messages.payloads;
  const frames = new Array<Frame | undefined>(count);
  let frame: Frame | undefined;
  let size = 0;
  for (let i = 0; i < count; i++) {
    if (!messages.isSent(i)) continue;
    frame = frameOf(messages, i, place.prefix, frame);
    frames[i] = frame;
    size += sizeOf(frame, place.first + i, (ends[i] as number) - (starts[i] as number));
  }
  const commands = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { head, block } = frames[i] ?? nothing;
    if (head.length === 0) continue;
    const [start, end] = [starts[i] as number, ends[i] as number];
    // Of all of something, `set` takes half the time of `copy`.
    commands.set(head, at);
    at += head.length;
    at = writeDecimal(commands, at, place.first + i);
    commands[at++] = space;
    if (block.length > 0) {
      at = writeDecimal(commands, at, block.length);
      commands[at++] = space;
    }
    at = writeBreak(commands, writeDecimal(commands, at, block.length + end - start));
    commands.set(block, at);
    at += block.length;
    at += bytes.copy(commands, at, start, end);
    at = writeBreak(commands, at);
  }
  return commands;
}

const nothing = { head: Buffer.alloc(0), block: Buffer.alloc(0) };

/** @param last - Of the message before, which mostly has the same. */
function frameOf(messages: Addressed, index: number, prefix: string, last?: Frame): Frame {
  const subject = messages.subject(index);
  const lines = messages.lines(index);
  if (last?.subject === subject && last.lines === lines) return last;
  const block = lines === "" ? nothing.block : Buffer.from(`NATS/1.0\r\n${lines}\r\n`);
  const command = lines === "" ? "PUB" : "HPUB";
  return { subject, lines, head: Buffer.from(`${command} ${subject} ${prefix}`), block };
}

function sizeOf({ head, block }: Frame, number: number, payloadSize: number): number {
  const headersSize = block.length;
  const size = headersSize + payloadSize;
  const headerDigits = headersSize === 0 ? 0 : decimalSize(headersSize) + 1;
  return head.length + decimalSize(number) + headerDigits + decimalSize(size) + size + fixedBytes;
}

function writeBreak(buffer: Buffer, at: number): number {
  buffer[at] = 0x0d;
  buffer[at + 1] = 0x0a;
  return at + 2;
}
