import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";

const REQUIRED_LEVEL = Buffer.from("Nats-Required-Api-Level");

/** Whether a server of that API level may handle a request: it says no higher level in its headers, or none at all. */
export function offersLevel(message: MessageView, apiLevel: number): boolean {
  if (message.headersSize === 0) return true;
  const value: HeaderValue = { start: 0, end: 0 };
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  if (!findHeader(buffer, start, start + headersSize, REQUIRED_LEVEL, value)) return true;
  return isLevelOffered(buffer.toString("latin1", value.start, value.end), apiLevel);
}

/** The same for the value of the header: what is no number is never offered, an empty value asks nothing. */
export function isLevelOffered(required: string, apiLevel: number): boolean {
  return required === "" || (/^[+-]?\d+$/.test(required) && Number(required) <= apiLevel);
}
