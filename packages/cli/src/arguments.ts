import { parseDurationMs, parseSizeBytes } from "@oxbow/server/units";
import { InvalidArgumentError } from "commander";

/** Parsers of arguments and option values. Each throws commander's error, whose text says what to write. */

/** A whole number from `min` to `max`. */
export function wholeNumber(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number ${range}.`);
  };
}

/** Bytes, from text such as `64KB` or `1MiB`. */
export function sizeBytes(text: string): number {
  const value = parseSizeBytes(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError("Write a size such as 512, 64KB or 1MiB.");
}

/** Milliseconds, from text such as `10s` or `1m30s`. */
export function durationMs(text: string): number {
  const value = parseDurationMs(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError("Write a duration such as 500ms, 10s or 1m30s.");
}

/** One of a few words, which completion offers. */
export function oneOf<T extends string>(
  words: readonly T[],
): ((text: string) => T) & { readonly words: readonly T[] } {
  const parse = (text: string): T => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Write one of ${words.join(", ")}.`);
  };
  return Object.assign(parse, { words });
}

/** An instant such as `2026-11-20T12:00:00Z`, as ISO 8601 in UTC. */
export function instant(text: string): string {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError("Write a time such as 2026-11-20T12:00:00Z.");
}

/** A subject to publish to: tokens between dots, no wildcard. */
export function publishSubject(text: string): string {
  if (isSubject(text) && !text.split(".").some((token) => token === "*" || token === ">")) {
    return text;
  }
  throw new InvalidArgumentError(
    "Write tokens with dots between them and no * or >, such as orders.new.",
  );
}

/** A subject to listen to or filter on, wildcards allowed. */
export function filterSubject(text: string): string {
  const tokens = text.split(".");
  if (isSubject(text) && !tokens.slice(0, -1).includes(">")) return text;
  throw new InvalidArgumentError("Write a subject such as orders.new, orders.* or orders.>.");
}

/** Subjects between commas, added to those of earlier uses of the option. */
export function filterSubjects(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...text.split(",").map(filterSubject)];
}

/** A name of a stream or consumer. */
export function resourceName(text: string): string {
  if (/^[^\s.*>/\\]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError("Write a name without spaces, dots, * > / or \\, such as ORDERS.");
}

/** `key:value`, added to those of earlier uses of the option. */
export function keyValues(
  separator: ":" | "=",
): (
  text: string,
  previous?: readonly (readonly [string, string])[],
) => (readonly [string, string])[] {
  return (text, previous = []) => {
    const at = text.indexOf(separator);
    if (at < 1) throw new InvalidArgumentError(`Write key${separator}value.`);
    const pair = [text.slice(0, at).trim(), text.slice(at + 1).trim()] as const;
    return [...previous, pair];
  };
}

function isSubject(text: string): boolean {
  return !/\s/.test(text) && text.split(".").every((token) => token !== "");
}
