import { TTL_NEVER } from "@oxbow/log";
import { appendHeaders, removeHeader } from "@oxbow/wire/nats";
import { type JsApiError, jsError } from "../config/errors.ts";
import { parseLifetime } from "../config/lifetime.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import { headerName } from "../stream/publish-headers.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/**
 * `Nats-TTL`, which only a stream with `allow_msg_ttl` takes. One that can't be read is no matter of this check, unless
 * `isStrict`.
 */
export function ttlProblem(
  { config }: IngestContext,
  { headers, isSourced }: Arrival,
  isStrict = false,
): JsApiError | undefined {
  if (!headers.asks("ttl") || config.allow_msg_ttl || isSourced) return undefined;
  const seconds = parseLifetime(headers.text("ttl"));
  const asks = seconds === undefined ? isStrict : seconds !== 0;
  return asks ? jsError(10166) : undefined;
}

/** Whether `Nats-TTL` can be read; notes in the arrival how long the message is to live. */
export function ttlValueProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  if (!arrival.hasRequests || !arrival.headers.asks("ttl")) return undefined;
  const seconds = parseLifetime(arrival.headers.text("ttl"));
  // A message that nobody wants is not stored, and so not looked at any closer.
  if (seconds === undefined) return context.isWanted(arrival) ? jsError(10165) : undefined;
  arrival.ttlSeconds = seconds;
  const least = leastLifetime(context.config);
  if (seconds !== 0 && seconds !== TTL_NEVER && seconds < least) lengthen(arrival, least);
  return undefined;
}

/**
 * Where ends are marked, a message lives as long as a marker at least: one that ended earlier than the marker of the message
 * before it could not be marked. With one message per subject there is no message before it.
 */
function leastLifetime(config: StreamConfig): number {
  if (config.max_msgs_per_subject === 1) return 0;
  return Number(config.subject_delete_marker_ttl / 1_000_000_000n);
}

function lengthen(arrival: Arrival, seconds: number): void {
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  const name = headerName("ttl");
  const rest = removeHeader(payloadBuffer, payloadStart, payloadStart + headersSize, name);
  arrival.ttlSeconds = seconds;
  arrival.replaceHeaders(appendHeaders(rest, 0, rest.length, [[name, String(seconds)]]));
}
