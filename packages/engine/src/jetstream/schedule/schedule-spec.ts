import { parseGoDuration } from "@oxbow/wire/go-text";
import { TimeZone } from "../../time/time-zone.ts";
import { formatTimestamp, parseTimestamp } from "../../time/timestamp.ts";
import { type CronPattern, nextCron, parseCron } from "./cron.ts";

/** When a schedule fires (ADR-51). */
export type ScheduleSpec =
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "every"; readonly intervalMs: number }
  | { readonly kind: "cron"; readonly pattern: CronPattern; readonly zone: TimeZone };

const SECOND_MS = 1_000;
const SECOND_NS = 1_000_000_000n;
/** An instant that is none: Go's zero time. */
const ZERO_SECONDS = -62_135_596_800;

const predefined: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

/**
 * Reads the value of `Nats-Schedule`: `@at <RFC 3339>`, `@every <Go duration>`, a predefined name, or a cron pattern.
 *
 * @param zone - Only for cron patterns; `undefined` where none was given, which is UTC.
 * @returns `"none"` for what means no schedule at all, `undefined` for what can't be read.
 */
export function parseSchedule(
  text: string,
  zone: TimeZone | undefined,
): ScheduleSpec | "none" | undefined {
  if (text === "") return "none";
  if (text.startsWith("@at ")) return zone === undefined ? parseAt(text.slice(4)) : undefined;
  if (text.startsWith("@every ")) return zone === undefined ? parseEvery(text.slice(7)) : undefined;
  const pattern = parseCron(Object.hasOwn(predefined, text) ? (predefined[text] ?? "") : text);
  return pattern === undefined ? undefined : { kind: "cron", pattern, zone: zone ?? TimeZone.utc };
}

function parseAt(text: string): ScheduleSpec | "none" | undefined {
  const at = parseTimestamp(text);
  if (at === undefined) return undefined;
  if (at.seconds === ZERO_SECONDS && at.nanos === 0) return "none";
  return { kind: "at", atMs: at.seconds * SECOND_MS + at.nanos / 1e6 };
}

function parseEvery(text: string): ScheduleSpec | undefined {
  const interval = parseGoDuration(text);
  if (interval === undefined || interval < SECOND_NS) return undefined;
  return { kind: "every", intervalMs: Number(interval) / 1e6 };
}

/**
 * When the schedule fires next after `sinceMs`, the time it was made or last fired; for `@at` always the same. What would
 * have fired several times by now fires once. `undefined` if it never does.
 */
export function nextTime(spec: ScheduleSpec, sinceMs: number, nowMs: number): number | undefined {
  switch (spec.kind) {
    case "at":
      return spec.atMs;
    case "every": {
      const nextMs = wholeSecond(sinceMs) + spec.intervalMs;
      return nextMs < nowMs ? wholeSecond(nowMs) + spec.intervalMs : nextMs;
    }
    case "cron": {
      const next = nextCron(spec.pattern, spec.zone, sinceMs / SECOND_MS);
      if (next === undefined || next * SECOND_MS >= nowMs) return ms(next);
      return ms(nextCron(spec.pattern, spec.zone, wholeSecond(nowMs) / SECOND_MS));
    }
  }
}

/** A time at which it fires, as `Nats-Schedule-Next` says it: in its own zone. */
export function timeText(spec: ScheduleSpec, atMs: number): string {
  const seconds = Math.floor(atMs / SECOND_MS);
  const nanos = Math.round((atMs - seconds * SECOND_MS) * 1e6);
  const offset = spec.kind === "cron" ? spec.zone.offsetAt(seconds) : 0;
  return formatTimestamp(seconds, nanos, Math.trunc(offset / 60));
}

/** The nearest one, half a second up. */
function wholeSecond(timeMs: number): number {
  return Math.floor(timeMs / SECOND_MS + 0.5) * SECOND_MS;
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * SECOND_MS;
}
