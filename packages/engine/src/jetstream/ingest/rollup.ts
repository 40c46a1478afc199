import type { Log } from "@oxbow/log";
import { hasWildcard } from "../../subjects/subject.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { SubjectFilter } from "../stream/subject-search.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Whether `Nats-Rollup` may be followed; says in the arrival what will go. */
export function rollupProblem({ config }: IngestContext, arrival: Arrival): JsApiError | undefined {
  const rollup = arrival.headers.text("rollup").toLowerCase();
  if (rollup === "") return undefined;
  if (!arrival.isSourced && (!config.allow_rollup_hdrs || config.deny_purge)) {
    return jsError(10111, { err: "rollup not permitted" });
  }
  if (rollup !== "sub" && rollup !== "all") {
    return jsError(10111, { err: `rollup value invalid: ${JSON.stringify(rollup)}` });
  }
  arrival.rollup = rollup;
  return undefined;
}

/** The last message of the arrival's subject, 0 if there is none. */
export function lastOfSubject(
  { subjects }: Log,
  { subjectBuffer, subjectStart, subjectEnd }: Arrival,
): number {
  return subjects.last(subjects.find(subjectBuffer, subjectStart, subjectEnd));
}

/**
 * Removes what is before the message at `sequence`, of its subject, of all subjects that this one matches as a pattern, or
 * of the whole stream. It may be gone already.
 *
 * @param previous - The last message of its subject before: as a rule the only one to be removed.
 */
export function rollUp(log: Log, arrival: Arrival, sequence: number, previous: number): void {
  if (arrival.rollup === "all") {
    log.removeBelow(sequence);
    return;
  }
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const subject = arrival.subjectText();
  if (hasWildcard(subject)) {
    // Clients of key-value buckets purge many keys with that.
    log.removeMatching(new SubjectFilter(log, [subject]).matches, sequence, 0);
    return;
  }
  const subjectId = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
  if (subjectId === 0) return;
  const ownCount = log.subjectIdOf(sequence) === 0 ? 0 : 1;
  const count = log.subjects.count(subjectId) - ownCount;
  if (count === 1 && log.subjectIdOf(previous) === subjectId) log.remove(previous);
  else if (count > 0) log.removeMatching((id) => id === subjectId, sequence, 0);
}

/** Removes all messages of a subject. */
export function removeSubject(log: Log, subject: string): void {
  const bytes = Buffer.from(subject);
  const subjectId = log.subjects.find(bytes, 0, bytes.length);
  if (subjectId === 0) return;
  if (log.subjects.count(subjectId) === 1) log.remove(log.subjects.last(subjectId));
  else log.removeMatching((id) => id === subjectId, log.lastSequence + 1, 0);
}
