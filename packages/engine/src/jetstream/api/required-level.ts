import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";

const REQUIRED_LEVEL = Buffer.from("Nats-Required-Api-Level");

/** Whether a server of that API level may handle a request: it says no higher level in its headers, or none at all. */
export function offersLevel(message: MessageView, apiLevel: number): boolean {
  if (message.headersSize === 0) return true;
  const value: HeaderValue = { start: 0, end: 0 };
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  if (!findHeader(buffer, start, start + headersSize, REQUIRED_LEVEL, value)) return true;
  const level = buffer.toString("latin1", value.start, value.end).trim();
  return /^-?\d{1,9}$/.test(level) && Number(level) <= apiLevel;
}
