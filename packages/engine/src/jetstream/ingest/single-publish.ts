import type { JsApiError } from "../config/errors.ts";
import { DUPLICATE_DETAIL } from "../stream/publish-acks.ts";
import { owe, refuse } from "./answers.ts";
import type { Arrival } from "./arrival.ts";
import {
  awaitsCounter,
  counterDetail,
  countingProblem,
  incrementMissingProblem,
  incrementProblem,
} from "./counter-check.ts";
import {
  expectedMessageIdProblem,
  expectedSequenceProblem,
  expectedStreamProblem,
  expectedSubjectSequenceProblem,
} from "./expectation-checks.ts";
import type { IngestContext } from "./ingest-context.ts";
import { fullProblem, roomProblem } from "./limit-checks.ts";
import { rollupProblem } from "./rollup.ts";
import { scheduleProblem } from "./schedule-check.ts";
import { messageSizeProblem, recordSizeProblem } from "./size-checks.ts";
import { stateProblem } from "./state-check.ts";
import { storeArrival } from "./store-arrival.ts";
import { duplicateTraceText, passTrace } from "./traced-arrival.ts";
import { ttlProblem, ttlValueProblem } from "./ttl-check.ts";

/** What became of a message: `waiting` will be taken again when something was read, `passed` was only to be traced. */
export type Outcome = "stored" | "duplicate" | "waiting" | "passed" | JsApiError;

/**
 * Takes a message that was published by itself: all checks in the order of nats-server, so that one with several faults
 * gets the same error, and only then any change.
 */
export function takeSingle(context: IngestContext, arrival: Arrival): Outcome {
  if (awaitsCounter(context, arrival)) return "waiting";
  const problem =
    stateProblem(context) ??
    messageSizeProblem(context, arrival) ??
    recordSizeProblem(arrival) ??
    requestProblem(context, arrival);
  if (problem !== undefined) {
    refuse(context, arrival, problem);
    return problem;
  }
  arrival.nowMs = context.turnClock.nowMs();
  if (arrival.messageId !== "") {
    const original = context.duplicates.find(arrival.messageId, arrival.nowMs);
    if (original > 0) {
      arrival.trace?.onNotStored(duplicateTraceText);
      owe(context, arrival, original, DUPLICATE_DETAIL);
      return "duplicate";
    }
  }
  const late =
    lateProblem(context, arrival) ??
    counterProblem(context, arrival) ??
    storageProblem(context, arrival);
  if (late !== undefined) {
    refuse(context, arrival, late);
    return late;
  }
  if (arrival.trace !== undefined && !passTrace(context, arrival, arrival.trace)) return "passed";
  const sequence = storeArrival(context, arrival);
  owe(context, arrival, sequence, counterDetail(arrival));
  if (context.config.storage === "file" && context.store.isPressed) context.onPressure(arrival);
  return "stored";
}

/** What is checked before a duplicate is recognised. */
function requestProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  if (!arrival.hasRequests) return undefined;
  return (
    incrementProblem(context, arrival) ??
    expectedStreamProblem(context, arrival) ??
    ttlProblem(context, arrival) ??
    expectedSubjectSequenceProblem(context, arrival) ??
    expectedSequenceProblem(context, arrival) ??
    scheduleProblem(context, arrival)
  );
}

/** What is checked once it is known that the message is no duplicate. */
function lateProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  if (!arrival.hasRequests) return undefined;
  return expectedMessageIdProblem(context, arrival) ?? rollupProblem(context, arrival);
}

/** What a stream of counters asks of a message; it is changed to what is to be stored. */
function counterProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const { counters, log } = context;
  if (counters === undefined) return undefined;
  const missing = incrementMissingProblem(context, arrival);
  if (missing !== undefined) return missing;
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const id = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
  return countingProblem(context, arrival, counters.find(id));
}

/** What is checked of the message as it would be stored. */
function storageProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  return (
    messageSizeProblem(context, arrival) ??
    recordSizeProblem(arrival) ??
    roomProblem(context, arrival) ??
    ttlValueProblem(context, arrival) ??
    fullProblem(context, arrival)
  );
}
