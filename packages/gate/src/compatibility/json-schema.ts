import { pointerToken } from "../schema/path.ts";
import { Findings, type Incompatibility } from "./incompatibility.ts";
import { compareBounds } from "./json-bounds.ts";
import {
  isObject,
  isPart,
  type JsonObject,
  type JsonPart,
  type JsonResolver,
} from "./json-resolver.ts";

const allTypes = ["array", "boolean", "null", "number", "object", "string"];
/** Says as much as `true`. */
const anything: JsonObject = {};
/** Keywords that can be compared only by being the same. */
const opaque = [
  "contains",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
  "else",
  "if",
  "not",
  "patternProperties",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
];

/**
 * Why a value that fits one JSON Schema may not fit another. Of properties that the writer does not name it is taken that
 * they are not written, although an open schema allows them: else no property could ever be added.
 */
export function jsonIncompatibilities(
  reader: JsonPart,
  readerRefs: JsonResolver,
  writer: JsonPart,
  writerRefs: JsonResolver,
): Incompatibility[] {
  const findings = new Findings();
  new Comparison(readerRefs, writerRefs, findings).compare(reader, writer, "");
  return findings.found;
}

class Comparison {
  readonly #readerRefs: JsonResolver;
  readonly #writerRefs: JsonResolver;
  readonly #findings: Findings;

  constructor(readerRefs: JsonResolver, writerRefs: JsonResolver, findings: Findings) {
    this.#readerRefs = readerRefs;
    this.#writerRefs = writerRefs;
    this.#findings = findings;
  }

  compare(readerPart: JsonPart, writerPart: JsonPart, path: string): void {
    const reader = this.#readerRefs.resolve(readerPart);
    const writer = this.#writerRefs.resolve(writerPart);
    if (reader === true || writer === false) return;
    if (reader === false) {
      this.#findings.add(path, "false", "can be written, and is not taken by the reader");
      return;
    }
    const source = writer === true ? anything : writer;
    if (!this.#findings.begins(reader, source)) return;
    this.#compareTypes(reader, source, path);
    this.#compareValues(reader, source, path);
    compareBounds(reader, source, path, this.#findings);
    this.#compareProperties(reader, source, path);
    this.#compareItems(reader, source, path);
    this.#compareCombinations(reader, source, path);
    for (const keyword of opaque) this.#compareOpaque(keyword, reader, source, path);
  }

  #compareTypes(reader: JsonObject, writer: JsonObject, path: string): void {
    const taken = typesOf(reader);
    const refused = typesOf(writer).filter(
      (type) => !taken.includes(type) && !(type === "integer" && taken.includes("number")),
    );
    if (refused.length === 0 || !("type" in reader)) return;
    const was = "type" in writer ? refused.join(" or ") : "any type";
    this.#findings.add(path, "type", `can be ${was}, and is read as ${taken.join(" or ")}`);
  }

  #compareValues(reader: JsonObject, writer: JsonObject, path: string): void {
    const taken = valuesOf(reader);
    if (taken === undefined) return;
    const written = valuesOf(writer);
    if (written === undefined) {
      this.#findings.add(
        path,
        "enum",
        `can be anything, and is read as one of ${taken.join(", ")}`,
      );
      return;
    }
    const refused = written.filter((value) => !taken.includes(value));
    if (refused.length > 0) {
      this.#findings.add(path, "enum", `can be ${refused.join(", ")}, which the reader refuses`);
    }
  }

  #compareProperties(reader: JsonObject, writer: JsonObject, path: string): void {
    const taken = partsOf(reader["properties"]);
    const written = partsOf(writer["properties"]);
    const readerRest = restOf(reader, "additionalProperties");
    const writerRest = restOf(writer, "additionalProperties");
    for (const name of namesOf(reader["required"]).map(String)) {
      if (namesOf(writer["required"]).includes(name)) continue;
      this.#findings.add(
        path + pointerToken(name),
        "required",
        "is required by the reader, and may not be written: make it optional",
      );
    }
    for (const [name, part] of taken) {
      const source = written.get(name) ?? (isObject(writerRest) ? writerRest : undefined);
      if (source !== undefined) this.compare(part, source, path + pointerToken(name));
    }
    for (const [name, source] of written) {
      if (taken.has(name) || readerRest === true) continue;
      const at = path + pointerToken(name);
      if (readerRest !== false) this.compare(readerRest, source, at);
      else if (source !== false) {
        this.#findings.add(
          at,
          "removed",
          "can be written, and the reader takes no properties that it does not name",
        );
      }
    }
    if (readerRest === false && writerRest === true && "additionalProperties" in writer === false) {
      this.#findings.add(
        path,
        "additionalProperties",
        "can have other properties, which the reader no longer takes",
      );
    } else if (isObject(readerRest) && writerRest !== false) {
      this.compare(readerRest, writerRest, `${path}/*`);
    }
  }

  #compareItems(reader: JsonObject, writer: JsonObject, path: string): void {
    const taken = rowOf(reader);
    const written = rowOf(writer);
    const length = Math.max(taken.length, written.length);
    const readerRest = itemsRestOf(reader);
    const writerRest = itemsRestOf(writer);
    for (let index = 0; index < length; index++) {
      this.compare(taken[index] ?? readerRest, written[index] ?? writerRest, `${path}/${index}`);
    }
    this.compare(readerRest, writerRest, `${path}/*`);
  }

  #compareCombinations(reader: JsonObject, writer: JsonObject, path: string): void {
    for (const part of listOf(reader["allOf"])) {
      const sources = [...listOf(writer["allOf"]), writer];
      if (!sources.some((source) => this.#takes(part, source))) {
        this.#findings.add(
          path,
          "allOf",
          `must also fit ${short(part)}, which the writer does not promise`,
        );
      }
    }
    for (const keyword of ["anyOf", "oneOf"]) {
      const arms = listOf(reader[keyword]);
      if (arms.length === 0) continue;
      const written = [...listOf(writer["anyOf"]), ...listOf(writer["oneOf"])];
      const refused = (written.length === 0 ? [writer] : written).filter(
        (source) => !arms.some((arm) => this.#takes(arm, source)),
      );
      for (const source of refused) {
        this.#findings.add(
          path,
          keyword,
          `can fit ${short(source)}, and the reader has no such alternative`,
        );
      }
    }
  }

  /** Whether everything that fits one part fits another. */
  #takes(reader: JsonPart, writer: JsonPart): boolean {
    if (reader === true || writer === false) return true;
    if (reader === false) return false;
    const source = writer === true ? anything : writer;
    return this.#findings.isClean(reader, source, (trial) =>
      new Comparison(this.#readerRefs, this.#writerRefs, trial).compare(reader, source, ""),
    );
  }

  #compareOpaque(keyword: string, reader: JsonObject, writer: JsonObject, path: string): void {
    if (!(keyword in reader) || isSame(reader[keyword], writer[keyword])) return;
    this.#findings.add(
      path,
      keyword,
      `has another ${keyword}, and what that means for old messages can't be told`,
    );
  }
}

function typesOf({ type }: JsonObject): readonly string[] {
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.map(String) : allTypes;
}

/** The values that are allowed, as JSON; `undefined` if that is not a list. */
function valuesOf(part: JsonObject): readonly string[] | undefined {
  if ("const" in part) return [JSON.stringify(part["const"])];
  const values = part["enum"];
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : undefined;
}

function partsOf(value: unknown): ReadonlyMap<string, JsonPart> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, JsonPart] => isPart(entry[1])));
}

function namesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function listOf(value: unknown): readonly JsonPart[] {
  return Array.isArray(value) ? value.filter(isPart) : [];
}

/** What others than those named must fit. */
function restOf(part: JsonObject, keyword: string): JsonPart {
  const rest = part[keyword];
  return isPart(rest) ? rest : true;
}

/** The items that have a schema each: `prefixItems`, or before 2020-12 a list in `items`. */
function rowOf(part: JsonObject): readonly JsonPart[] {
  return [...listOf(part["prefixItems"]), ...listOf(part["items"])];
}

function itemsRestOf(part: JsonObject): JsonPart {
  return restOf(part, Array.isArray(part["items"]) ? "additionalItems" : "items");
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function short(part: JsonPart): string {
  const text = JSON.stringify(part);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
