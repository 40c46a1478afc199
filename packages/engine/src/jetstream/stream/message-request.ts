import type { Log } from "@oxbow/log";
import type { MessageGetRequest } from "../config/requests.ts";
import { lastSequenceOf, SubjectFilter } from "./subject-search.ts";

/** The sequence of the message that a request means, 0 if there is none. */
export function findRequested(log: Log, request: MessageGetRequest): number {
  if (request.last_by_subj !== "") return lastSequenceOf(log, request.last_by_subj);
  const { start_time: time } = request;
  const from =
    time === null ? request.seq : log.sequenceAtTime(time.seconds * 1000 + time.nanos / 1e6);
  if (request.next_by_subj !== "") {
    const { matches } = new SubjectFilter(log, [request.next_by_subj]);
    const sequence = log.nextMatching(from, matches);
    return sequence > log.lastSequence ? 0 : sequence;
  }
  return log.subjectIdOf(from) === 0 ? 0 : from;
}

/** Whether a request names a message in exactly one way. */
export function isMessageRequestValid(request: MessageGetRequest): boolean {
  const { seq, last_by_subj: last, next_by_subj: next, start_time: time } = request;
  if (seq === 0 && last === "" && next === "" && time === null) return false;
  if (seq > 0 && last !== "") return false;
  if (last !== "" && next !== "") return false;
  return time === null || (seq === 0 && last === "");
}
