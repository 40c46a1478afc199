import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { lastSequenceOf } from "../stream/subject-search.ts";
import type { Arrival } from "./arrival.ts";
import { countingProblem, incrementMissingProblem, incrementProblem } from "./counter-check.ts";
import type { CounterTotal } from "./counter-totals.ts";
import { expectedStreamProblem } from "./expectation-checks.ts";
import type { IngestContext } from "./ingest-context.ts";
import { chargeOf } from "./limit-checks.ts";
import { rollupProblem } from "./rollup.ts";
import { scheduleProblem } from "./schedule-check.ts";
import { messageSizeProblem, recordSizeProblem } from "./size-checks.ts";
import { ttlProblem, ttlValueProblem } from "./ttl-check.ts";

/** What the messages of a batch that were checked already will have changed once they are stored. */
export class BatchChanges {
  /** Messages. */
  count = 0;
  /** Bytes they are charged with. */
  bytes = 0;
  readonly messageIds: Set<string> = new Set();
  /** How many there are of each subject. */
  readonly subjects: Map<string, number> = new Map();
  /** What the counters among them come to. */
  readonly counters: Map<string, CounterTotal> = new Map();
  /** Last sequences of subjects that were expected, as they are in the stream. */
  readonly expected: Map<string, number> = new Map();

  clear(): void {
    this.count = 0;
    this.bytes = 0;
    this.messageIds.clear();
    this.subjects.clear();
    this.counters.clear();
    this.expected.clear();
  }
}

/**
 * Checks a message of a batch against the stream and the messages of the batch before it, in the order of nats-server,
 * which is not that of a message published by itself. Notes it in `changes` if nothing speaks against it.
 */
export function batchedProblem(
  context: IngestContext,
  arrival: Arrival,
  changes: BatchChanges,
): JsApiError | undefined {
  const subject = arrival.subjectText();
  const problem =
    recordSizeProblem(arrival) ??
    (arrival.hasRequests ? requestProblem(context, arrival, changes) : undefined) ??
    counterProblem(context, arrival, subject, changes) ??
    (arrival.hasRequests ? positionProblem(context, arrival, subject, changes) : undefined) ??
    fullProblem(context, arrival, subject, changes);
  if (problem !== undefined) return problem;
  changes.count++;
  changes.bytes += chargeOf(arrival);
  changes.subjects.set(subject, (changes.subjects.get(subject) ?? 0) + 1);
  if (arrival.messageId !== "") changes.messageIds.add(arrival.messageId);
  if (arrival.counter !== undefined) changes.counters.set(subject, arrival.counter);
  return undefined;
}

function requestProblem(
  context: IngestContext,
  arrival: Arrival,
  { messageIds }: BatchChanges,
): JsApiError | undefined {
  return (
    incrementProblem(context, arrival) ??
    expectedStreamProblem(context, arrival) ??
    ttlProblem(context, arrival, true) ??
    ttlValueProblem(context, arrival) ??
    duplicateProblem(context, arrival, messageIds)
  );
}

function duplicateProblem(
  { duplicates }: IngestContext,
  { messageId, nowMs }: Arrival,
  messageIds: ReadonlySet<string>,
): JsApiError | undefined {
  if (messageId === "") return undefined;
  const isKnown = messageIds.has(messageId) || duplicates.find(messageId, nowMs) > 0;
  return isKnown ? jsError(10201) : undefined;
}

function counterProblem(
  context: IngestContext,
  arrival: Arrival,
  subject: string,
  changes: BatchChanges,
): JsApiError | undefined {
  const { counters, log } = context;
  if (counters === undefined) return undefined;
  const missing = incrementMissingProblem(context, arrival);
  if (missing !== undefined) return missing;
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const before =
    changes.counters.get(subject) ??
    counters.find(log.subjects.find(subjectBuffer, subjectStart, subjectEnd));
  return countingProblem(context, arrival, before) ?? messageSizeProblem(context, arrival);
}

/** What depends on where in the batch the message is. */
function positionProblem(
  context: IngestContext,
  arrival: Arrival,
  subject: string,
  changes: BatchChanges,
): JsApiError | undefined {
  return (
    sequenceProblem(context, arrival, changes) ??
    subjectSequenceProblem(context, arrival, subject, changes) ??
    scheduleProblem(context, arrival) ??
    batchRollupProblem(context, arrival, subject, changes)
  );
}

/** Only the first message may expect a last sequence. */
function sequenceProblem(
  { log }: IngestContext,
  { headers }: Arrival,
  { count }: BatchChanges,
): JsApiError | undefined {
  const expected = headers.integer("expectedLastSequence");
  if (expected === undefined) return undefined;
  const actual = log.lastSequence + count;
  if (expected !== actual) return jsError(10071, { seq: actual });
  return count > 0 ? jsError(10164) : undefined;
}

/** The last sequence of a subject can be expected only before the batch itself has a message of it. */
function subjectSequenceProblem(
  { log }: IngestContext,
  { headers }: Arrival,
  ownSubject: string,
  { subjects, expected: known }: BatchChanges,
): JsApiError | undefined {
  const expected = headers.integer("expectedLastSubjectSequence");
  const otherSubject = headers.text("expectedLastSubjectSequenceSubject");
  if (expected === undefined) return otherSubject === "" ? undefined : jsError(10193);
  const subject = otherSubject === "" ? ownSubject : otherSubject;
  if (subjects.has(subject)) return jsError(10164);
  const actual = known.get(subject) ?? lastSequenceOf(log, subject);
  if (actual !== expected) return jsError(10071, { seq: actual });
  known.set(subject, actual);
  return undefined;
}

/** A rollup must not remove what the batch itself has put there. */
function batchRollupProblem(
  context: IngestContext,
  arrival: Arrival,
  subject: string,
  { subjects, count }: BatchChanges,
): JsApiError | undefined {
  const problem = rollupProblem(context, arrival);
  if (problem !== undefined) return problem;
  if (arrival.rollup === "sub" && subjects.has(subject)) {
    return jsError(10111, { err: "batch rollup sub invalid" });
  }
  if (arrival.rollup === "all" && count > 0) {
    return jsError(10111, { err: "batch rollup all invalid" });
  }
  return undefined;
}

/** What a full stream that takes nothing new says to the message, with those of the batch before it. */
function fullProblem(
  context: IngestContext,
  arrival: Arrival,
  subject: string,
  { count, bytes, subjects }: BatchChanges,
): JsApiError | undefined {
  const { config, log } = context;
  if (config.discard !== "new") return undefined;
  if (log.count + count + 1 > log.limits.countMax) {
    return jsError(10077, { err: "maximum messages exceeded" });
  }
  if (log.bytes + bytes + chargeOf(arrival) > log.limits.bytesMax) {
    return jsError(10077, { err: "maximum bytes exceeded" });
  }
  if (!config.discard_new_per_subject || arrival.rollup !== "") return undefined;
  const total = countOfSubject(context, arrival) + (subjects.get(subject) ?? 0) + 1;
  const isFull = config.max_msgs_per_subject > 0 && total > config.max_msgs_per_subject;
  return isFull ? jsError(10077, { err: "maximum messages per subject exceeded" }) : undefined;
}

function countOfSubject(
  { log }: IngestContext,
  { subjectBuffer, subjectStart, subjectEnd }: MessageView,
): number {
  return log.subjects.count(log.subjects.find(subjectBuffer, subjectStart, subjectEnd));
}
