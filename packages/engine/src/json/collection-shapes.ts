import { text } from "./scalar-shapes.ts";
import type { Shape } from "./shape.ts";

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
