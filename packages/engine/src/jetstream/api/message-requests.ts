import { RecordView } from "@oxbow/log";
import { timestampText } from "../../time/clock-time.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { decodeRequest } from "../config/request-body.ts";
import {
  isEmptyRequest,
  messageDeleteRequestShape,
  messageGetRequestShape,
} from "../config/requests.ts";
import {
  isMessageRequestContrary,
  isMessageRequestEmpty,
  readRequested,
} from "../stream/message-request.ts";
import type { Stream } from "../stream/stream.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, refusal } from "./route.ts";

/** Requests about single messages. */
export const messageRequests: readonly (readonly [string, ApiRoute])[] = [
  [
    "STREAM.MSG.GET",
    {
      type: "stream_msg_get",
      args: [1, 1],
      tally: (error) => (error === undefined ? "nothing" : "error"),
      handle: getMessage,
    },
  ],
  [
    "STREAM.MSG.DELETE",
    {
      type: "stream_msg_delete",
      args: [1, 1],
      // That there is no such message is no error in nats-server's count.
      tally: (error) => (error === undefined || error === 10043 ? "request" : "error"),
      handle: deleteMessage,
    },
  ],
];

async function getMessage({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const decoded = decodeRequest(body, messageGetRequestShape, reading);
  if (!decoded.ok) return refusal(decoded.error);
  const request = decoded.value;
  const isBatch = request.batch > 0 || request.max_bytes > 0;
  if (isBatch || isMessageRequestEmpty(request) || isMessageRequestContrary(request)) {
    return refusal(jsError(10003));
  }
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  const view = new RecordView();
  const sequence = await readRequested(stream.log, request, view);
  if (sequence === 0) return refusal(jsError(10037));
  const hasHeaders = view.headersSize > 0 && !request.no_hdr;
  const payload = view.payload();
  return {
    message: {
      subject: view.subject(),
      seq: sequence,
      ...(hasHeaders && { hdrs: view.headers().toString("base64") }),
      ...(payload.length > 0 && { data: payload.toString("base64") }),
      time: timestampText({
        seconds: view.timestampSeconds,
        nanos: view.timestampNanos,
        offsetMinutes: 0,
      }),
    },
  };
}

async function deleteMessage({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  if (isEmptyRequest(body)) return refusal(jsError(10003));
  const decoded = decodeRequest(body, messageDeleteRequestShape, reading);
  if (!decoded.ok) return refusal(decoded.error);
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  const { config, log } = stream;
  if (config.sealed) return refusal(jsError(10109));
  if (config.deny_delete) {
    return refusal(jsError(10057, { err: "message delete not permitted" }));
  }
  const { seq, no_erase: withoutErasing } = decoded.value;
  const { store } = jetstream.services;
  const isThere = withoutErasing ? log.remove(seq) : await store.erase(log, seq);
  if (!isThere) return refusal(missing(stream, seq));
  await store.durable();
  return { success: true };
}

/** With files, what lies before the first message or behind the last has errors of its own. */
function missing({ config, log }: Stream, seq: number): JsApiError {
  const { firstSequence, lastSequence } = log;
  if (config.storage === "file" && seq > lastSequence) {
    return jsError(10057, { err: "stream store EOF" });
  }
  if (config.storage === "file" && seq < firstSequence) {
    return jsError(10057, { err: "no message found" });
  }
  return jsError(10043, { seq });
}
