import { InvalidArgumentError } from "commander";
import type { GroupStart, Place } from "oxbow";
import { durationMs, instant, sizeBytes, wholeNumber } from "../arguments.ts";

/** Parsers of values that only commands about the platform have. */

/** No limit. Commander makes something else of a null. */
export type None = "none";

/** What `parse` takes, or `none` for no limit. */
export function orNone<T>(parse: (text: string) => T): (text: string) => T | None {
  return (text) => (text === "none" ? text : parse(text));
}

export const countOrNone: (text: string) => number | None = orNone(wholeNumber(1));
export const sizeOrNone: (text: string) => number | None = orNone(sizeBytes);

/** As the platform has it: `null` for no limit. */
export function limit(value: number | None | undefined): number | null | undefined {
  return value === "none" ? null : value;
}

/** Milliseconds, or `forever`, which is 0. */
export function ageMs(text: string): number {
  return text === "forever" ? 0 : durationMs(text);
}

/** For as long as messages are kept. */
export type Kept = "kept";

/** Milliseconds, or `kept`. */
export function windowMs(text: string): number | Kept {
  return text === "kept" ? text : durationMs(text);
}

/** Texts between commas; `none` for no text at all. */
export function list(text: string): readonly string[] {
  return text === "none" ? [] : text.split(",").map((part) => part.trim());
}

/** Durations between commas, such as `1s,10s,1m`. */
export function durations(text: string): readonly number[] {
  return text === "none" ? [] : text.split(",").map(durationMs);
}

/** A place in a station: `beginning`, `now`, `last:100`, `sequence:5`, or a time. */
export function place(text: string): Place {
  if (text === "beginning" || text === "now") return { from: text };
  const [, kind, number] = /^(last|sequence|seq):(\d+)$/.exec(text) ?? [];
  const count = Number(number);
  if (kind === "last" && count > 0) return { from: "last", messages: count };
  if (kind !== undefined && kind !== "last" && count > 0)
    return { from: "sequence", sequence: count };
  if (/^\d{4}-\d\d-\d\d/.test(text)) return { from: "time", time: instant(text) };
  throw new InvalidArgumentError(
    "Write beginning, now, last:100, sequence:5 or a time such as 2026-11-20T12:00:00Z.",
  );
}

/** Where a group starts: a place, or with the last message of each key. */
export function start(text: string): GroupStart {
  return text === "last-per-key" ? { from: "lastPerKey" } : place(text);
}

/** Only what was given. */
export function given<T extends object>(
  settings: T,
): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
