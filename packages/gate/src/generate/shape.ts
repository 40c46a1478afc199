import { fullFormats } from "ajv-formats/dist/formats.js";
import { gateError } from "../errors.ts";
import { schemaLimits } from "../schema/limits.ts";

/** What was seen in one place of samples. */
export interface Shape {
  /** How often each was there. */
  nulls: number;
  booleans: number;
  integers: number;
  fractions: number;
  strings: number;
  /** Formats that all of the strings have. */
  formats: readonly string[];
  /** Of the elements of arrays; `undefined` where there was no array. */
  items: Shape | undefined;
  /** Elements of all arrays. */
  elements: number;
  objects: number;
  readonly fields: Map<string, Field>;
}

export interface Field {
  /** In how many objects it was. */
  count: number;
  readonly shape: Shape;
}

/** Formats that are looked for: those that nothing else looks like. */
const formatChecks: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  ["date-time", "date", "uuid"].map((name) => [name, checkOf(name)]),
);
const formatCharsMax = 64;

/** Learns what samples have in common, and what differs. */
export class ShapeLearner {
  readonly root: Shape = emptyShape();
  #nodes = 1;

  /** @throws OxbowError `SCHEMA_TOO_LARGE` where samples are nested too deep, or have too many fields. */
  learn(value: unknown): void {
    this.#learn(this.root, value, 0);
  }

  #learn(shape: Shape, value: unknown, depth: number): void {
    if (depth >= schemaLimits.depthMax) {
      const message = `a sample is nested more than ${schemaLimits.depthMax} deep`;
      throw gateError("SCHEMA_TOO_LARGE", message);
    }
    if (value === null) shape.nulls++;
    else if (typeof value === "boolean") shape.booleans++;
    else if (typeof value === "number") {
      if (Number.isInteger(value)) shape.integers++;
      else shape.fractions++;
    } else if (typeof value === "string") {
      const known = shape.strings === 0 ? Object.keys(formatChecks) : shape.formats;
      shape.strings++;
      shape.formats = known.filter((format) => hasFormat(value, format));
    } else if (Array.isArray(value)) {
      shape.items ??= this.#newShape();
      shape.elements += value.length;
      for (const element of value) this.#learn(shape.items, element, depth + 1);
    } else this.#learnFields(shape, value as Readonly<Record<string, unknown>>, depth);
  }

  #learnFields(shape: Shape, value: Readonly<Record<string, unknown>>, depth: number): void {
    shape.objects++;
    for (const [name, content] of Object.entries(value)) {
      let field = shape.fields.get(name);
      if (field === undefined) {
        field = { count: 0, shape: this.#newShape() };
        shape.fields.set(name, field);
      }
      field.count++;
      this.#learn(field.shape, content, depth + 1);
    }
  }

  #newShape(): Shape {
    if (++this.#nodes > schemaLimits.nodesMax) {
      const message = `the samples have more than ${schemaLimits.nodesMax} different fields: names that are values, such as ids, belong into an array`;
      throw gateError("SCHEMA_TOO_LARGE", message);
    }
    return emptyShape();
  }
}

function hasFormat(text: string, format: string): boolean {
  return text.length <= formatCharsMax && (formatChecks[format]?.(text) ?? false);
}

/** As the check of messages has it. */
function checkOf(name: string): (text: string) => boolean {
  const format: unknown = fullFormats[name as keyof typeof fullFormats];
  if (format instanceof RegExp) return (text) => format.test(text);
  const { validate } = format as { readonly validate: (text: string) => boolean };
  return (text) => validate(text);
}

function emptyShape(): Shape {
  return {
    nulls: 0,
    booleans: 0,
    integers: 0,
    fractions: 0,
    strings: 0,
    formats: [],
    items: undefined,
    elements: 0,
    objects: 0,
    fields: new Map(),
  };
}
