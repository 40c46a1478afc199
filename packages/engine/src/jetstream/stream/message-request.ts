import type { Log, RecordView } from "@oxbow/log";
import type { MessageGetRequest } from "../config/requests.ts";
import { sequenceSince } from "./message-time.ts";
import { readRecord } from "./read-record.ts";
import { lastSequenceOf, SubjectFilter } from "./subject-search.ts";

/** The sequence of the message that a request means, 0 if there is none. */
async function findRequested(log: Log, request: MessageGetRequest): Promise<number> {
  if (request.last_by_subj !== "") return lastSequenceOf(log, request.last_by_subj);
  const from = await startOf(log, request);
  if (request.next_by_subj !== "") {
    const { matches } = new SubjectFilter(log, [request.next_by_subj]);
    const sequence = log.nextMatching(from, matches);
    return sequence > log.lastSequence ? 0 : sequence;
  }
  return log.subjectIdOf(from) === 0 ? 0 : from;
}

/**
 * Points `view` at the message that a request means and returns its sequence, 0 if there is none, or if it can't be read.
 * The view is good for the turn in which the promise resolves.
 */
export async function readRequested(
  log: Log,
  request: MessageGetRequest,
  view: RecordView,
): Promise<number> {
  for (let unreadable = 0; ; ) {
    const sequence = await findRequested(log, request);
    if (sequence === 0 || sequence === unreadable) return 0;
    if (await readRecord(log, sequence, view, "found")) return sequence;
    // Its segment may have gone with it while it was waited for; then another one is meant by now.
    unreadable = sequence;
  }
}

/** Where a request that names a sequence or an instant begins. */
export async function startOf(
  log: Log,
  { seq, start_time: time }: MessageGetRequest,
): Promise<number> {
  return time === null ? seq : await sequenceSince(log, time);
}

/** Whether a request does not say at all which message it wants. */
export function isMessageRequestEmpty(request: MessageGetRequest): boolean {
  const { seq, last_by_subj: last, next_by_subj: next, start_time: time } = request;
  return seq === 0 && last === "" && next === "" && time === null;
}

/** Whether a request names one message in two ways at once. */
export function isMessageRequestContrary(request: MessageGetRequest): boolean {
  const { seq, last_by_subj: last, next_by_subj: next, start_time: time } = request;
  if (seq > 0 && (last !== "" || time !== null)) return true;
  return last !== "" && (next !== "" || time !== null);
}
