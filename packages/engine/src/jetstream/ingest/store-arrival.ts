import type { MessageView } from "../../routing/message.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";
import { lastOfSubject, removeSubject, rollUp } from "./rollup.ts";

/**
 * Stores a message that nothing speaks against, and does what follows from it; returns its sequence. Where nobody wants
 * it, it gets its sequence and no more.
 */
export function storeArrival(context: IngestContext, arrival: Arrival): number {
  const { log } = context;
  const { messageId, rollup, counter, nowMs } = arrival;
  const { schedules } = context;
  const previous = rollup === "sub" ? lastOfSubject(log, arrival) : 0;
  // Before the append, for in memory that delivers the message, and who gets it may publish in turn.
  context.lastMessageId = messageId;
  if (messageId !== "") context.duplicates.add(messageId, log.lastSequence + 1, nowMs);
  const isWanted = context.isWanted(arrival);
  const sequence = isWanted ? appendAndRepublish(context, arrival) : log.skip(nowMs);
  if (isWanted) schedules?.onStored(arrival, sequence);
  if (counter !== undefined) {
    context.counters?.put(log.subjectIdOf(sequence), sequence, counter);
  }
  if (rollup !== "") rollUp(log, arrival, sequence, previous);
  if (schedules !== undefined) endSchedule(context, arrival);
  return sequence;
}

/** Removes the schedule that a message ends. */
function endSchedule({ config, log }: IngestContext, { hasRequests, headers }: Arrival): void {
  if (!hasRequests || headers.text("scheduleNext") !== "purge") return;
  if (config.allow_rollup_hdrs && !config.deny_purge) removeSubject(log, headers.text("scheduler"));
}

function appendAndRepublish(context: IngestContext, arrival: Arrival): number {
  const { republisher } = context;
  const { nowMs, ttlSeconds } = arrival;
  if (!republisher?.isActive) return append(context, arrival, nowMs, ttlSeconds);
  const previous = republisher.previousOf(arrival);
  const sequence = append(context, arrival, nowMs, ttlSeconds);
  republisher.add(arrival, sequence, previous);
  return sequence;
}

/** Puts a message into the log as it is; returns its sequence. */
export function append(
  { log }: IngestContext,
  message: MessageView,
  nowMs: number,
  ttlSeconds = 0,
): number {
  return log.append(
    nowMs,
    message.subjectBuffer,
    message.subjectStart,
    message.subjectEnd,
    message.payloadBuffer,
    message.headersSize,
    message.payloadStart,
    message.payloadEnd,
    1,
    ttlSeconds,
  );
}
