const ZERO = 0x30;
const QUOTE = 0x22;
const BRACE_CLOSE = 0x7d;

const PREFIX: Buffer = Buffer.from('{"stream":"');
const MIDDLE: Buffer = Buffer.from('","seq":');

/** Reads the decimal number in `[start, end)`; the caller knows that it is one. */
export function parseDecimal(buffer: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + (buffer[i] as number) - ZERO;
  return value;
}

function startsWith(buffer: Buffer, start: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (buffer[start + i] !== expected[i]) return false;
  return true;
}

/**
 * Returns the sequence in a publish acknowledgement `{"stream":"S","seq":1}` of the given stream.
 *
 * The common form is recognised in place; any other goes through `JSON.parse`.
 *
 * @throws Error if it acknowledges another stream, is a duplicate or reports an error.
 */
export function ackSequence(buffer: Buffer, start: number, end: number, stream: Buffer): number {
  const nameStart = start + PREFIX.length;
  const nameEnd = nameStart + stream.length;
  const sequenceStart = nameEnd + MIDDLE.length;
  if (
    buffer[end - 1] === BRACE_CLOSE &&
    buffer[nameEnd] === QUOTE &&
    startsWith(buffer, start, PREFIX) &&
    startsWith(buffer, nameStart, stream) &&
    startsWith(buffer, nameEnd, MIDDLE)
  ) {
    let sequence = 0;
    for (let i = sequenceStart; i < end - 1; i++) {
      const digit = (buffer[i] as number) - ZERO;
      if (digit < 0 || digit > 9) return parsedSequence(buffer, start, end, stream);
      sequence = sequence * 10 + digit;
    }
    return sequence;
  }
  return parsedSequence(buffer, start, end, stream);
}

function parsedSequence(buffer: Buffer, start: number, end: number, stream: Buffer): number {
  const text = buffer.toString("utf8", start, end);
  let ack: { stream?: string; seq?: number; duplicate?: boolean; error?: unknown };
  try {
    ack = JSON.parse(text);
  } catch (cause) {
    throw new Error(`acknowledgement is no JSON: ${text}`, { cause });
  }
  if (
    ack.error ||
    ack.duplicate ||
    ack.stream !== stream.toString() ||
    !Number.isInteger(ack.seq)
  ) {
    throw new Error(`unexpected acknowledgement ${text} instead of one from ${stream}`);
  }
  return ack.seq as number;
}
