import { encodeText } from "../json/encode.ts";
import type { JsonValue } from "../json/shape.ts";

/** JSON on one line, as Go writes it. */
export function shortJson(value: object): string {
  return encodeText(value as JsonValue);
}
