import type { IncomingHttpHeaders } from "node:http";
import type { IngestDocument } from "@oxbow/platform";
import type { IngestKind, IngestVerification } from "oxbow/control";
import { textOf } from "./verify.ts";

/** What a request to an ingest URL is as a message. */
export interface Delivery {
  /** By which a request that is sent again is known; `undefined` if the sender gives none. */
  readonly messageId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** By which a message tells by which URL it has come. */
const ingestHeader = "Oxbow-Ingest";
const idCharsMax = 256;
/** What each kind of sender is known for to tell of a message. */
const known: Readonly<Record<IngestKind, readonly string[]>> = {
  github: [
    "X-GitHub-Event",
    "X-GitHub-Delivery",
    "X-GitHub-Hook-ID",
    "X-GitHub-Hook-Installation-Target-Type",
    "X-GitHub-Hook-Installation-Target-ID",
  ],
  stripe: [],
  slack: ["X-Slack-Retry-Num", "X-Slack-Retry-Reason"],
  standard: ["webhook-id", "webhook-timestamp"],
  hmac: [],
  none: [],
};
/** Where a message belongs in a trace (W3C Trace Context). */
const traced: readonly string[] = ["traceparent", "tracestate", "baggage"];

/** A request that was verified. */
export function deliveryOf(
  { name, verify, headers: wanted }: IngestDocument,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Delivery {
  const carried: Record<string, string> = { [ingestHeader]: name };
  for (const each of new Set([...known[verify.kind], ...wanted, ...traced])) {
    const value = headers[each.toLowerCase()];
    if (value !== undefined) carried[each] = Array.isArray(value) ? value.join(", ") : value;
  }
  const type = textOf(headers, "content-type");
  if (type !== "" && !/^application\/json\s*(?:;|$)/i.test(type)) carried["Content-Type"] = type;
  const id = idOf(verify, headers, body);
  const isId = id !== undefined && id !== "" && id.length <= idCharsMax && /^[!-~]+$/.test(id);
  return { messageId: isId ? id : undefined, headers: carried };
}

/**
 * The text that Slack wants to hear before it sends anything to a URL; `undefined` if that is not what it asks.
 *
 * @param body - Of a request that was verified.
 */
export function challengeIn(verify: IngestVerification, body: Buffer): string | undefined {
  if (verify.kind !== "slack") return undefined;
  const { type, challenge } = fieldsOf(body);
  return type === "url_verification" && typeof challenge === "string" ? challenge : undefined;
}

function idOf(
  verify: IngestVerification,
  headers: IncomingHttpHeaders,
  body: Buffer,
): string | undefined {
  switch (verify.kind) {
    case "github":
      return textOf(headers, "x-github-delivery");
    case "standard":
      return textOf(headers, "webhook-id");
    case "stripe":
      return stringOf(fieldsOf(body)["id"]);
    case "slack":
      return stringOf(fieldsOf(body)["event_id"]);
    default:
      return verify.idHeader === null ? undefined : textOf(headers, verify.idHeader);
  }
}

/** Of a body that may be anything. */
function fieldsOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
