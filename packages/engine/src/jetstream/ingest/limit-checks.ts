import { type Log, Segment } from "@oxbow/log";
import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Bytes that a message is charged with. */
export function chargeOf(message: MessageView): number {
  const { subjectStart, subjectEnd, headersSize, payloadStart, payloadEnd } = message;
  return Segment.charge(subjectEnd - subjectStart, headersSize, payloadEnd - payloadStart);
}

/** Takes room of what all streams of the server, and of the account, may use. */
export function roomProblem(context: IngestContext, message: MessageView): JsApiError | undefined {
  return context.takeRoom(chargeOf(message));
}

/** What a stream that takes nothing new when it is full says to this message. */
export function fullProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const { config, log } = context;
  if (config.discard !== "new" || !context.isWanted(arrival)) return undefined;
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const subjectId = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
  const perSubject = config.max_msgs_per_subject;
  const isFull = perSubject > 0 && log.subjects.count(subjectId) >= perSubject;
  // A rollup makes room by itself.
  if (isFull && config.discard_new_per_subject && arrival.rollup === "") {
    return jsError(10077, { err: "maximum messages per subject exceeded" });
  }
  // A message that replaces the oldest of its subject adds nothing to the count, and to the bytes what it is larger.
  if (!isFull && log.count >= log.limits.countMax) {
    return jsError(10077, { err: "maximum messages exceeded" });
  }
  const charge = chargeOf(arrival);
  const replaced = isFull ? oldestOf(log, subjectId) : 0;
  const isTooMuch = log.bytes + charge > log.limits.bytesMax && log.chargeOf(replaced) < charge;
  return isTooMuch ? jsError(10077, { err: "maximum bytes exceeded" }) : undefined;
}

function oldestOf(log: Log, subjectId: number): number {
  return log.nextMatching(log.firstSequence, (id) => id === subjectId);
}
