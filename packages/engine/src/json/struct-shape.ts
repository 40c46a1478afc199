import type { JsonValue, Shape } from "./shape.ts";

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
