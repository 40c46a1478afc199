import type { MessageTrace } from "../../routing/trace/message-trace.ts";
import type { JsApiError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/** What a trace says of a message with the id of an earlier one. */
export const duplicateTraceText = "msgid is duplicate";

/** What nats-server calls a problem among its own, where that is not what it tells publishers. */
const traceTexts: ReadonlyMap<number, string> = new Map([
  [10054, "maximum payload exceeded"],
  [10060, "expected stream does not match"],
]);

/** What a trace says of why a message is not stored. */
export function traceTextOf({ err_code, description }: JsApiError): string {
  return traceTexts.get(err_code) ?? `${description} (${err_code})`;
}

/** Notes under which subject a message that nothing speaks against is stored. Returns whether it is stored at all. */
export function passTrace(context: IngestContext, arrival: Arrival, trace: MessageTrace): boolean {
  trace.onStored(arrival.subjectText(), !context.isWanted(arrival));
  return !trace.isOnly;
}
