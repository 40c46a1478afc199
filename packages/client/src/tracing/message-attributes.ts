import type { SpanAttributes } from "./tracing.ts";

/** Spans have no more links than this. */
export const linksMax = 128;

/**
 * What spans say of messages: the semantic conventions of OpenTelemetry for messaging. Nothing of what is in a message, and
 * no key.
 *
 * @param type - What is done, in the word of the conventions; `name` in ours.
 */
export function messageAttributes(
  type: "process" | "receive" | "send" | "settle",
  name: string,
  station: string,
): SpanAttributes {
  return {
    "messaging.system": "oxbow",
    "messaging.operation.type": type,
    "messaging.operation.name": name,
    "messaging.destination.name": station,
  };
}
