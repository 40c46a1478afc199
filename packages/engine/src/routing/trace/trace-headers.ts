import { appendHeaders, nextLine, removeHeader, withHeader } from "@oxbow/wire/nats";
import { isTraceParentSampled } from "../latency-sampling.ts";
import type { MessageView } from "../message.ts";

/** The headers about traces. */
export const traceDestinationHeader = "Nats-Trace-Dest";
export const traceOnlyHeader = "Nats-Trace-Only";
/** Set by servers of old; a message with it is not traced. */
export const traceOriginHeader = "Nats-Trace-Origin-Account";
export const acceptEncodingHeader = "Accept-Encoding";
/** What stands as destination where a message must not be traced; no subject. */
export const traceDisabled = "trace disabled";

/** Headers by name, names as they were written. */
export type HeaderValues = Readonly<Record<string, readonly string[]>>;

/** The headers of a message that asks for a trace. */
export interface TraceRequest {
  readonly headers: HeaderValues;
  /** Whether only a `traceparent` asks for it, so that its account says where the trace goes. */
  readonly isExternal: boolean;
}

const destination = Buffer.from(traceDestinationHeader);
const parent = Buffer.from("traceparent");
const firstLine = "NATS/1.0\r\n";
const colon = 0x3a;
/** Makes an ASCII letter small. */
const smallBit = 0x20;

/**
 * Whether the header block in `[start, end)` has a header that can ask for a trace; a quick look, for every message
 * with headers.
 *
 * @param isParentHeard - Whether a `traceparent` can.
 */
export function mayBeTraced(
  buffer: Buffer,
  start: number,
  end: number,
  isParentHeard: boolean,
): boolean {
  for (let line = nextLine(buffer, start, end); line >= 0; line = nextLine(buffer, line, end)) {
    if (isName(buffer, line, end, destination, false)) return true;
    if (isParentHeard && isName(buffer, line, end, parent, true)) return true;
  }
  return false;
}

/** What the headers say about a trace; `undefined` if there is to be none. */
export function readTraceRequest(
  buffer: Buffer,
  start: number,
  end: number,
): TraceRequest | undefined {
  const block = buffer.toString("utf8", start, end);
  if (!block.startsWith(firstLine)) return undefined;
  const headers = new Map<string, string[]>();
  let hasDestination = false;
  let hasParent = false;
  for (const [name, value] of entriesOf(block.slice(firstLine.length))) {
    if (name === traceDestinationHeader && !hasDestination) {
      if (value === traceDisabled) return undefined;
      hasDestination = true;
    } else if (!hasParent && name.toLowerCase() === "traceparent") {
      hasParent = isTraceParentSampled(value);
    }
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  if (!hasDestination && !hasParent) return undefined;
  const sorted = [...headers].sort(([a], [b]) => (a < b ? -1 : 1));
  return { headers: Object.fromEntries(sorted), isExternal: !hasDestination };
}

/**
 * Gives a message, which has headers, another destination for its trace, in a copy of its payload.
 *
 * @param isLast - Whether it stands after the other headers then, and not where it stood, as nats-server has it with
 *   messages on their way and with stored ones.
 */
export function setTraceDestination(message: MessageView, value: string, isLast = true): void {
  const { payloadBuffer: buffer, payloadStart: start, payloadEnd, headersSize } = message;
  const bodyStart = start + headersSize;
  const entry = [traceDestinationHeader, value] as const;
  let headers: Buffer;
  if (isLast) {
    const others = removeHeader(buffer, start, bodyStart, traceDestinationHeader);
    headers = appendHeaders(others, 0, others.length, [entry]);
  } else {
    headers = withHeader(buffer, start, bodyStart, ...entry);
  }
  const payload = Buffer.concat([headers, buffer.subarray(bodyStart, payloadEnd)]);
  message.setPayload(payload, 0, payload.length, headers.length);
}

/** The headers with a name and a value. */
function* entriesOf(lines: string): Generator<[name: string, value: string]> {
  for (let at = 0; at < lines.length; ) {
    const nameEnd = lines.indexOf(":", at);
    const lineEnd = lines.indexOf("\r\n", nameEnd);
    if (nameEnd < 0 || lineEnd < 0) return;
    const value = lines.slice(nameEnd + 1, lineEnd).replace(/^[ \t]+|[ \t]+$/g, "");
    if (nameEnd > at && value !== "") yield [lines.slice(at, nameEnd), value];
    at = lineEnd + 2;
  }
}

function isName(
  buffer: Buffer,
  at: number,
  end: number,
  name: Buffer,
  isCaseFree: boolean,
): boolean {
  if (at + name.length >= end || buffer[at + name.length] !== colon) return false;
  for (let index = 0; index < name.length; index++) {
    const byte = buffer[at + index] as number;
    if ((isCaseFree ? byte | smallBit : byte) !== name[index]) return false;
  }
  return true;
}
