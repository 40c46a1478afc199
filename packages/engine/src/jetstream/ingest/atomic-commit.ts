import { appendHeaders } from "@oxbow/wire/nats";
import { type JsApiError, jsError } from "../config/errors.ts";
import { headerName } from "../stream/publish-headers.ts";
import { owe } from "./answers.ts";
import { type Arrival, giveArrival, takeArrival } from "./arrival.ts";
import type { AtomicBatch } from "./atomic-batch.ts";
import { BatchChanges, batchedProblem } from "./batch-checks.ts";
import { isCounterUnread } from "./counter-check.ts";
import type { IngestContext } from "./ingest-context.ts";
import { recordSizeProblem } from "./size-checks.ts";
import { append, storeArrival } from "./store-arrival.ts";

/** Bytes of a record beside subject, headers and payload, at most. */
const RECORD_OVERHEAD = 64;
/** The header of the last message of a batch. */
const COMMIT_MARK = [[headerName("batchCommit"), "1"]] as const;

/**
 * Stores all messages of a batch, and owes the publisher of `commit`, the message that ended it, the acknowledgement for
 * all of them. Or stores none, and says why not.
 *
 * Nothing is changed before everything is checked. All records come into one commit of the journal, since nothing but the
 * end of the turn begins one: after a crash all are there or none, and nobody reads one before all are durable.
 *
 * @param isLastMarked - Whether the last message has to be given the header that ends a batch, for `commit` is not stored.
 */
export function commitBatch(
  context: IngestContext,
  batch: AtomicBatch,
  commit: Arrival,
  isLastMarked: boolean,
): JsApiError | undefined {
  const arrivals: Arrival[] = [];
  const problem =
    context.isPlain && !batch.hasRequests
      ? storePassing(context, batch, commit, isLastMarked)
      : storeChecked(context, batch, arrivals, isLastMarked);
  for (const arrival of arrivals) giveArrival(arrival);
  if (problem !== undefined) return problem;
  commit.trace?.onStored(commit.subjectText(), false);
  const detail = `,"batch":${JSON.stringify(batch.id)},"count":${batch.count}`;
  owe(context, commit, context.log.lastSequence, detail);
  if (context.config.storage === "file" && context.store.isPressed) context.onPressure(commit);
  return undefined;
}

/**
 * Has the message that ends a batch wait if what a counter of the batch stands at must be read from the disk first; then it
 * will be taken again.
 */
export function awaitsCounters(
  context: IngestContext,
  commit: Arrival,
  batch: AtomicBatch | undefined,
): boolean {
  const { counters, log } = context;
  if (counters === undefined) return false;
  const unread = new Set<number>();
  const note = ({ subjectBuffer, subjectStart, subjectEnd }: Arrival): void => {
    const id = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
    if (isCounterUnread(counters, id)) unread.add(id);
  };
  note(commit);
  const view = takeArrival(commit);
  for (let index = 0; index < (batch?.count ?? 0); index++) {
    batch?.view(index, view);
    note(view);
  }
  giveArrival(view);
  if (unread.size === 0) return false;
  context.waiting.wait(commit, (done) => counters.load([...unread], done));
  return true;
}

/** Stores messages that ask nothing, in a stream that does not either: straight from where they are staged. */
function storePassing(
  context: IngestContext,
  batch: AtomicBatch,
  commit: Arrival,
  isLastMarked: boolean,
): JsApiError | undefined {
  const view = takeArrival(commit);
  for (let index = 0; index < batch.count; index++) {
    batch.view(index, view);
    const problem = recordSizeProblem(view);
    if (problem === undefined) continue;
    giveArrival(view);
    return problem;
  }
  context.lastMessageId = "";
  const size = batch.size + batch.count * RECORD_OVERHEAD;
  const isStored = context.log.appendTogether(size, () => {
    for (let index = 0; index < batch.count; index++) {
      batch.view(index, view);
      if (isLastMarked && index === batch.count - 1) mark(view);
      append(context, view, context.turnClock.nowMs());
    }
  });
  giveArrival(view);
  return isStored ? undefined : jsError(10023);
}

/** Checks every message, and what those before it in the batch will have changed, and stores them if all pass. */
function storeChecked(
  context: IngestContext,
  batch: AtomicBatch,
  arrivals: Arrival[],
  isLastMarked: boolean,
): JsApiError | undefined {
  const changes = new BatchChanges();
  for (let index = 0; index < batch.count; index++) {
    const arrival = batch.arrival(index);
    arrivals.push(arrival);
    arrival.nowMs = context.turnClock.nowMs();
    if (arrival.headers.asks("expectedLastMessageId")) {
      return jsError(10177, { header: headerName("expectedLastMessageId") });
    }
    const problem = batchedProblem(context, arrival, changes);
    if (problem !== undefined) return problem;
  }
  const full = context.takeRoom(changes.bytes);
  if (full !== undefined) return full;
  if (isLastMarked) mark(arrivals.at(-1) as Arrival);
  const size = changes.bytes + batch.count * RECORD_OVERHEAD;
  const isStored = context.log.appendTogether(size, () => {
    for (const arrival of arrivals) storeArrival(context, arrival);
  });
  return isStored ? undefined : jsError(10023);
}

function mark(arrival: Arrival): void {
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  const end = payloadStart + headersSize;
  arrival.replaceHeaders(appendHeaders(payloadBuffer, payloadStart, end, COMMIT_MARK));
}
