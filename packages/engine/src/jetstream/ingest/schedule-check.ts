import { appendHeaders } from "@oxbow/wire/nats";
import { isValidLiteral, subjectsOverlap } from "../../subjects/subject.ts";
import { TimeZone } from "../../time/time-zone.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { parseLifetime } from "../config/lifetime.ts";
import { nextTime, parseSchedule } from "../schedule/schedule-spec.ts";
import { headerName, type PublishHeader } from "../stream/publish-headers.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

const ROLLUP = [[headerName("rollup"), "sub"]] as const;
/** What a client may say of the next time of a schedule: that there is none. */
const PURGE = "purge";
const asked: readonly PublishHeader[] = [
  "schedule",
  "scheduleTimeZone",
  "scheduleNext",
  "scheduler",
];

/**
 * Schedules (ADR-51), which only a stream with `allow_msg_schedules` takes: notes in the arrival when one fires first, and
 * has it replace the one before it. What the server makes of a schedule says of itself what no client may.
 */
export function scheduleProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const { headers, isSourced } = arrival;
  if (isSourced || !asked.some((header) => headers.has(header))) return undefined;
  return patternProblem(context, arrival) ?? schedulerProblem(context, arrival);
}

function patternProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const first = firstTime(context, arrival);
  if (first === "none") return undefined;
  const { allow_msg_schedules: isAllowed } = context.config;
  if (!isAllowed) return jsError(10188);
  if (typeof first !== "number") return first;
  const problem = outcomeProblem(context, arrival) ?? subjectsProblem(context, arrival);
  if (problem !== undefined) return problem;
  arrival.scheduleAtMs = first;
  return rollUpProblem(arrival);
}

/** When the schedule fires first, or why it can't be read; `"none"` if there is none. */
function firstTime(
  { turnClock }: IngestContext,
  { headers }: Arrival,
): number | "none" | JsApiError {
  let zone: TimeZone | undefined;
  if (headers.has("scheduleTimeZone")) {
    zone = TimeZone.find(headers.text("scheduleTimeZone"));
    if (zone === undefined) return jsError(10223);
  }
  const spec = parseSchedule(headers.text("schedule"), zone);
  if (spec === "none") return "none";
  const nowMs = turnClock.nowMs();
  const first = spec === undefined ? undefined : nextTime(spec, nowMs, nowMs);
  return first ?? jsError(10189);
}

/** What the message that it makes asks of the stream. */
function outcomeProblem({ config }: IngestContext, { headers }: Arrival): JsApiError | undefined {
  const ttl = headers.text("scheduleTtl");
  if (parseLifetime(ttl) === undefined) return jsError(10191);
  const rollup = headers.text("scheduleRollup");
  if (rollup !== "" && rollup !== "sub") return jsError(10192);
  return ttl !== "" && !config.allow_msg_ttl ? jsError(10166) : undefined;
}

/** Where the message goes that it makes, and where that comes from. */
function subjectsProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const { headers } = arrival;
  const subject = arrival.subjectText();
  const target = headers.text("scheduleTarget");
  const source = headers.text("scheduleSource");
  const isOwn = (text: string): boolean =>
    context.config.subjects.some((own) => subjectsOverlap(own, text));
  if (!isValidLiteral(target) || target === subject) return jsError(10190);
  if (source !== "" && (!isValidLiteral(source) || source === target || source === subject)) {
    return jsError(10203);
  }
  if (!isOwn(target)) return jsError(10190);
  return source !== "" && !isOwn(source) ? jsError(10203) : undefined;
}

/** A schedule replaces the one before it, whether it says so or not. */
function rollUpProblem(arrival: Arrival): JsApiError | undefined {
  const rollup = arrival.headers.text("rollup").toLowerCase();
  if (rollup !== "") return rollup === "sub" ? undefined : jsError(10192);
  const { payloadBuffer, payloadStart, headersSize } = arrival;
  const end = payloadStart + headersSize;
  arrival.replaceHeaders(appendHeaders(payloadBuffer, payloadStart, end, ROLLUP));
  arrival.rollup = "sub";
  return undefined;
}

/** A message that says whose schedule it ends. */
function schedulerProblem(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  const { headers } = arrival;
  const scheduler = headers.text("scheduler");
  if (!headers.asks("scheduleNext")) return scheduler === "" ? undefined : jsError(10212);
  if (headers.text("scheduleNext") !== PURGE) return jsError(10212);
  if (!isValidLiteral(scheduler) || scheduler === arrival.subjectText()) return jsError(10212);
  const { config, log, schedules } = context;
  if (!config.allow_msg_schedules) return jsError(10188);
  const bytes = Buffer.from(scheduler);
  const last = log.subjects.last(log.subjects.find(bytes, 0, bytes.length));
  // Where nothing is any more, nothing has to end.
  return last > 0 && schedules?.has(last) !== true ? jsError(10212) : undefined;
}
