import { goQuote } from "@oxbow/wire/go-text";
import {
  explainTimestamp,
  formatTimestamp,
  parseTimestamp,
  type Timestamp,
} from "../time/timestamp.ts";
import type { JsonNode } from "./json-syntax.ts";
import type { Place, Shape, ShapeReader } from "./shape.ts";

const self = <T>(value: T): T => value;

/** A string. */
export const text: Shape<string> = {
  goType: "string",
  zero: () => "",
  read(node, current, at, reader) {
    if (node.kind === "string") return node.value;
    if (node.kind !== "null") reader.mismatch(node, "string", at);
    return current;
  },
  write: self,
  isEmpty: (value) => value === "",
};

/** A boolean; false if not mentioned. */
export const flag: Shape<boolean> = {
  goType: "bool",
  zero: () => false,
  read(node, current, at, reader) {
    if (node.kind === "bool") return node.value;
    if (node.kind !== "null") reader.mismatch(node, "bool", at);
    return current;
  },
  write: self,
  isEmpty: (value) => !value,
};

const integerRanges = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  "time.Duration": [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/** No 64-bit integer has more digits; what is longer is not even converted. */
const INTEGER_LENGTH_MAX = 20;

function readInteger(
  goType: keyof typeof integerRanges,
  node: JsonNode,
  at: Place | undefined,
  reader: ShapeReader,
): bigint | undefined {
  if (node.kind === "null") return undefined;
  if (node.kind !== "number") {
    reader.mismatch(node, goType, at);
    return undefined;
  }
  const digits = reader.raw(node);
  const [least, greatest] = integerRanges[goType];
  if (/^-?\d+$/.test(digits) && digits.length <= INTEGER_LENGTH_MAX) {
    const value = BigInt(digits);
    if (value >= least && value <= greatest) return value;
  }
  reader.mismatch(node, goType, at, ` ${digits}`);
  return undefined;
}

/** A count, size or sequence. Beyond 2^53 it is the nearest double: good for comparing, refused in configurations. */
export function integer(goType: "int" | "int64" | "int32" | "uint64"): Shape<number> {
  return {
    goType,
    zero: () => 0,
    read(node, current, at, reader) {
      const value = readInteger(goType, node, at, reader);
      return value === undefined ? current : Number(value);
    },
    write: self,
    isEmpty: (value) => value === 0,
  };
}

/** A duration in nanoseconds, exact over all 64 bits: 105 days are already more than a double holds. */
export const duration: Shape<bigint> = {
  goType: "time.Duration",
  zero: () => 0n,
  read(node, current, at, reader) {
    return readInteger("time.Duration", node, at, reader) ?? current;
  },
  write: self,
  isEmpty: (value) => value === 0n,
};

/** An instant, or `null` if not mentioned. */
export const timestamp: Shape<Timestamp | null> = {
  goType: "time.Time",
  zero: () => null,
  read(node, current, _at, reader) {
    if (node.kind === "null") return null;
    if (node.kind !== "string") {
      reader.fatal("Time.UnmarshalJSON: input is not a JSON string");
      return current;
    }
    const value = parseTimestamp(node.value);
    if (value === undefined) reader.fatal(explainTimestamp(node.value));
    return value ?? current;
  },
  write: (value) =>
    value === null ? null : formatTimestamp(value.seconds, value.nanos, value.offsetMinutes),
  isEmpty: (value) => value === null,
};

/** What sets one enumeration apart from another. */
export interface ChoiceOptions<T extends string> {
  /** Other spellings that are read, in JSON form, and what they mean. */
  readonly aliases?: Readonly<Record<string, T>>;
  readonly ignoresCase?: boolean;
  /** The error for `raw`, the JSON as it was written. */
  readonly explain?: (raw: string) => string;
}

/** One of `values`; the first one if not mentioned. Unlike elsewhere, `null` is refused. */
export function choice<T extends string>(
  values: readonly [T, ...T[]],
  options: ChoiceOptions<T> = {},
): Shape<T> {
  const byJson = new Map<string, T>(Object.entries(options.aliases ?? {}));
  for (const value of values) byJson.set(`"${value}"`, value);
  const explain = options.explain ?? ((raw: string) => `can not unmarshal ${goQuote(raw)}`);
  return {
    goType: "int",
    zero: () => values[0],
    read(node, current, _at, reader) {
      const raw = reader.raw(node);
      const value = byJson.get(options.ignoresCase ? raw.toLowerCase() : raw);
      if (value === undefined) reader.fatal(explain(raw));
      return value ?? current;
    },
    write: self,
    isEmpty: (value) => value === values[0],
  };
}
