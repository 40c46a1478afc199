import { type JsApiError, jsError } from "../config/errors.ts";
import { lastSequenceOf } from "../stream/subject-search.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/** `Nats-Expected-Stream`. */
export function expectedStreamProblem(
  { config }: IngestContext,
  { headers }: Arrival,
): JsApiError | undefined {
  const stream = headers.text("expectedStream");
  return stream !== "" && stream !== config.name ? jsError(10060) : undefined;
}

/** `Nats-Expected-Last-Subject-Sequence`, of the message's subject or of another. */
export function expectedSubjectSequenceProblem(
  { log }: IngestContext,
  arrival: Arrival,
): JsApiError | undefined {
  const { headers } = arrival;
  const expected = headers.integer("expectedLastSubjectSequence");
  const subject = headers.text("expectedLastSubjectSequenceSubject");
  if (expected === undefined) return subject === "" ? undefined : jsError(10193);
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const actual =
    subject === ""
      ? log.subjects.last(log.subjects.find(subjectBuffer, subjectStart, subjectEnd))
      : lastSequenceOf(log, subject);
  return actual === expected ? undefined : jsError(10071, { seq: actual });
}

/** `Nats-Expected-Last-Sequence`. */
export function expectedSequenceProblem(
  { log }: IngestContext,
  { headers }: Arrival,
): JsApiError | undefined {
  const expected = headers.integer("expectedLastSequence");
  if (expected === undefined || expected === log.lastSequence) return undefined;
  return jsError(10071, { seq: log.lastSequence });
}

/** `Nats-Expected-Last-Msg-Id`. */
export function expectedMessageIdProblem(
  { lastMessageId }: IngestContext,
  { headers }: Arrival,
): JsApiError | undefined {
  const expected = headers.text("expectedLastMessageId");
  if (expected === "" || expected === lastMessageId) return undefined;
  return jsError(10070, { id: lastMessageId });
}
