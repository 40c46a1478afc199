import { createHash, randomBytes } from "node:crypto";

/** Says which trace a message belongs to (W3C Trace Context). */
export const traceHeader = "traceparent";

/** Where a message is stored, by which its trace is known if it names none. */
export interface TracedMessage {
  readonly stream: string;
  readonly sequence: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly timeMs: number;
}

const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a header names as trace: 32 hexadecimal digits; `undefined` for none. */
export function traceIdIn(traceparent: string | undefined | null): string | undefined {
  const [, id, span] = pattern.exec(traceparent ?? "") ?? [];
  return id === undefined || /^0+$/.test(id) || /^0+$/.test(span ?? "") ? undefined : id;
}

/**
 * The trace of a message that names none: it begins with the message, and anybody can reckon it, so that no header need be
 * made for each. The first half of the SHA-256 of `<stream>/<sequence>/<time in milliseconds>`.
 */
export function traceIdOf({ stream, sequence, timeMs }: TracedMessage): string {
  const hash = createHash("sha256").update(`${stream}/${sequence}/${timeMs}`);
  return hash.digest("hex").slice(0, 32);
}

/**
 * The header of a message that is derived from another one: the same trace, with a span of its own. As the trace decides
 * whether it is recorded, so does this; one that begins here is not.
 */
export function continuedTrace(
  traceparent: string | undefined | null,
  parent: TracedMessage,
): string {
  const id = traceIdIn(traceparent);
  const [, , , flags] = (id !== undefined && pattern.exec(traceparent ?? "")) || [];
  const span = randomBytes(8).toString("hex");
  return `00-${id ?? traceIdOf(parent)}-${span}-${flags ?? "00"}`;
}
