import { AvroSchema } from "../schema/avro/avro-schema.ts";
import { checkBounds } from "../schema/definition-bounds.ts";
import { GraphqlSchema } from "../schema/graphql/graphql-schema.ts";
import { JsonSchema } from "../schema/json-schema/json-schema.ts";
import { ProtobufSchema } from "../schema/protobuf/protobuf-schema.ts";
import type { SchemaDefinition } from "../schema/schema.ts";
import { avroIncompatibilities } from "./avro.ts";
import { graphqlIncompatibilities } from "./graphql.ts";
import type { Incompatibility } from "./incompatibility.ts";
import { type JsonPart, JsonResolver } from "./json-resolver.ts";
import { jsonIncompatibilities } from "./json-schema.ts";
import { protobufIncompatibilities } from "./protobuf.ts";

/**
 * What a new version of a schema must allow. Backward: readers with the new one can read what was written with the last.
 * Forward: readers with the last can read what is written with the new. Full: both. Transitive: not the last alone, but
 * every one before.
 */
export type CompatibilityMode =
  | "none"
  | "backward"
  | "backward-transitive"
  | "forward"
  | "forward-transitive"
  | "full"
  | "full-transitive";

/** Something that breaks, and between whom. */
export interface CompatibilityBreak extends Incompatibility {
  /** The earlier version, as its index in what was given. */
  readonly earlier: number;
  /** Who can't read: with the new version what is there, or with the earlier one what will be. */
  readonly direction: "backward" | "forward";
}

/**
 * Compares a new version of a schema with those before it, oldest first.
 *
 * @returns What breaks; nothing if the new version is allowed.
 * @throws OxbowError as `compileSchema` does
 */
export function checkCompatibility(
  mode: CompatibilityMode,
  candidate: SchemaDefinition,
  earlier: readonly SchemaDefinition[],
): CompatibilityBreak[] {
  if (mode === "none" || earlier.length === 0) return [];
  const isTransitive = mode.endsWith("-transitive");
  const first = isTransitive ? 0 : earlier.length - 1;
  const breaks: CompatibilityBreak[] = [];
  for (const [offset, version] of earlier.slice(first).entries()) {
    const add = (direction: CompatibilityBreak["direction"], found: Incompatibility[]): void => {
      breaks.push(...found.map((each) => ({ ...each, earlier: first + offset, direction })));
    };
    if (!mode.startsWith("forward")) add("backward", incompatibilities(candidate, version));
    if (!mode.startsWith("backward")) add("forward", incompatibilities(version, candidate));
  }
  return breaks;
}

/** Why what is written with one schema can't be read with another. */
function incompatibilities(reader: SchemaDefinition, writer: SchemaDefinition): Incompatibility[] {
  checkBounds(reader);
  checkBounds(writer);
  if (reader.format !== writer.format) {
    const message = `is written as ${writer.format} and read as ${reader.format}`;
    return [{ path: "", rule: "format", message }];
  }
  switch (reader.format) {
    case "avro":
      return avroIncompatibilities(
        AvroSchema.compile(reader, "binary").type,
        AvroSchema.compile(writer, "binary").type,
      );
    case "protobuf":
      return protobufIncompatibilities(
        ProtobufSchema.compile(reader).type,
        ProtobufSchema.compile(writer).type,
      );
    case "graphql":
      return graphqlIncompatibilities(
        GraphqlSchema.compile(reader).schema,
        GraphqlSchema.compile(writer).schema,
      );
    case "json": {
      const [is, was] = [jsonOf(reader), jsonOf(writer)];
      return jsonIncompatibilities(is.part, is.refs, was.part, was.refs);
    }
  }
}

function jsonOf(definition: SchemaDefinition): { part: JsonPart; refs: JsonResolver } {
  JsonSchema.compile(definition);
  const part = JSON.parse(definition.text) as JsonPart;
  const others = (definition.references ?? []).map(({ name, text }): [string, JsonPart] => [
    name,
    JSON.parse(text) as JsonPart,
  ]);
  return { part, refs: new JsonResolver(part, new Map(others)) };
}
