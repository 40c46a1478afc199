import type { Acknowledgement } from "../produce/acknowledgement.ts";
import type { BatchOptions } from "../produce/batch-messages.ts";
import type { BatchOutcome } from "../produce/batch-outcome.ts";
import type { ParentMessage } from "../produce/parentage.ts";
import type { ProduceOptions } from "../produce/produce-options.ts";
import { spanOf } from "./consume-spans.ts";
import { linksMax, messageAttributes } from "./message-attributes.ts";
import { contextIn, contextOf, isSameTrace, withContext } from "./trace-context.ts";
import type { Span, TraceContext, Tracing } from "./tracing.ts";

/**
 * Produces a message as a span: a child of what its headers name, of what is being done, or of what was done with the message
 * that it is derived from. The message says that it comes from this span.
 */
export function producedInSpan(
  tracing: Tracing,
  station: string,
  options: ProduceOptions,
  produce: (options: ProduceOptions) => Promise<Acknowledgement>,
): Promise<Acknowledgement> {
  const { active } = tracing;
  const own = contextOf(options.headers);
  const origin = originOf(options.parent);
  const isOwnElsewhere = own !== undefined && !(active && isSameTrace(own, active));
  const parent = isOwnElsewhere ? own : (active ?? origin);
  const span = tracing.begin({
    name: `send ${station}`,
    kind: "producer",
    attributes: messageAttributes("send", "send", station),
    parent,
    links: [active, origin].filter(
      (each): each is TraceContext => each !== undefined && each !== parent,
    ),
  });
  const { context } = span;
  if (context === undefined) return produce(options);
  const produced = produce({ ...options, headers: withContext(options.headers, context) });
  produced.then(
    ({ partition, messageId }) => {
      span.set({
        "messaging.destination.partition.id": String(partition),
        "messaging.message.id": messageId,
      });
      span.end();
    },
    (error: unknown) => span.end(error),
  );
  return produced;
}

/**
 * Produces a batch as a span. Messages that name a trace go on in that, and the span has links to them; the others say that
 * they come from this span.
 *
 * @param shared - What those go on in that name no trace; a batch is a child of it, unless it is part of it anyway.
 */
export async function batchInSpan(
  tracing: Tracing,
  station: string,
  count: number,
  options: BatchOptions,
  shared: TraceContext | undefined,
  produce: (shared: TraceContext | undefined) => Promise<BatchOutcome>,
): Promise<BatchOutcome> {
  const { active } = tracing;
  const isShared = shared !== undefined && !(active && isSameTrace(shared, active));
  const span = tracing.begin({
    name: `send ${station}`,
    kind: "producer",
    attributes: {
      ...messageAttributes("send", "send", station),
      "messaging.batch.message_count": count,
    },
    parent: isShared ? shared : active,
    links: linksOf(options),
  });
  const outcome = await produce(span.context ?? shared);
  endBatch(span, outcome);
  return outcome;
}

function endBatch(span: Span, { errors }: BatchOutcome): void {
  const [first] = errors.values();
  if (first !== undefined) span.set({ "oxbow.batch.refused_count": errors.size });
  span.end(first);
}

function linksOf(options: BatchOptions): TraceContext[] {
  const links: TraceContext[] = [];
  for (const each of options ?? []) {
    if (links.length >= linksMax) break;
    const context = contextOf(each?.headers) ?? originOf(each?.parent);
    if (context !== undefined) links.push(context);
  }
  return links;
}

/** What was done with the message that another one is derived from; else what that one says itself. */
function originOf(parent: ParentMessage | undefined): TraceContext | undefined {
  if (parent === undefined) return undefined;
  return spanOf(parent)?.context ?? contextIn((name) => parent.header?.(name));
}
