import type { MessageView } from "../../routing/message.ts";
import type { JsApiError } from "../config/errors.ts";
import { encodeAnswer } from "../config/json.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Whether the publisher of a message is told anything. */
export function wantsAnswer({ config }: IngestContext, message: MessageView): boolean {
  return !config.no_ack && message.replyStart !== message.replyEnd;
}

/** Tells the publisher of a message that it is not stored, and why. */
export function refuse(context: IngestContext, message: MessageView, error: JsApiError): void {
  if (!wantsAnswer(context, message)) return;
  const reply = message.replyBuffer.subarray(message.replyStart, message.replyEnd);
  const answer = { error: { ...error }, stream: context.config.name, seq: 0 };
  context.sender.send(reply, encodeAnswer(answer));
}

/** Owes the publisher of a message its acknowledgement, until `sequence` is durable. */
export function owe(
  context: IngestContext,
  message: MessageView,
  sequence: number,
  isDuplicate: boolean,
): void {
  if (!wantsAnswer(context, message)) return;
  context.acks.push(context, message, sequence, isDuplicate);
}
