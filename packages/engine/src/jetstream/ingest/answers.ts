import { encodeHeaders } from "@oxbow/wire/nats";
import type { Refusal } from "../../gates/refusal.ts";
import { encodeAnswer } from "../../json/encode.ts";
import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { IngestContext } from "./ingest-context.ts";
import { traceTextOf } from "./traced-arrival.ts";

const TOO_MANY_REQUESTS = encodeHeaders({ code: 429, text: "Too Many Requests" }, []);

/** Whether the publisher of a message is told anything. */
export function wantsAnswer({ config }: IngestContext, message: MessageView): boolean {
  return !config.no_ack && message.replyStart !== message.replyEnd;
}

/** Tells the publisher of a message that it is not stored, and why. */
export function refuse(context: IngestContext, message: MessageView, error: JsApiError): void {
  message.trace?.onNotStored(traceTextOf(error));
  if (!wantsAnswer(context, message)) return;
  const reply = message.replyBuffer.subarray(message.replyStart, message.replyEnd);
  const answer = { error: { ...error }, stream: context.config.name, seq: 0 };
  context.sender.send(reply, encodeAnswer(answer));
}

/** The same because a gate did not let it in: once its dead letter, if there is one, is durable. */
export function refuseAtGate(
  context: IngestContext,
  message: MessageView,
  { error, deadIn, deadSequence }: Refusal,
): void {
  if (deadIn === undefined) {
    refuse(context, message, error);
    return;
  }
  message.trace?.onNotStored(traceTextOf(error));
  if (!wantsAnswer(context, message)) return;
  const answer = encodeAnswer({ error: { ...error }, stream: context.config.name, seq: 0 });
  context.acks.push(deadIn, message, deadSequence, answer.toString());
}

/** The same because too many messages wait already. */
export function refuseForNow(context: IngestContext, message: MessageView): void {
  const { config, sender } = context;
  message.trace?.onNotStored(traceTextOf(jsError(10167)));
  if (message.replyStart === message.replyEnd) return;
  const reply = message.replyBuffer.subarray(message.replyStart, message.replyEnd);
  const answer = { error: { ...jsError(10167) }, stream: config.name, seq: 0 };
  sender.send(reply, encodeAnswer(answer), TOO_MANY_REQUESTS);
}

/** Tells the publisher of a message of a batch that it has come; it is not stored yet. */
export function acknowledgeStaged(context: IngestContext, message: MessageView): void {
  if (wantsAnswer(context, message)) context.acks.sendEmpty(message);
}

/**
 * Owes the publisher of a message its acknowledgement, until `sequence` is durable.
 *
 * @param detail - What it says beside the sequence, as {@link PublishAcks.push} takes it.
 */
export function owe(
  context: IngestContext,
  message: MessageView,
  sequence: number,
  detail = "",
): void {
  if (!wantsAnswer(context, message)) return;
  context.acks.push(context, message, sequence, detail);
}
