import { located, Misfit } from "../path.ts";
import type { WorkBudget } from "../work-budget.ts";
import { type AvroField, type AvroRecord, type AvroType, branchName } from "./avro-type.ts";

const intMin = -(2 ** 31);
const intMax = 2 ** 31 - 1;
/** The nearest number to 2^63, which stands for all that are too large. */
const longLimit = 2 ** 63;
const specialNumbers: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity"]);

/**
 * Checks a value against Avro's JSON encoding (specification 1.12, "JSON Encoding"). A field that is left out is taken
 * where it has a default.
 *
 * @throws Misfit, OverBudget
 */
export function checkAvroJson(type: AvroType, value: unknown, budget: WorkBudget): void {
  budget.spend(1);
  switch (type.kind) {
    case "null":
      demand(value === null, "null", "must be null");
      break;
    case "boolean":
      demand(typeof value === "boolean", "boolean", "must be true or false");
      break;
    case "int":
      demand(isWithin(value, intMin, intMax), "int", "must be an integer of 32 bits");
      break;
    case "long":
      demand(isWithin(value, -longLimit, longLimit), "long", "must be an integer of 64 bits");
      break;
    case "float":
    case "double":
      demand(isFloat(value), type.kind, "must be a number");
      break;
    case "string":
      demand(typeof value === "string", "string", "must be a string");
      break;
    case "bytes":
      checkBytes(value, undefined, "bytes");
      break;
    case "fixed":
      checkBytes(value, type.sizeBytes, "fixed");
      break;
    case "enum":
      checkEnum(type.symbols, value);
      break;
    case "array":
      checkArray(type.items, value, budget);
      break;
    case "map":
      checkMap(type.values, value, budget);
      break;
    case "union":
      checkUnion(type.branches, value, budget);
      break;
    case "record":
      checkRecord(type, value, budget);
  }
}

function demand(isMet: boolean, rule: string, message: string): void {
  if (!isMet) throw new Misfit(rule, message);
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function isFloat(value: unknown): boolean {
  return typeof value === "number" || specialNumbers.has(value);
}

/** Bytes are a text of the characters U+0000 to U+00FF. */
function checkBytes(value: unknown, size: number | undefined, rule: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that bytes are written as.
  const isBytes = typeof value === "string" && /^[\x00-\xff]*$/.test(value);
  demand(isBytes, rule, "must be a string of characters up to U+00FF, one for each byte");
  const length = (value as string).length;
  if (size !== undefined) demand(length === size, rule, `must have ${size} bytes, not ${length}`);
}

function checkEnum(symbols: readonly string[], value: unknown): void {
  const isKnown = typeof value === "string" && symbols.includes(value);
  if (!isKnown) throw new Misfit("enum", `must be one of ${symbols.join(", ")}`);
}

function checkArray(items: AvroType, value: unknown, budget: WorkBudget): void {
  if (!Array.isArray(value)) throw new Misfit("array", "must be an array");
  for (const [index, item] of value.entries()) checkPart(items, item, index, budget);
}

function checkMap(values: AvroType, value: unknown, budget: WorkBudget): void {
  demand(isObject(value), "map", "must be an object");
  for (const [key, item] of Object.entries(value as object)) checkPart(values, item, key, budget);
}

function checkUnion(branches: readonly AvroType[], value: unknown, budget: WorkBudget): void {
  const names = branches.map(branchName);
  if (value === null) {
    demand(names.includes("null"), "union", `must be one of ${names.join(", ")}`);
    return;
  }
  const [name, ...others] = isObject(value) ? Object.keys(value) : [];
  const branch = branches[names.indexOf(name ?? "")];
  if (name === undefined || others.length > 0 || branch === undefined || name === "null") {
    const example = names.find((each) => each !== "null") ?? "string";
    throw new Misfit(
      "union",
      `must be an object that names its branch, such as {"${example}": …}, of ${names.join(", ")}`,
    );
  }
  checkPart(branch, (value as Record<string, unknown>)[name], name, budget);
}

function checkRecord({ name, fields }: AvroRecord, value: unknown, budget: WorkBudget): void {
  if (!isObject(value)) throw new Misfit("record", `must be an object, a record ${name}`);
  let knownCount = 0;
  for (const field of fields) {
    if (Object.hasOwn(value, field.name)) {
      knownCount += 1;
      checkPart(field.type, value[field.name], field.name, budget);
    } else if (!field.hasDefault) {
      throw new Misfit("record", "is required").within(field.name);
    }
  }
  const keys = Object.keys(value);
  if (keys.length === knownCount) return;
  const names = new Set(fields.map((field: AvroField) => field.name));
  const unknownName = keys.find((key) => !names.has(key)) ?? "";
  throw new Misfit("record", `is not a field of ${name}`).within(unknownName);
}

function checkPart(
  type: AvroType,
  value: unknown,
  name: string | number,
  budget: WorkBudget,
): void {
  try {
    checkAvroJson(type, value, budget);
  } catch (error) {
    throw located(error, name);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
