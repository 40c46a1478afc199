import type { Refusal } from "../../gates/refusal.ts";
import type { MessageView } from "../../routing/message.ts";
import { refuseAtGate, refuseForNow } from "../ingest/answers.ts";
import { type Arrival, giveArrival, takeArrival } from "../ingest/arrival.ts";
import { isFastBatched } from "../ingest/fast-reply.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { takeSingle } from "../ingest/single-publish.ts";
import { fitsRecord } from "../ingest/size-checks.ts";
import { append } from "../ingest/store-arrival.ts";
import { underStoredSubject } from "./input-transform.ts";

/**
 * Takes a message that was published on a subject of the stream: checks it in the order of nats-server, appends it to
 * the log, and owes its publisher an acknowledgement, which goes out when the message is durable.
 */
export function ingest(context: IngestContext, message: MessageView): void {
  const transform = context.inputTransform;
  ingestStored(context, transform === undefined ? message : underStoredSubject(transform, message));
}

/** The same for a message that has the subject it is to be stored under. */
export function ingestStored(context: IngestContext, message: MessageView): void {
  const passes = context.isPlain && fitsRecord(message) && context.store.failure === undefined;
  // A trace may only ask what would become of the message: then it is none of a batch, which would go on without it.
  const isFast = isFastBatched(message) && message.trace?.isOnly !== true;
  if (passes && message.headersSize === 0 && !isFast) {
    ingestPlain(context, message);
    return;
  }
  if (isHeldUp(context, message)) return;
  if (isFast) {
    context.fastBatches.take(message);
    return;
  }
  const arrival = takeArrival(message);
  if (arrival.hasRequests) arrival.dropRequestInfo();
  if (passes && !arrival.hasRequests && arrival.trace === undefined) {
    ingestPlain(context, arrival);
  } else if (isBatched(arrival)) context.atomicBatches.take(arrival);
  else {
    takeSingle(context, arrival);
    context.store.commitIfLarge();
  }
  giveArrival(arrival);
}

/**
 * Takes a message that a gate did not let in: it is not stored, but its publisher hears so from the stream, and a batch
 * that it is of ends or goes on as with any other message that can't be stored.
 */
export function ingestRefused(
  context: IngestContext,
  message: MessageView,
  refusal: Refusal,
): void {
  const isFast = isFastBatched(message) && message.trace?.isOnly !== true;
  const arrival = takeArrival(message);
  if (!isFast && !isBatched(arrival)) refuseAtGate(context, message, refusal);
  else if (!isHeldUp(context, message)) {
    if (isFast) context.fastBatches.takeRefused(arrival);
    else context.atomicBatches.take(arrival);
  }
  giveArrival(arrival);
}

/** Takes a message that has waited. */
export function ingestHeld(context: IngestContext, message: MessageView): void {
  if (message.refusal === undefined) ingestStored(context, message);
  else ingestRefused(context, message, message.refusal);
}

/** Whether a message is part of an atomic batch. */
function isBatched({ hasRequests, headers, trace }: Arrival): boolean {
  return hasRequests && headers.asks("batchId") && trace?.isOnly !== true;
}

/** Whether a message has to wait behind others, or is refused because too many wait. */
function isHeldUp(context: IngestContext, message: MessageView): boolean {
  const { waiting, ingestRoom, log, store } = context;
  if (waiting.isActive) {
    if (!waiting.push(message)) refuseForNow(context, message);
    else if (waiting.isPressed) context.onPressure(message);
    return true;
  }
  const { bufferedMessagesMax, bufferedBytesMax } = ingestRoom.limits;
  const isTooMuch =
    (bufferedMessagesMax > 0 && log.lastSequence - log.committedSequence >= bufferedMessagesMax) ||
    (bufferedBytesMax > 0 && store.stagedSize >= bufferedBytesMax);
  if (isTooMuch) refuseForNow(context, message);
  return isTooMuch;
}

/** The same for a message that asks nothing, in a stream that does not either. */
function ingestPlain(context: IngestContext, message: MessageView): void {
  context.lastMessageId = "";
  const sequence = append(context, message, context.turnClock.nowMs());
  if (message.replyStart !== message.replyEnd) {
    context.acks.push(context, message, sequence);
  }
  context.store.commitIfLarge();
  if (context.store.isPressed) context.onPressure(message);
}
