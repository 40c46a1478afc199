import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { readRequestInfo } from "../routing/request-info.ts";
import { InternalSubscription } from "../routing/subscription.ts";

/** A message that was heard, with copies of what was in it. */
export interface HeardMessage {
  readonly subject: string;
  /** Where an answer is wanted; `undefined` if none is. */
  readonly reply: string | undefined;
  /** Who asks, as JSON in `Nats-Request-Info`, if its subject is one where that is told. */
  readonly requestInfo: string | undefined;
  /** The first value of a header; `undefined` if there is none. */
  header(name: string): string | undefined;
  /** Without the headers. */
  readonly payload: Buffer;
  /** Answers it, if that is wanted. */
  respond(payload: Buffer): void;
}

/** Hears what is published on a subject of an account. Returns how to end it. */
export function hear(
  account: Account,
  subject: string,
  queue: string,
  handle: (message: HeardMessage) => void,
): () => void {
  const subscription = new InternalSubscription(
    subject,
    (message) => handle(heard(account, message)),
    queue,
  );
  account.subscribe(subscription);
  return () => account.unsubscribe(subscription);
}

function requestInfoOf(message: MessageView): string | undefined {
  const info = readRequestInfo(message);
  return info && JSON.stringify(info);
}

function headerIn(headers: Buffer, name: string): string | undefined {
  const value: HeaderValue = { start: 0, end: 0 };
  if (!findHeader(headers, 0, headers.length, Buffer.from(name), value)) return undefined;
  return headers.toString("utf8", value.start, value.end);
}

function heard(account: Account, message: MessageView): HeardMessage {
  const { subjectBuffer, subjectStart, subjectEnd, replyBuffer, replyStart, replyEnd } = message;
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  const headers = Buffer.from(payloadBuffer.subarray(payloadStart, payloadStart + headersSize));
  const replyBytes = Buffer.from(replyBuffer.subarray(replyStart, replyEnd));
  return {
    subject: subjectBuffer.toString("utf8", subjectStart, subjectEnd),
    requestInfo: requestInfoOf(message),
    header: (name) => headerIn(headers, name),
    reply: message.hasReply ? replyBytes.toString("utf8") : undefined,
    payload: Buffer.from(payloadBuffer.subarray(payloadStart + headersSize, payloadEnd)),
    respond: (payload) => {
      if (replyBytes.length === 0) return;
      const view = new MessageView();
      view.setSubject(replyBytes, 0, replyBytes.length);
      view.setPayload(payload, 0, payload.length, 0);
      account.publish(view);
    },
  };
}
