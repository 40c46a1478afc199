import type { Clock, Logger, Random } from "@oxbow/base";
import type { Account } from "../routing/account.ts";
import type { MessageView } from "../routing/message.ts";
import { MessageTrace, type TraceServer } from "../routing/trace/message-trace.ts";
import {
  readTraceRequest,
  setTraceDestination,
  type TraceRequest,
  traceDestinationHeader,
  traceDisabled,
  traceOnlyHeader,
  traceOriginHeader,
} from "../routing/trace/trace-headers.ts";
import { isValidLiteral } from "../subjects/subject.ts";
import { isReservedSubject } from "./reserved-subjects.ts";

/** What is to be done with a message that may ask for a trace. */
export type TraceDecision =
  | { readonly t: "untraced" }
  | { readonly t: "traced"; readonly trace: MessageTrace }
  /** It goes nowhere. */
  | { readonly t: "dropped" }
  /** The same, and the publisher is told that it may not publish to that subject. */
  | { readonly t: "forbidden"; readonly destination: string };

/** The publisher of a message that may ask for a trace. */
export interface Tracer {
  readonly account: Account;
  readonly clientId: number;
  readonly clientName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly server: TraceServer;
  /** Whether it may publish to a subject, its right to answer apart. */
  mayPublish(subject: string): boolean;
}

const untraced: TraceDecision = { t: "untraced" };
const dropped: TraceDecision = { t: "dropped" };

/**
 * Decides whether `message` is traced. One that is not may get another header, so that nobody else traces it either.
 *
 * @param announcedSize - Its bytes, where it is refused before all of them have come.
 */
export function decideTrace(
  message: MessageView,
  tracer: Tracer,
  announcedSize?: number,
): TraceDecision {
  const { payloadBuffer, payloadStart, headersSize } = message;
  const request = readTraceRequest(payloadBuffer, payloadStart, payloadStart + headersSize);
  if (request === undefined) return untraced;
  const { account, logger } = tracer;
  const isOnly = !request.isExternal && isYes(request.headers[traceOnlyHeader]?.[0]);
  const isWhole = announcedSize === undefined;
  const withoutTrace = isOnly ? dropped : untraced;
  if (request.headers[traceOriginHeader] !== undefined) {
    if (!isOnly && isWhole) setTraceDestination(message, traceDisabled);
    return withoutTrace;
  }
  if (request.isExternal && !isSampled(account, tracer.random)) {
    if (isWhole && account.trace !== undefined) setTraceDestination(message, traceDisabled);
    return untraced;
  }
  const destination = destinationOf(request, account);
  if (!isValidLiteral(destination)) {
    logger.debug({ clientId: tracer.clientId, destination }, "a trace has nowhere to go");
    return withoutTrace;
  }
  const bytes = Buffer.from(destination);
  if (isReservedSubject(bytes, 0, bytes.length) || !tracer.mayPublish(destination)) {
    return { t: "forbidden", destination };
  }
  const publish = {
    ...tracer,
    subject: message.subjectText(),
    headers: request.headers,
    size: announcedSize ?? message.payloadEnd - payloadStart,
    destination,
    isOnly,
  };
  return { t: "traced", trace: new MessageTrace(publish, tracer.clock, tracer.server) };
}

function destinationOf(request: TraceRequest, account: Account): string {
  if (request.isExternal) return account.trace?.destination ?? "";
  return request.headers[traceDestinationHeader]?.[0] ?? "";
}

/** Whether a message with a `traceparent` is one of those that are traced. */
function isSampled({ trace }: Account, random: Random): boolean {
  if (trace === undefined || trace.destination === "") return false;
  const { samplingPercent: percent } = trace;
  return percent <= 0 || percent >= 100 || random.below(100) < percent;
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "on"].includes(value.toLowerCase());
}
