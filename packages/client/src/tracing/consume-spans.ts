import type { Message } from "../consume/message.ts";
import { linksMax, messageAttributes } from "./message-attributes.ts";
import { contextIn } from "./trace-context.ts";
import type { Span, SpanAttributes, TraceContext, Tracing } from "./tracing.ts";

/** What is being done with messages that were handed out, or was. */
const spans: WeakMap<object, Span> = new WeakMap();

/** What is being done with a message, or was; `undefined` where nothing is traced. */
export function spanOf(message: object): Span | undefined {
  return spans.get(message);
}

/** A message is handed out to who works on it: that is a span until it is settled, a child of the one that has sent it. */
export function beginProcessing(tracing: Tracing, message: Message<unknown>): void {
  const { station } = message;
  const span = tracing.begin({
    name: `process ${station}`,
    kind: "consumer",
    attributes: {
      ...messageAttributes("process", "process", station),
      ...attributesOf(message),
    },
    parent: contextOfMessage(message),
  });
  spans.set(message, span);
}

/**
 * A message is settled.
 *
 * @param outcome - `ack`, `nak` …, which is what becomes of it.
 */
export function endProcessing(message: object, outcome: string): void {
  const span = spans.get(message);
  if (span === undefined) return;
  span.set({ "oxbow.outcome": outcome });
  span.end();
}

/** A message is passed on to a member elsewhere, who works on it. One that names no trace is no part of any. */
export function passedOn(tracing: Tracing, message: Message<unknown>): void {
  const parent = contextOfMessage(message);
  if (parent === undefined) return;
  const { station } = message;
  const { active } = tracing;
  tracing
    .begin({
      name: `receive ${station}`,
      kind: "client",
      attributes: {
        ...messageAttributes("receive", "receive", station),
        ...attributesOf(message),
      },
      parent,
      ...(active !== undefined && { links: [active] }),
    })
    .end();
}

/** The same of those that are fetched together, which is one span with a link to where each comes from. */
export async function receivedInSpan(
  tracing: Tracing,
  station: string,
  group: string,
  fetch: () => Promise<Message<unknown>[]>,
): Promise<Message<unknown>[]> {
  const span = tracing.begin({
    name: `receive ${station}`,
    kind: "client",
    attributes: {
      ...messageAttributes("receive", "receive", station),
      "messaging.consumer.group.name": group,
    },
  });
  try {
    const messages = await fetch();
    const links = messages.map(contextOfMessage).filter((each) => each !== undefined);
    span.set({ "messaging.batch.message_count": messages.length });
    span.link(links.slice(0, linksMax));
    span.end();
    return messages;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

function attributesOf(message: Message<unknown>): SpanAttributes {
  return {
    "messaging.consumer.group.name": message.group,
    "messaging.destination.partition.id": String(message.partition),
    "messaging.message.id": message.messageId,
    "messaging.message.body.size": message.data.length,
    "oxbow.message.sequence": message.sequence,
    "oxbow.message.attempt": message.attempt,
  };
}

function contextOfMessage(message: Message<unknown>): TraceContext | undefined {
  return contextIn((name) => message.header(name));
}
