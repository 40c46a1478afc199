import { parseDurationMs, parseSizeBytes } from "../units/index.ts";

/** What a value came as: text from flags and the environment, more from a file. */
type Raw = unknown;

/** Takes what is wrong with a value; `path` leads to the place within it, and is empty for the value itself. */
export type Report = (message: string, path: string) => void;

/** Gives the value that is meant, or reports why there is none. */
export type Field<T> = (raw: Raw, report: Report) => T | undefined;

/** A field that reads text or the value itself, and says what to write when it can do neither. */
function field<T>(expected: string, read: (raw: Raw) => T | undefined): Field<T> {
  return (raw, report) => {
    const value = read(raw);
    if (value === undefined) {
      const found = typeof raw === "string" ? `"${raw}"` : JSON.stringify(raw);
      report(`expected ${expected}, not ${found}`, "");
    }
    return value;
  };
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Field<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return field(`a whole number ${range}`, (raw) => {
    const value = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return isWithin(value, min, max) && Number.isInteger(value) ? value : undefined;
  });
}

/** Bytes: a number, or text such as `1MiB`. */
export function sizeBytes(min: number, max: number): Field<number> {
  return field(`a size from ${min} to ${max} bytes such as 64KB, 1MiB`, (raw) => {
    const value = typeof raw === "string" ? parseSizeBytes(raw) : raw;
    return isWithin(value, min, max) && Number.isInteger(value) ? value : undefined;
  });
}

/** Milliseconds, from text such as `2m`, `10s`, `500ms`; a bare number counts milliseconds. */
export function durationMs(min: number, max: number): Field<number> {
  return field(`a duration from ${min}ms to ${max / 1000}s such as 500ms, 10s, 2m`, (raw) => {
    const value = typeof raw === "string" ? parseDurationMs(raw) : raw;
    return isWithin(value, min, max) ? value : undefined;
  });
}

/** Text that is not empty. */
export function nonEmptyText(): Field<string> {
  return field("some text", (raw) => {
    if (typeof raw === "number") return String(raw);
    return typeof raw === "string" && raw !== "" ? raw : undefined;
  });
}

/** `true` or `false`, also as text, and the `1` and `0` people give environment variables. */
export function truth(): Field<boolean> {
  return field("true or false", (raw) => {
    if (typeof raw === "boolean") return raw;
    if (raw === "true" || raw === "1") return true;
    return raw === "false" || raw === "0" ? false : undefined;
  });
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]): Field<T> {
  return field(`one of ${words.join(", ")}`, (raw) => words.find((word) => word === raw));
}

/** Text that `parse` understands, as `expected` describes it. */
export function parsedText<T>(expected: string, parse: (text: string) => T | undefined): Field<T> {
  return field(expected, (raw) => (typeof raw === "string" ? parse(raw) : undefined));
}

/** Any number of things with the same fields. */
export function listOf<T extends object>(
  fields: {
    readonly [Key in keyof T]: Field<T[Key]>;
  },
): Field<readonly T[]> {
  const keys = Object.keys(fields) as (keyof T & string)[];
  return (raw, report) => {
    if (!Array.isArray(raw)) return field<never>("a list", () => undefined)(raw, report);
    return raw.map((item: T, index) => {
      const read = keys.map((key) => [
        key,
        fields[key](item[key], (message) => report(message, `${index}.${key}`)),
      ]);
      return Object.fromEntries(read) as T;
    });
  };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && value >= min && value <= max;
}
