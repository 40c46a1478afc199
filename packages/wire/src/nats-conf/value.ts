/** Where something stands in a configuration file. Lines and columns are from 1; columns count UTF-16 units. */
export interface ConfPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A value with the place it came from: of a key's value, the place where the value starts. */
export type ConfValue = { readonly position: ConfPosition } & (
  | { readonly kind: "string"; readonly value: string }
  /** Suffixes are applied: `2k` is 2000, `2kb` is 2048. Above 2^53 the number is rounded. */
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "date"; readonly value: Date }
  | { readonly kind: "array"; readonly items: readonly ConfValue[] }
  | { readonly kind: "map"; readonly entries: ConfMap }
);

/** One key of a map. */
export interface ConfEntry {
  /** As written: nats-server folds the case of most keys when it reads them, not here. */
  readonly key: string;
  readonly keyPosition: ConfPosition;
  readonly value: ConfValue;
  /** Whether a `$variable` named this key: such a key may be there for that alone, and need not be known. */
  isReferenced: boolean;
}

/** The keys of a map in the order they were written. A key written twice has its last value. */
export type ConfMap = Map<string, ConfEntry>;

/** What a value is called in messages, with its article. */
export function describeConfKind(value: ConfValue): string {
  switch (value.kind) {
    case "integer":
      return "an integer";
    case "array":
      return "an array";
    default:
      return `a ${value.kind}`;
  }
}

/** The value as plain JavaScript: maps become objects without a prototype, dates stay dates. */
export function confToPlain(value: ConfValue): unknown {
  switch (value.kind) {
    case "array":
      return value.items.map(confToPlain);
    case "map":
      return confMapToPlain(value.entries);
    default:
      return value.value;
  }
}

/** {@link confToPlain} of a whole file. */
export function confMapToPlain(entries: ConfMap): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const entry of entries.values()) plain[entry.key] = confToPlain(entry.value);
  return plain;
}
