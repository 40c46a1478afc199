import { encodeText } from "../json/encode.ts";
import type { JsonValue } from "../json/shape.ts";

/** JSON on one line, as Go writes it. */
export function shortJson(value: object): string {
  return encodeText(value as JsonValue);
}

/** JSON indented by two blanks, as Go writes it: `bigint` with all its digits, members that are `undefined` left out. */
export function indentedJson(value: object): string {
  return indented(value as JsonValue, "");
}

function indented(value: JsonValue, indent: string): string {
  if (typeof value !== "object" || value === null) return encodeText(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => inner + indented(item, inner));
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    members.push(`${inner}${encodeText(name)}: ${indented(member as JsonValue, inner)}`);
  }
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}
