import type { IncomingMessage } from "node:http";
import type { HeadersInput, ParentMessage, ProduceOptions } from "oxbow";
import { parentHeader, readParent } from "oxbow/internal";
import { z } from "zod";
import { number, text } from "../api/shapes/common.ts";
import { httpError } from "../errors.ts";

/** Headers of a request that go along with the message by this name: `Oxbow-Header-Colour: red` is `Colour: red`. */
const headerPrefix = "oxbow-header-";
/** These say where a message belongs in a trace (W3C Trace Context), and go along as they are. */
const carried: ReadonlySet<string> = new Set(["traceparent", "tracestate", "baggage"]);
/** What programs write if nobody tells them anything. */
const meaningless: readonly string[] = [
  "application/json",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
];

/** What is said about a single message, in its query. */
export const produceQuery: z.ZodObject = z.strictObject({
  key: text("Tokens with dots between them: the partition, filters and compaction go by it."),
  partition: number("From 1; by default as the key says."),
  delayMs: number("Delivered so many milliseconds from now."),
  at: z.iso.datetime({ offset: true }).optional().describe("Delivered at this time."),
  ttlMs: number("Removed after this time."),
  expectLastSequence: number("Refused unless the last message of the partition has this one."),
});

/** What of a query is asked for. */
export interface ProduceQuery {
  readonly key?: string;
  readonly partition?: number;
  readonly delayMs?: number;
  readonly at?: string;
  readonly ttlMs?: number;
  readonly expectLastSequence?: number;
}

/** The options of a message, of what its query and the headers of its request say. */
export function produceOptionsOf(
  { at, ...query }: ProduceQuery,
  request: IncomingMessage,
): ProduceOptions {
  const messageId = request.headers["idempotency-key"];
  const headers = headersOf(request);
  const parent = request.headers[parentHeader.toLowerCase()];
  return {
    ...query,
    ...(at !== undefined && { at: new Date(at) }),
    ...(typeof messageId === "string" && messageId !== "" && { messageId }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(typeof parent === "string" && { parent: parentOf(parent) }),
  };
}

/**
 * What a message is derived from.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
export function parentOf(text: string): ParentMessage {
  const parent = readParent(text);
  if (parent !== undefined) return parent;
  const message = `${JSON.stringify(text)} is no place of a message: give <station>/<partition>/<sequence>, such as orders/1/42`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

/** Those that go along with the message, by their names as they were written. */
function headersOf({ rawHeaders }: IncomingMessage): HeadersInput {
  const found: Record<string, string[]> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = [rawHeaders[i], rawHeaders[i + 1]];
    const kept = nameInMessage(name, value);
    if (kept !== undefined) (found[kept] ??= []).push(value);
  }
  return found;
}

function nameInMessage(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower.startsWith(headerPrefix)) return name.slice(headerPrefix.length);
  if (carried.has(lower)) return lower;
  if (lower !== "content-type") return undefined;
  const [type = ""] = value.toLowerCase().split(";", 1);
  return meaningless.includes(type.trim()) ? undefined : "Content-Type";
}
