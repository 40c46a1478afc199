import type { JsonValue } from "./shape.ts";

const goEscapes: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/**
 * Writes an answer as Go does: members in their order without those that are `undefined`, `<`, `>` and `&` escaped, and
 * `bigint` with all its digits.
 */
export function encodeAnswer(value: JsonValue): Buffer {
  return Buffer.from(encodeText(value));
}

/** {@link encodeAnswer} as text. */
export function encodeText(value: JsonValue): string {
  // Outside of strings JSON has none of these characters, so that the whole text can be escaped at once.
  return encode(value).replace(/[<>&\u2028\u2029]/g, (char) => goEscapes[char] ?? char);
}

function encode(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (value === null) return "null";
  if (isList(value)) return `[${value.map(encode).join(",")}]`;
  let members = "";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${encode(member)}`;
  }
  return `{${members}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
