import avro, { type Type } from "avsc";
import { gateError } from "../../errors.ts";
import { schemaLimits } from "../limits.ts";
import type { SchemaDefinition } from "../schema.ts";
import type { AvroField, AvroPrimitive, AvroType } from "./avro-type.ts";

// A CommonJS module, whose names are not all seen from outside.
const { types } = avro;

type Registry = Record<string, Type>;

/**
 * Reads an Avro schema (specification 1.12) and what it refers to, in whatever order.
 *
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`
 */
export function parseAvro(definition: SchemaDefinition): AvroType {
  return convert(libraryTypeOf(definition), new Map());
}

/**
 * The same as the library has it, which can read and write values.
 *
 * @throws OxbowError as {@link parseAvro}
 */
export function libraryTypeOf({ text, references = [] }: SchemaDefinition): Type {
  const registry: Registry = {};
  let waiting = references.map(({ name, text: referenced }) => ({ name, text: referenced }));
  while (waiting.length > 0) {
    const left = waiting.filter((reference) => !tryRegister(reference.text, registry));
    if (left.length === waiting.length) {
      // None of them can be read: the first says why.
      register(left[0]?.text ?? "", registry, `the reference ${left[0]?.name}`);
    }
    waiting = left;
  }
  return register(text, registry, "the schema");
}

/** False if it refers to what is not there yet. */
function tryRegister(text: string, registry: Registry): boolean {
  const trial: Registry = { ...registry };
  try {
    register(text, trial, "a reference");
  } catch {
    return false;
  }
  Object.assign(registry, trial);
  return true;
}

function register(text: string, registry: Registry, what: string): Type {
  const schema = parseText(text, what);
  checkShape(schema);
  try {
    // A plain name is a schema, too.
    return avro.Type.forSchema(schema as never, { registry, wrapUnions: true });
  } catch (error) {
    const { message } = error as Error;
    const missing = /^(?:undefined type name|unknown type): "?([\w.]+)"?$/.exec(message)?.[1];
    if (missing === undefined) throw gateError("SCHEMA_INVALID", `${what}: ${message}`);
    throw gateError(
      "SCHEMA_REFERENCE_MISSING",
      `${what} uses the type ${missing}, which is neither in it nor in a reference`,
    );
  }
}

function parseText(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^[A-Za-z_][\w.]*$/.test(text.trim())) return text.trim();
    throw gateError("SCHEMA_INVALID", `${what} is not JSON: ${(error as Error).message}`);
  }
}

/** Bounds the schema before anything is made of it. */
function checkShape(schema: unknown): void {
  let nodesCount = 0;
  const visit = (value: unknown, depth: number): void => {
    nodesCount += 1;
    if (nodesCount > schemaLimits.nodesMax) {
      throw gateError("SCHEMA_TOO_LARGE", `more than ${schemaLimits.nodesMax} values in a schema`);
    }
    if (depth > schemaLimits.depthMax) {
      throw gateError("SCHEMA_TOO_LARGE", `nested more than ${schemaLimits.depthMax} deep`);
    }
    if (typeof value !== "object" || value === null) return;
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(schema, 0);
}

function convert(type: Type, known: Map<Type, AvroType>): AvroType {
  const before = known.get(type);
  if (before !== undefined) return before;
  const target: Record<string, unknown> = {};
  // Known before its parts are, since it can be one of them.
  known.set(type, target as unknown as AvroType);
  Object.assign(target, partsOf(type, known));
  return target as unknown as AvroType;
}

function partsOf(type: Type, known: Map<Type, AvroType>): AvroType {
  const aliases = type.aliases ?? [];
  const name = type.name ?? "";
  if (type instanceof types.RecordType) {
    const fields = type.fields.map(
      (field): AvroField => ({
        name: field.name,
        aliases: field.aliases,
        type: convert(field.type, known),
        hasDefault: field.defaultValue() !== undefined,
      }),
    );
    return { kind: "record", name, aliases, fields };
  }
  if (type instanceof types.EnumType) {
    const { symbols } = type;
    const fallback = "default" in type ? (type.default as string | undefined) : undefined;
    return { kind: "enum", name, aliases, symbols, default: fallback };
  }
  if (type instanceof types.FixedType) {
    return { kind: "fixed", name, aliases, sizeBytes: type.size };
  }
  if (type instanceof types.ArrayType) {
    return { kind: "array", items: convert(type.itemsType, known) };
  }
  if (type instanceof types.MapType)
    return { kind: "map", values: convert(type.valuesType, known) };
  if (type instanceof types.WrappedUnionType) {
    return { kind: "union", branches: type.types.map((branch) => convert(branch, known)) };
  }
  return { kind: type.typeName as AvroPrimitive };
}
