import { nearestWord } from "@oxbow/server/units";
import { CommandFailure } from "../failures.ts";

/** A map of a file. */
export type Fields = Readonly<Record<string, unknown>>;

/** The map at a place. Nothing is an empty one, since `orders:` with nothing behind it is a station like any other. */
export function fieldsOf(value: unknown, where: string): Fields {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isMap) return value as Fields;
  if (value === undefined || value === null) return {};
  throw new CommandFailure(`${where}: expected a map, not ${JSON.stringify(value)}`);
}

/** The names in a map and what they stand for, which is a map again. */
export function namedFields(value: unknown, where: string): (readonly [string, Fields])[] {
  return Object.entries(fieldsOf(value, where)).map(([name, given]) => [
    name,
    fieldsOf(given, `${where}.${name}`),
  ]);
}

export function textField(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new CommandFailure(`${where}: expected text, not ${JSON.stringify(value) ?? "nothing"}`);
}

/** @throws CommandFailure for a key that is none of those known */
export function requireKnown(given: Fields, known: readonly string[], where: string): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw unknownKey(key, known, where);
  }
}

export function unknownKey(key: string, known: readonly string[], where: string): CommandFailure {
  const nearest = nearestWord(key, known);
  const hint =
    nearest === undefined ? `write one of ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new CommandFailure(`${where} has no ${key}: ${hint}`);
}
