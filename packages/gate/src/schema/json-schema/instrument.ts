import { gateError } from "../../errors.ts";
import { schemaLimits } from "../limits.ts";

/** The keyword that says how much work a part of a schema is. No author can have written it. */
export const workKeyword = "x-oxbow-work";

/** Keywords whose value is no schema. */
const opaque: ReadonlySet<string> = new Set([
  "const",
  "default",
  "dependentRequired",
  "discriminator",
  "enum",
  "example",
  "examples",
  "required",
  "type",
  "$vocabulary",
]);
/** Keywords whose value maps names to schemas. */
const maps: ReadonlySet<string> = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);
/** Properties that are looked for in the time of one part of a schema. */
const propertiesPerUnit = 4;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Copies schemas, with the work that each part takes written into it under {@link workKeyword}, and holds them to the
 * bounds of {@link schemaLimits} together. A part that a `$ref` can reach is counted wherever it stands.
 */
export class Instrument {
  #nodesCount = 0;

  /** @throws OxbowError `SCHEMA_TOO_LARGE`, `SCHEMA_INVALID` */
  copy(schema: unknown): unknown {
    return this.#schema(schema, 0);
  }

  #schema(value: unknown, depth: number): unknown {
    this.#enter(depth);
    if (Array.isArray(value)) return value.map((item) => this.#schema(item, depth + 1));
    if (typeof value !== "object" || value === null) return value;
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      refuseReserved(key, item);
      if (opaque.has(key)) result[key] = this.#data(item, depth + 1);
      else if (maps.has(key)) result[key] = this.#map(item, depth + 1);
      else result[key] = this.#schema(item, depth + 1);
    }
    result[workKeyword] = workOf(value as Fields);
    return result;
  }

  #map(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return this.#schema(value, depth);
    this.#enter(depth);
    const result: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      if (name === "__proto__") throw gateError("SCHEMA_INVALID", "a property is named __proto__");
      const isNames = Array.isArray(item);
      result[name] = isNames ? this.#data(item, depth + 1) : this.#schema(item, depth + 1);
    }
    return result;
  }

  #data(value: unknown, depth: number): unknown {
    this.#enter(depth);
    if (typeof value !== "object" || value === null) return value;
    for (const item of Object.values(value)) this.#data(item, depth + 1);
    return value;
  }

  #enter(depth: number): void {
    this.#nodesCount += 1;
    if (this.#nodesCount > schemaLimits.nodesMax) {
      throw gateError(
        "SCHEMA_TOO_LARGE",
        `a JSON Schema has more than ${schemaLimits.nodesMax} values`,
      );
    }
    if (depth > schemaLimits.depthMax) {
      throw gateError(
        "SCHEMA_TOO_LARGE",
        `a JSON Schema is nested more than ${schemaLimits.depthMax} deep`,
      );
    }
  }
}

function refuseReserved(key: string, item: unknown): void {
  if (key === workKeyword || key === "__proto__") {
    throw gateError("SCHEMA_INVALID", `a JSON Schema can't use the keyword ${key}`);
  }
  if (key === "$async" && item !== false) {
    throw gateError(
      "SCHEMA_INVALID",
      "a JSON Schema can't be $async: messages are checked at once",
    );
  }
}

function workOf(schema: Fields): number {
  const names = sizeOf(schema["properties"]) + sizeOf(schema["required"]);
  const alternatives = sizeOf(schema["enum"]) + sizeOf(schema["const"]);
  return 1 + Math.ceil(names / propertiesPerUnit) + alternatives;
}

function sizeOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
