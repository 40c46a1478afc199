import { isIP } from "node:net";
import { z } from "zod";
import { parseDurationMs, parseSizeBytes } from "../units/index.ts";

/** What a value came as: text from flags and the environment, more from a file. */
type Raw = unknown;

/** A field that reads text or the value itself, and says what to write when it can do neither. */
function field<T>(expected: string, read: (raw: Raw) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((raw, context): T => {
    const value = read(raw);
    if (value !== undefined) return value;
    const found = typeof raw === "string" ? `"${raw}"` : JSON.stringify(raw);
    context.addIssue({ code: "custom", message: `expected ${expected}, not ${found}` });
    return z.NEVER;
  });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return field(`a whole number ${range}`, (raw) => {
    const value = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return isWithin(value, min, max) && Number.isInteger(value) ? value : undefined;
  });
}

/** Bytes: a number, or text such as `1MiB`. */
export function sizeBytes(min: number, max: number): z.ZodType<number> {
  return field(`a size from ${min} to ${max} bytes such as 64KB, 1MiB`, (raw) => {
    const value = typeof raw === "string" ? parseSizeBytes(raw) : raw;
    return isWithin(value, min, max) && Number.isInteger(value) ? value : undefined;
  });
}

/** Milliseconds, from text such as `2m`, `10s`, `500ms`; a bare number counts milliseconds. */
export function durationMs(min: number, max: number): z.ZodType<number> {
  return field(`a duration from ${min}ms to ${max / 1000}s such as 500ms, 10s, 2m`, (raw) => {
    const value = typeof raw === "string" ? parseDurationMs(raw) : raw;
    return isWithin(value, min, max) ? value : undefined;
  });
}

/** Text that is not empty. */
export function nonEmptyText(): z.ZodType<string> {
  return field("some text", (raw) => {
    if (typeof raw === "number") return String(raw);
    return typeof raw === "string" && raw !== "" ? raw : undefined;
  });
}

/** `true` or `false`, also as text, and the `1` and `0` people give environment variables. */
export function truth(): z.ZodType<boolean> {
  return field("true or false", (raw) => {
    if (typeof raw === "boolean") return raw;
    if (raw === "true" || raw === "1") return true;
    return raw === "false" || raw === "0" ? false : undefined;
  });
}

/** `on` or `off`, and what stands for them elsewhere. */
export function onOrOff(): z.ZodType<boolean> {
  return field("on or off", (raw) => {
    if (raw === true || raw === "on" || raw === "true" || raw === "1") return true;
    return raw === false || raw === "off" || raw === "false" || raw === "0" ? false : undefined;
  });
}

/** A port, or `off` and what stands for it elsewhere. */
export function portOrOff(): z.ZodType<number | "off"> {
  return field('a whole number from 0 to 65535, or "off"', (raw) => {
    if (raw === "off" || raw === false || raw === "false") return "off";
    const value = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return isWithin(value, 0, 65_535) && Number.isInteger(value) ? value : undefined;
  });
}

/** Addresses and networks, with commas between them: `127.0.0.1,10.1.0.0/16`. */
export function networks(): z.ZodType<readonly string[]> {
  return field("addresses or networks such as 127.0.0.1,10.1.0.0/16", (raw) => {
    const list = typeof raw === "string" ? raw.split(",").filter((part) => part !== "") : raw;
    if (!Array.isArray(list)) return undefined;
    const texts = list.map((each: unknown) => String(each).trim());
    return texts.every(isNetwork) ? texts : undefined;
  });
}

function isNetwork(text: string): boolean {
  const [, address = "", bits = "0"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]): z.ZodType<T> {
  return field(`one of ${words.join(", ")}`, (raw) => words.find((word) => word === raw));
}

/** Text that `parse` understands, as `expected` describes it. */
export function parsedText<T>(
  expected: string,
  parse: (text: string) => T | undefined,
): z.ZodType<T> {
  return field(expected, (raw) => (typeof raw === "string" ? parse(raw) : undefined));
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && value >= min && value <= max;
}
