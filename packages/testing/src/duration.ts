import { errorFactory } from "@oxbow/base";

/** A time span: milliseconds, or a number with its unit, such as `"31s"`, `"5m"`, `"1.5h"`, `"2d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const durationError = errorFactory({
  DURATION_INVALID: { kind: "invalid-argument", retryable: false },
});

/** @throws OxbowError `DURATION_INVALID` */
export function durationMs(duration: Duration): number {
  if (typeof duration === "number" && duration >= 0 && Number.isFinite(duration)) return duration;
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const factor = unitMs[unit];
  if (count !== undefined && factor !== undefined) return Number(count) * factor;
  const text = `${JSON.stringify(duration)} is no time span: give milliseconds, or a number with ms, s, m, h or d`;
  throw durationError("DURATION_INVALID", text);
}
