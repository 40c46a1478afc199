import type { Ajv } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { WorkBudget } from "../work-budget.ts";
import { Pattern } from "./pattern.ts";

/** What needs more than RE2 has, so that its time may grow with the square of the text. */
const native: ReadonlySet<string> = new Set(["hostname", "duration", "url"]);
/** Characters of a text that fits one of those, or a format that is a function. */
const charsMax = 8192;
const stepsPerUnit = 4096;

/**
 * Adds the formats of JSON Schema, each with its time bounded: it runs on RE2, or takes no longer texts than times, hosts
 * and addresses are. `byte`, whose time is linear, takes all.
 */
export function addFormats(ajv: Ajv, budget: WorkBudget): void {
  for (const [name, format] of Object.entries(fullFormats)) {
    if (format instanceof RegExp && !native.has(name)) {
      const pattern = Pattern.of(format, budget);
      ajv.addFormat(name, (text: string) => pattern.test(text));
      continue;
    }
    const check = textCheck(format);
    if (check === undefined || name === "byte") ajv.addFormat(name, format);
    else ajv.addFormat(name, (text: string) => fits(text, check, budget));
  }
}

function fits(text: string, check: (text: string) => boolean, budget: WorkBudget): boolean {
  const { length } = text;
  budget.spend(1 + (length * length) / stepsPerUnit);
  return length <= charsMax && check(text);
}

/** How a format checks a text; `undefined` if it takes every text, or is one of numbers. */
function textCheck(format: unknown): ((text: string) => boolean) | undefined {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === "function") return format as (text: string) => boolean;
  if (typeof format !== "object" || format === null || "type" in format) return undefined;
  const { validate } = format as { readonly validate: (text: string) => boolean };
  return validate;
}
