import { goQuote } from "@oxbow/wire/go-text";
import { decodeLatin1, type JsonNode } from "./json-syntax.ts";
import { explainTimestamp, formatTimestamp, parseTimestamp, type Timestamp } from "./timestamp.ts";

/** What an answer is made of. Members that are `undefined` are left out; integers beyond 2^53 are `bigint`. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Where in a request a value stands, as Go's error texts name it: the struct, and the path of fields to it. */
export interface Place {
  readonly struct: string;
  readonly path: string;
}

/**
 * Collects what is wrong with a request. Reading goes on after a problem, so that the same one is reported as by
 * nats-server: the first value it can not convert at all, or else the first of a wrong type or unknown name.
 */
export class ShapeReader {
  readonly #text: string;
  readonly #isStrict: boolean;
  #fatal: string | undefined;
  #first: string | undefined;

  /** @param text - What the nodes were parsed from. @param isStrict - Whether unknown members are refused. */
  constructor(text: string, isStrict: boolean) {
    this.#text = text;
    this.#isStrict = isStrict;
  }

  /** The problem to report, if any. */
  get problem(): string | undefined {
    return this.#fatal ?? this.#first;
  }

  /** The text of a node, as it was written. */
  raw(node: JsonNode): string {
    return decodeLatin1(this.#text.slice(node.start, node.end));
  }

  fatal(text: string): void {
    this.#fatal ??= text;
  }

  mismatch(node: JsonNode, goType: string, at: Place | undefined, detail = ""): void {
    const target =
      at === undefined ? "value of type" : `struct field ${at.struct}.${at.path} of type`;
    this.#first ??= `json: cannot unmarshal ${node.kind}${detail} into Go ${target} ${goType}`;
  }

  unknownMember(key: string): void {
    if (this.#isStrict) this.#first ??= `json: unknown field ${goQuote(key)}`;
  }
}

/**
 * How a value looks in JSON and in memory. One description serves to read requests, to write answers and to store
 * configurations, so that the three can not drift apart. `null` in a request leaves the default.
 */
export interface Shape<T> {
  /** The type that nats-server names in its error texts. */
  readonly goType: string;
  /** The value of what a request does not mention. */
  zero(): T;
  /** Converts `node`; on a problem tells `reader` and returns `current`, what an earlier duplicate said. */
  read(node: JsonNode, current: T, at: Place | undefined, reader: ShapeReader): T;
  write(value: T): JsonValue;
  /** Whether an optional member with this value is left out of answers. */
  isEmpty(value: T): boolean;
}

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

/** A list; empty if not mentioned. `goType` is the one of the whole list, where it is not `[]` and that of an element. */
export function listOf<T>(element: Shape<T>, goType = `[]${element.goType}`): Shape<readonly T[]> {
  return {
    goType,
    zero: () => [],
    read(node, current, at, reader) {
      if (node.kind === "null") return [];
      if (node.kind === "array") {
        return node.items.map((item) => element.read(item, element.zero(), at, reader));
      }
      reader.mismatch(node, goType, at);
      return current;
    },
    write: (value) => value.map((item) => element.write(item)),
    isEmpty: (value) => value.length === 0,
  };
}

/** Free names and values. Has no prototype, so that a key such as `__proto__` is one like any other. */
export type TextMap = Readonly<Record<string, string>>;

/** Copies entries into a {@link TextMap}, sorted by name as Go writes maps. */
export function textMapFrom(entries: Iterable<readonly [string, string]>): TextMap {
  const map: Record<string, string> = Object.create(null);
  const byBytes = [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [name, value] of byBytes) map[name] = value;
  return map;
}

/** A map of strings; empty if not mentioned. */
export const textMap: Shape<TextMap> = {
  goType: "map[string]string",
  zero: () => textMapFrom([]),
  read(node, current, at, reader) {
    if (node.kind === "null") return textMapFrom([]);
    if (node.kind !== "object") {
      reader.mismatch(node, "map[string]string", at);
      return current;
    }
    const added = node.members.map(({ key, value }) => {
      return [key, text.read(value, "", at, reader)] as const;
    });
    return textMapFrom(new Map([...Object.entries(current), ...added]));
  },
  write: (value) => textMapFrom(Object.entries(value)),
  isEmpty: (value) => Object.keys(value).length === 0,
};

/** `inner`, or `null` if not mentioned. */
export function nullable<T>(inner: Shape<T>): Shape<T | null> {
  return {
    goType: inner.goType,
    zero: () => null,
    read(node, current, at, reader) {
      if (node.kind === "null") return null;
      return inner.read(node, current ?? inner.zero(), at, reader);
    },
    write: (value) => (value === null ? null : inner.write(value)),
    isEmpty: (value) => value === null,
  };
}

/** A member of a {@link struct}. */
export interface Field<T> {
  readonly shape: Shape<T>;
  readonly isOptional: boolean;
  /** Go's name for the struct that brought the member in, with a dot, where it is embedded in another. */
  readonly prefix: string;
}

/** The members of a {@link struct}, in the order they are written. */
export type Fields<T> = { readonly [Name in keyof T]-?: Field<T[Name]> };

/** A member that answers always have. */
export function always<T>(shape: Shape<T>): Field<T> {
  return { shape, isOptional: false, prefix: "" };
}

/** A member that answers leave out when it is empty. */
export function optional<T>(shape: Shape<T>): Field<T> {
  return { shape, isOptional: true, prefix: "" };
}

/** The same members, as part of a larger struct that embeds `name`. */
export function embedded<T>(name: string, fields: Fields<T>): Fields<T> {
  const entries = Object.entries(fields as Record<string, Field<unknown>>);
  return Object.fromEntries(
    entries.map(([key, field]) => [key, { ...field, prefix: `${name}.` }]),
  ) as unknown as Fields<T>;
}

/** An object with known members. As in Go, names are also found when their case differs. */
export function struct<T extends object>(name: string, fields: Fields<T>): Shape<T> {
  const entries = Object.entries(fields as Record<string, Field<unknown>>);
  const byName = new Map(entries);
  const byLowerName = new Map(entries.map(([key, field]) => [key.toLowerCase(), { key, field }]));
  const goType = `server.${name}`;
  return {
    goType,
    zero() {
      const values: Record<string, unknown> = {};
      for (const [key, field] of entries) values[key] = field.shape.zero();
      return values as T;
    },
    read(node, current, at, reader) {
      if (node.kind === "null") return current;
      if (node.kind !== "object") {
        reader.mismatch(node, goType, at);
        return current;
      }
      const values: Record<string, unknown> = {};
      Object.assign(values, current);
      const prefix = at === undefined ? "" : `${at.path}.`;
      for (const member of node.members) {
        const exact = byName.get(member.key);
        const found =
          exact === undefined
            ? byLowerName.get(member.key.toLowerCase())
            : { key: member.key, field: exact };
        if (found === undefined) {
          reader.unknownMember(member.key);
          continue;
        }
        const { key, field } = found;
        const place = { struct: name, path: `${prefix}${field.prefix}${key}` };
        values[key] = field.shape.read(member.value, values[key], place, reader);
      }
      return values as T;
    },
    write(value) {
      const values = new Map<string, unknown>(Object.entries(value));
      const written: Record<string, JsonValue> = {};
      for (const [key, field] of entries) {
        if (field.isOptional && field.shape.isEmpty(values.get(key))) continue;
        written[key] = field.shape.write(values.get(key));
      }
      return written;
    },
    isEmpty: () => false,
  };
}
