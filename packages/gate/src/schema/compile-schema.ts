import { AvroSchema } from "./avro/avro-schema.ts";
import { checkBounds } from "./definition-bounds.ts";
import { GraphqlSchema } from "./graphql/graphql-schema.ts";
import { JsonSchema } from "./json-schema/json-schema.ts";
import { ProtobufSchema } from "./protobuf/protobuf-schema.ts";
import type { CompiledSchema, PayloadEncoding, SchemaDefinition } from "./schema.ts";

/**
 * Compiles a schema, which may be anybody's: nothing of it is run or fetched, and both compiling and checking are
 * bounded by {@link schemaLimits}.
 *
 * @param encoding - How Avro messages are written; the other formats have one way.
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`
 */
export function compileSchema(
  definition: SchemaDefinition,
  encoding: PayloadEncoding = "binary",
): CompiledSchema {
  checkBounds(definition);
  switch (definition.format) {
    case "json":
      return JsonSchema.compile(definition);
    case "avro":
      return AvroSchema.compile(definition, encoding);
    case "protobuf":
      return ProtobufSchema.compile(definition);
    case "graphql":
      return GraphqlSchema.compile(definition);
  }
}
