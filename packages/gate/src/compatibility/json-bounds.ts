import type { Findings } from "./incompatibility.ts";
import type { JsonObject } from "./json-resolver.ts";

const lower = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/** Keywords that bound a value in another way, and must be the same. */
const exact = ["pattern", "format", "uniqueItems"];

/** Finds the bounds of a value that the reader sets closer than the writer. */
export function compareBounds(
  reader: JsonObject,
  writer: JsonObject,
  path: string,
  findings: Findings,
): void {
  for (const keyword of lower) {
    const [is, was] = [reader[keyword], writer[keyword]];
    if (typeof is !== "number" || (typeof was === "number" && was >= is)) continue;
    findings.add(path, keyword, `can be less than the reader's ${keyword} ${is}`);
  }
  for (const keyword of upper) {
    const [is, was] = [reader[keyword], writer[keyword]];
    if (typeof is !== "number" || (typeof was === "number" && was <= is)) continue;
    findings.add(path, keyword, `can be more than the reader's ${keyword} ${is}`);
  }
  for (const keyword of exact) {
    const [is, was] = [reader[keyword], writer[keyword]];
    if (is === undefined || is === false || is === was) continue;
    findings.add(path, keyword, `need not have the reader's ${keyword} ${JSON.stringify(is)}`);
  }
  const [is, was] = [reader["multipleOf"], writer["multipleOf"]];
  if (typeof is !== "number" || (typeof was === "number" && Number.isInteger(was / is))) return;
  findings.add(path, "multipleOf", `need not be a multiple of ${is}`);
}
