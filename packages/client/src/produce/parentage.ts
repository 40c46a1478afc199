import { clientError } from "../errors.ts";
import { type MessagePlace, parentHeader, parentText, readParent } from "../lineage/stamp.ts";
import { continuedTrace, traceHeader } from "../lineage/trace.ts";
import { type HeadersInput, headerLine } from "./encoded-headers.ts";

/**
 * The message that another one is derived from: one that was consumed or read, as it is, or where it is. Of a message the
 * trace is continued, too.
 */
export interface ParentMessage extends MessagePlace {
  readonly stream?: string;
  readonly time?: Date;
  header?(name: string): string | undefined;
}

/** @throws OxbowError `MESSAGE_INVALID` */
export function checkParent(parent: ParentMessage): void {
  const { station, partition, sequence } = parent;
  const isPlace =
    typeof station === "string" &&
    readParent(parentText({ station, partition, sequence })) !== undefined;
  if (isPlace) return;
  const text = "parent: give a message that was consumed, or its { station, partition, sequence }";
  throw clientError("MESSAGE_INVALID", text);
}

/** The lines that say what a message is derived from, and which trace it belongs to unless its own headers say so. */
export function parentLines(parent: ParentMessage, own: HeadersInput | undefined): string {
  const { stream, sequence, time } = parent;
  const line = headerLine(parentHeader, parentText(parent));
  const hasOwn = Object.keys(own ?? {}).some((name) => name.toLowerCase() === traceHeader);
  if (hasOwn || stream === undefined || time === undefined) return line;
  const traceparent = parent.header?.(traceHeader);
  const trace = continuedTrace(traceparent, { stream, sequence, timeMs: time.getTime() });
  return line + headerLine(traceHeader, trace);
}
