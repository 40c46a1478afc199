import { decodeHeaders } from "@oxbow/wire/nats";
import type { MessageView } from "./message.ts";

/** Headers by name as HTTP writes it (`X-B3-Traceid`). */
export type TraceHeaders = Readonly<Record<string, readonly string[]>>;

const uber = "Uber-Trace-Id";
const uberContextPrefix = "Uberctx-";
const b3 = "B3";
const b3Sampled = "X-B3-Sampled";
const b3TraceId = "X-B3-Traceid";
const b3Names = [b3Sampled, b3TraceId, "X-B3-Parentspanid", "X-B3-Spanid"];
const traceParent = "Traceparent";
const traceState = "Tracestate";

/**
 * The headers of a request that ask for its latency to be measured, in the ways of Jaeger, Zipkin and W3C Trace
 * Context; `undefined` if none does. The first of them that is there decides.
 */
export function samplingHeaders(message: MessageView): TraceHeaders | undefined {
  if (message.headersSize === 0) return undefined;
  const headers = readHeaders(message);
  const uberId = headers.get(uber)?.[0];
  if (uberId !== undefined) {
    if (!isUberSampled(uberId)) return undefined;
    return pick(headers, (name) => name === uber || name.startsWith(uberContextPrefix));
  }
  const sampled = headers.get(b3Sampled)?.[0];
  if (sampled === "0") return undefined;
  if (sampled === "1" || headers.has(b3TraceId)) {
    return pick(headers, (name) => b3Names.includes(name));
  }
  const single = headers.get(b3)?.[0];
  if (single !== undefined) {
    const parts = single.split("-");
    const isDenied = parts[2] === "0" || (parts.length === 1 && parts[0] === "0");
    return isDenied ? undefined : pick(headers, (name) => name === b3);
  }
  const parent = headers.get(traceParent)?.[0];
  if (parent === undefined || !isTraceParentSampled(parent)) return undefined;
  return pick(headers, (name) => name === traceParent || name === traceState);
}

/** Whether the flags of a `traceparent` say that its trace is kept: `00-<trace>-<span>-01`. */
export function isTraceParentSampled(value: string): boolean {
  const flags = value.split("-");
  if (flags.length !== 4) return false;
  // Flags are read as a number below 128, as nats-server does.
  return (
    /^[0-7][0-9a-fA-F]$/.test(flags[3] as string) &&
    Number.parseInt(flags[3] as string, 16) % 2 === 1
  );
}

/** `<trace>:<span>:<parent>:<flags>`, with flags in one or two hexadecimal digits. */
function isUberSampled(value: string): boolean {
  const parts = value.split(":");
  const flags = parts[3] ?? "";
  return (
    parts.length === 4 && /^[0-9a-fA-F]{1,2}$/.test(flags) && Number.parseInt(flags, 16) % 2 === 1
  );
}

function readHeaders(message: MessageView): Map<string, string[]> {
  const { payloadBuffer, payloadStart, headersSize } = message;
  const { entries } = decodeHeaders(payloadBuffer, payloadStart, payloadStart + headersSize);
  const headers = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const key = canonicalName(name);
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [value.trim()]);
    else values.push(value.trim());
  }
  return headers;
}

/** As HTTP writes names: each word begins with a capital, the rest is small. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function pick(headers: Map<string, string[]>, isWanted: (name: string) => boolean): TraceHeaders {
  return Object.fromEntries([...headers].filter(([name]) => isWanted(name)).sort(byName));
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
