import { withHeader } from "@oxbow/wire/nats";
import { type JsApiError, jsError } from "../config/errors.ts";
import { headerName } from "../stream/publish-headers.ts";
import type { Arrival } from "./arrival.ts";
import {
  type CounterState,
  counted,
  encodeCounterBody,
  encodeCounterSources,
  parseCounterBody,
  parseCounterInteger,
  parseCounterSources,
} from "./counter.ts";
import type { CounterTotal, CounterTotals } from "./counter-totals.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Headers that make no sense with an increment. */
const INCOMPATIBLE = [
  "rollup",
  "expectedStream",
  "expectedLastMessageId",
  "expectedLastSubjectSequenceSubject",
  "expectedLastSequence",
  "expectedLastSubjectSequence",
] as const;

/** `Nats-Incr`, which only a stream of counters takes, and only alone; notes it in the arrival. */
export function incrementProblem(
  { config }: IngestContext,
  arrival: Arrival,
): JsApiError | undefined {
  const { headers } = arrival;
  if (!headers.asks("increment")) return undefined;
  arrival.increment = parseCounterInteger(headers.text("increment"));
  if (arrival.increment === undefined) return jsError(10171);
  // What comes from another stream was checked there, and is stored as it is where there are no counters.
  if (arrival.isSourced) return undefined;
  if (!config.allow_msg_counter) return jsError(10168);
  if (arrival.payloadSize > 0) return jsError(10170);
  return INCOMPATIBLE.some((name) => headers.asks(name)) ? jsError(10171) : undefined;
}

/** A stream of counters takes nothing else. */
export function incrementMissingProblem(
  { config }: IngestContext,
  { increment }: Arrival,
): JsApiError | undefined {
  return config.allow_msg_counter && increment === undefined ? jsError(10169) : undefined;
}

/**
 * Has a message wait if it counts and what its counter stands at must be read from the disk first; then it will be taken
 * again.
 */
export function awaitsCounter(
  { counters, log, waiting }: IngestContext,
  arrival: Arrival,
): boolean {
  if (counters === undefined || !arrival.hasRequests) return false;
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const id = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
  if (!isCounterUnread(counters, id)) return false;
  waiting.wait(arrival, (done) => counters.load([id], done));
  return true;
}

/** Whether the last message of a counter has to be read before it can count. */
export function isCounterUnread(counters: CounterTotals, subjectId: number): boolean {
  return counters.find(subjectId) === undefined;
}

/** Counts: puts what the counter comes to, after `before`, in the place of the payload. */
export function countingProblem(
  { ingestRoom }: IngestContext,
  arrival: Arrival,
  before: CounterTotal | undefined,
): JsApiError | undefined {
  const { increment } = arrival;
  if (increment === undefined) return undefined;
  const outcome =
    before === undefined || before === "broken" ? undefined : count(arrival, before, increment);
  if (outcome === undefined) return jsError(10172);
  const { state } = outcome;
  arrival.counterValue = state.total;
  arrival.counter = totalAfter(arrival, state);
  arrival.replaceBody(
    headersAfter(arrival, state, outcome.increment),
    encodeCounterBody(state.total),
  );
  const isTooLarge = arrival.payloadEnd - arrival.payloadStart > ingestRoom.limits.payloadMax;
  return isTooLarge ? jsError(10054) : undefined;
}

/** What the acknowledgement of a message that counts says of it. */
export function counterDetail({ counterValue }: Arrival): string {
  return counterValue === undefined ? "" : `,"val":"${counterValue}"`;
}

function count(
  arrival: Arrival,
  before: CounterState,
  increment: bigint,
): { state: CounterState; increment: bigint } | undefined {
  const source = arrival.headers.text("streamSource");
  if (source === "") return counted(before, increment);
  const [stream = "", , , , subject = arrival.subjectText()] = source.split(" ");
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = arrival;
  const value = parseCounterBody(
    payloadBuffer.toString("utf8", payloadStart + headersSize, payloadEnd),
  );
  return value === undefined ? undefined : counted(before, increment, { stream, subject, value });
}

/** What the message will say of its counter; where that has no sources yet, the publisher's own header stays. */
function totalAfter({ headers }: Arrival, state: CounterState): CounterTotal {
  if (hasSources(state) || !headers.asks("counterSources")) return state;
  const sources = parseCounterSources(headers.text("counterSources"));
  return sources === undefined ? "broken" : { total: state.total, sources };
}

function hasSources({ sources }: CounterState): boolean {
  return sources !== undefined && sources.size > 0;
}

/** The headers of the message with what it counts for, and where the counter's value is from. */
function headersAfter(arrival: Arrival, { sources }: CounterState, increment: bigint): Buffer {
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  let block = payloadBuffer.subarray(payloadStart, payloadStart + headersSize);
  if (increment !== arrival.increment) {
    block = withHeader(block, 0, block.length, headerName("increment"), String(increment));
  }
  if (sources === undefined || sources.size === 0) return block;
  const value = encodeCounterSources(sources);
  return withHeader(block, 0, block.length, headerName("counterSources"), value);
}
