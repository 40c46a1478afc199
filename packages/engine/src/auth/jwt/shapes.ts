import { listOf } from "../../json/collection-shapes.ts";
import { integer, text } from "../../json/scalar-shapes.ts";
import type { JsonValue, Shape } from "../../json/shape.ts";

/** A map of anything; empty if not mentioned. */
export function mapOf<T>(element: Shape<T>): Shape<ReadonlyMap<string, T>> {
  const goType = `map[string]${element.goType}`;
  return {
    goType,
    zero: () => new Map(),
    read(node, current, at, reader) {
      if (node.kind === "null") return new Map();
      if (node.kind !== "object") {
        reader.mismatch(node, goType, at);
        return current;
      }
      const map = new Map(current);
      for (const { key, value } of node.members) {
        map.set(key, element.read(value, element.zero(), at, reader));
      }
      return map;
    },
    write: (value) =>
      Object.fromEntries(
        [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, v]) => [key, element.write(v)]),
      ),
    isEmpty: (value) => value.size === 0,
  };
}

const texts = listOf(text);

/** A list of strings, or one string with commas between them. */
export const fromOneOrList: Shape<readonly string[]> = {
  ...texts,
  read(node, current, at, reader) {
    if (node.kind !== "string") return texts.read(node, current, at, reader);
    const parts = node.value.split(",").map((part) => part.trim().toLowerCase());
    return [...new Set(parts.filter((part) => part !== ""))];
  },
};

const percent = integer("int");

/** Percent of the requests to a service whose latency is measured; 0, written `headers`, for those that ask for it. */
export const samplingRate: Shape<number> = {
  ...percent,
  read(node, current, at, reader) {
    if (node.kind === "string" && node.value.toLowerCase() === "headers") return 0;
    return percent.read(node, current, at, reader);
  },
  write: (value): JsonValue => (value === 0 ? "headers" : value),
  isEmpty: () => false,
};

/** `stream` or `service`; `unknown` if not mentioned. */
export type ExportKind = "unknown" | "stream" | "service";

export const exportKind: Shape<ExportKind> = {
  goType: "jwt.ExportType",
  zero: () => "unknown",
  read(node, current, at, reader) {
    const value = text.read(node, "", at, reader);
    if (value === "stream" || value === "service") return value;
    if (node.kind === "string") reader.fatal(`unknown export type ${JSON.stringify(value)}`);
    return current;
  },
  write: (value) => value,
  isEmpty: (value) => value === "unknown",
};
