import type { Type as ProtobufType } from "protobufjs";
import { gateError } from "../errors.ts";
import { libraryTypeOf as avroTypeOf } from "../schema/avro/avro-parser.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { libraryTypeOf as protoTypeOf } from "../schema/protobuf/proto-parser.ts";
import type { PayloadEncoding, SchemaDefinition } from "../schema/schema.ts";
import { describeViolation } from "../schema/violation.ts";

/**
 * Gives a message as JSON, for people and for programs that know no other format.
 *
 * @throws OxbowError `MESSAGE_INVALID` for one that does not fit the schema
 */
export type MessageDecoder = (message: Buffer) => string;

/**
 * Makes what reads messages by a schema. Avro becomes its JSON encoding (specification 1.12), Protobuf the JSON of its
 * fields as the file names them, with 64-bit numbers as text, enums by name and bytes in Base64; what JSON and GraphQL
 * are stays. A message is checked first, so that what it may cost is bounded as for the gate.
 *
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`
 */
export function compileDecoder(
  definition: SchemaDefinition,
  encoding: PayloadEncoding = "binary",
): MessageDecoder {
  const schema = compileSchema(definition, encoding);
  const decode = decoderOf(definition, encoding);
  return (message) => {
    const wrong = schema.check(message, 0, message.length);
    if (wrong !== undefined) throw gateError("MESSAGE_INVALID", describeViolation(wrong));
    try {
      return decode(message);
    } catch (cause) {
      // Such as a number beyond 2^53, which JavaScript would change.
      throw gateError("MESSAGE_INVALID", (cause as Error).message, { cause });
    }
  };
}

function decoderOf(definition: SchemaDefinition, encoding: PayloadEncoding): MessageDecoder {
  if (definition.format === "avro" && encoding === "binary") {
    const type = avroTypeOf(definition);
    return (message) => type.toString(type.fromBuffer(message));
  }
  if (definition.format === "protobuf") {
    const type = protoTypeOf(definition);
    return (message) => jsonOfProtobuf(type, message);
  }
  return (message) => message.toString();
}

export function jsonOfProtobuf(type: ProtobufType, message: Buffer): string {
  const asJson = { longs: String, enums: String, bytes: String, json: true };
  return JSON.stringify(type.toObject(type.decode(message), asJson));
}
