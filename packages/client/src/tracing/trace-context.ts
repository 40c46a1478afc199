import { traceHeader, traceIdIn } from "../lineage/trace.ts";
import type { BatchOptions } from "../produce/batch-messages.ts";
import type { HeadersInput } from "../produce/encoded-headers.ts";
import type { TraceContext } from "./tracing.ts";

/** Says what else systems want to know of a trace (W3C Trace Context). */
export const traceStateHeader = "tracestate";

/** What headers say of a trace; `undefined` for nothing that can be read. */
export function contextIn(
  header: (name: string) => string | undefined | null,
): TraceContext | undefined {
  const traceparent = header(traceHeader);
  if (traceparent === undefined || traceparent === null) return undefined;
  if (traceIdIn(traceparent) === undefined) return undefined;
  const tracestate = header(traceStateHeader);
  return { traceparent, ...(tracestate && { tracestate }) };
}

/** Whether headers name a trace, be it one that can be read or not. */
function namesTrace(headers: HeadersInput | undefined): boolean {
  return headers !== undefined && headerIn(headers, traceHeader) !== undefined;
}

/** What the headers of a message that is to be produced say of a trace. */
export function contextOf(headers: HeadersInput | undefined): TraceContext | undefined {
  return headers && contextIn((name) => headerIn(headers, name));
}

/** Headers with another context, or with one. */
export function withContext(
  headers: HeadersInput | undefined,
  context: TraceContext,
): HeadersInput {
  const others = Object.entries(headers ?? {}).filter(([name]) => !isOfTrace(name.toLowerCase()));
  return { ...Object.fromEntries(others), ...context };
}

/** What is said about each message of a batch, so that those go on in a trace that name none. */
export function inTrace(options: BatchOptions, trace: TraceContext | undefined): BatchOptions {
  if (options === undefined || trace === undefined) return options;
  return options.map((each) =>
    namesTrace(each?.headers) ? each : { ...each, headers: withContext(each?.headers, trace) },
  );
}

/** Whether two contexts are of one trace. */
export function isSameTrace(one: TraceContext, other: TraceContext): boolean {
  return traceIdIn(one.traceparent) === traceIdIn(other.traceparent);
}

function isOfTrace(name: string): boolean {
  return name === traceHeader || name === traceStateHeader;
}

function headerIn(headers: HeadersInput, wanted: string): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return typeof found === "string" ? found : found?.[0];
}
