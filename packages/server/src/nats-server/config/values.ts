import { type ConfMap, type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { parseGoDurationMs } from "./go-duration.ts";
import { type Field, UnfitValue } from "./reading.ts";

/**
 * Readers of single values. Each throws {@link UnfitValue} for a value of the wrong kind; `name` is the key, for texts.
 */

export function readText(value: ConfValue, name: string): string {
  if (value.kind === "string") return value.value;
  const hint = value.kind === "integer" || value.kind === "float" ? ": put it in quotes" : "";
  throw unfit(value, `${name} needs a string, not ${describeConfKind(value)}${hint}`);
}

export function readBoolean(value: ConfValue, name: string): boolean {
  if (value.kind === "boolean") return value.value;
  throw unfit(value, `${name} needs true or false, not ${describeConfKind(value)}`);
}

/** A whole number; suffixes such as `2k` or `1MB` were applied by the parser. */
export function readInteger(value: ConfValue, name: string): number {
  if (value.kind === "integer") return value.value;
  throw unfit(value, `${name} needs an integer, not ${describeConfKind(value)}`);
}

export function readMapValue(value: ConfValue, name: string): ConfMap {
  if (value.kind === "map") return value.entries;
  throw unfit(value, `${name} needs a map, not ${describeConfKind(value)}`);
}

export function readArray(value: ConfValue, name: string): readonly ConfValue[] {
  if (value.kind === "array") return value.items;
  throw unfit(value, `${name} needs an array, not ${describeConfKind(value)}`);
}

/** One string, or an array of strings. */
export function readTexts(value: ConfValue, name: string): readonly string[] {
  if (value.kind === "string") return [value.value];
  if (value.kind !== "array") {
    throw unfit(
      value,
      `${name} needs a string or an array of strings, not ${describeConfKind(value)}`,
    );
  }
  return value.items.map((item) => readText(item, name));
}

/** Milliseconds of a duration in text: `"2s"`, `"1m30s"`, `"-1s"`. */
export function readDurationText(value: ConfValue, name: string): number {
  const text = readText(value, name);
  const durationMs = parseGoDurationMs(text);
  if (durationMs !== undefined) return durationMs;
  throw unfit(value, `error parsing ${name}: "${text}" is no duration such as "2s" or "1m30s"`);
}

/** Milliseconds of a duration in text, or of a bare number of seconds (fractions allowed). */
export function readDurationOrSeconds(value: ConfValue, name: string): number {
  if (value.kind === "integer" || value.kind === "float") return value.value * 1000;
  return readDurationText(value, name);
}

/** An address to listen at; port -1 is a free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `"host:port"`, `":port"`, or the port alone. The host may be empty. */
export function readListen(value: ConfValue): Address {
  if (value.kind === "integer") return { host: "", port: value.value };
  if (value.kind !== "string") {
    throw unfit(value, `expected port or host:port, got ${describeConfKind(value)}`);
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(.*)$/s.exec(value.value);
  if (match === null) throw unfit(value, `could not parse address string "${value.value}"`);
  const port = match[3] ?? "";
  if (!/^[+-]?\d+$/.test(port)) throw unfit(value, `could not parse port "${port}"`);
  return { host: match[1] ?? match[2] ?? "", port: Number(port) };
}

export function unfit(value: ConfValue, text: string): UnfitValue {
  return new UnfitValue(value.position, text);
}

/** Fields of the usual kinds. */

export function text<Target>(assign: (target: Target, value: string) => void): Field<Target> {
  return (target, value, _reading, entry) => assign(target, readText(value, entry.key));
}

export function texts<Target>(
  assign: (target: Target, value: readonly string[]) => void,
): Field<Target> {
  return (target, value, _reading, entry) => assign(target, readTexts(value, entry.key));
}

export function boolean<Target>(assign: (target: Target, value: boolean) => void): Field<Target> {
  return (target, value, _reading, entry) => assign(target, readBoolean(value, entry.key));
}

export function integer<Target>(assign: (target: Target, value: number) => void): Field<Target> {
  return (target, value, _reading, entry) => assign(target, readInteger(value, entry.key));
}

export function durationText<Target>(
  assign: (target: Target, durationMs: number) => void,
): Field<Target> {
  return (target, value, _reading, entry) => assign(target, readDurationText(value, entry.key));
}

/** A duration in text; a bare number of seconds is taken too, with a warning, as old files have it. */
export function duration<Target>(
  assign: (target: Target, durationMs: number) => void,
): Field<Target> {
  return (target, value, reading, entry) => {
    if (value.kind === "integer") {
      const reason = `${entry.key} should be converted to a duration`;
      reading.findings.warn(
        entry.keyPosition,
        `invalid use of field "${entry.key}": ${reason}: write "${value.value}s"`,
      );
      assign(target, value.value * 1000);
    } else {
      assign(target, readDurationText(value, entry.key));
    }
  };
}

/** A text that one of the words says what it means. */
export function oneOf<Target, Meaning>(
  words: Readonly<Record<string, Meaning>>,
  assign: (target: Target, meaning: Meaning) => void,
): Field<Target> {
  return (target, value, _reading, entry) => {
    const word = readText(value, entry.key).toLowerCase();
    if (!Object.hasOwn(words, word)) {
      const known = Object.keys(words).join(", ");
      throw unfit(value, `${entry.key} must be one of ${known}, not "${word}"`);
    }
    assign(target, words[word] as Meaning);
  };
}
