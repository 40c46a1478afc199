import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Bytes of a header block that a stream takes at most; nats-server's limit. */
const HEADERS_SIZE_MAX = 64 * 1024;
/** Bytes of a subject that a record can hold; only a raised `max_control_line` lets a longer one come this far. */
const SUBJECT_SIZE_MAX = 65_535;

/** Whether a message fits into a record, whatever the stream says. */
export function fitsRecord({ headersSize, subjectStart, subjectEnd }: MessageView): boolean {
  return headersSize <= HEADERS_SIZE_MAX && subjectEnd - subjectStart <= SUBJECT_SIZE_MAX;
}

/** `max_msg_size` of the stream, headers included. */
export function messageSizeProblem(
  { config }: IngestContext,
  { payloadStart, payloadEnd }: MessageView,
): JsApiError | undefined {
  const isTooLarge = config.max_msg_size >= 0 && payloadEnd - payloadStart > config.max_msg_size;
  return isTooLarge ? jsError(10054) : undefined;
}

/** What a record can't hold. */
export function recordSizeProblem(message: MessageView): JsApiError | undefined {
  if (fitsRecord(message)) return undefined;
  if (message.headersSize > HEADERS_SIZE_MAX) return jsError(10097);
  return jsError(10077, { err: `subject of more than ${SUBJECT_SIZE_MAX} bytes` });
}
