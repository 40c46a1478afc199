import { gateError } from "../errors.ts";
import { libraryTypeOf as avroTypeOf } from "../schema/avro/avro-parser.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { libraryTypeOf as protoTypeOf } from "../schema/protobuf/proto-parser.ts";
import type { PayloadEncoding, SchemaDefinition } from "../schema/schema.ts";
import { describeViolation } from "../schema/violation.ts";
import { jsonOfProtobuf } from "./message-decoder.ts";

/**
 * Makes a message of JSON as `compileDecoder` gives it, for people and for programs that know no other format.
 *
 * @throws OxbowError `MESSAGE_INVALID` for what does not fit the schema
 */
export type MessageEncoder = (text: string) => Buffer;

/**
 * Makes what writes messages by a schema: the reverse of `compileDecoder`.
 *
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`
 */
export function compileEncoder(
  definition: SchemaDefinition,
  encoding: PayloadEncoding = "binary",
): MessageEncoder {
  const schema = compileSchema(definition, encoding);
  const encode = encoderOf(definition, encoding);
  return (text) => {
    const message = encoded(encode, text);
    const wrong = schema.check(message, 0, message.length);
    if (wrong !== undefined) throw gateError("MESSAGE_INVALID", describeViolation(wrong));
    return message;
  };
}

function encoded(encode: MessageEncoder, text: string): Buffer {
  try {
    return encode(text);
  } catch (cause) {
    // Too deeply nested, where it is a RangeError.
    throw gateError("MESSAGE_INVALID", (cause as Error).message, { cause });
  }
}

function encoderOf(definition: SchemaDefinition, encoding: PayloadEncoding): MessageEncoder {
  if (definition.format === "avro" && encoding === "binary") {
    const type = avroTypeOf(definition);
    return (text) => type.toBuffer(type.fromString(text));
  }
  if (definition.format === "protobuf") {
    const type = protoTypeOf(definition);
    return (text) => {
      const given: unknown = JSON.parse(text);
      if (typeof given !== "object" || given === null || Array.isArray(given)) {
        throw new Error("a message of Protobuf is written as a JSON object");
      }
      const bytes = Buffer.from(type.encode(type.fromObject(given)).finish());
      requireAll(given, JSON.parse(jsonOfProtobuf(type, bytes)), "");
      return bytes;
    };
  }
  return (text) => Buffer.from(text);
}

/** The library leaves out what it does not know: a field that the schema has not, or an enum's name. */
function requireAll(given: unknown, kept: unknown, path: string): void {
  if (typeof given !== "object" || given === null) return;
  for (const [name, value] of Object.entries(given)) {
    const place = `${path}/${name}`;
    // The same as not set.
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    const isKept = typeof kept === "object" && kept !== null && Object.hasOwn(kept, name);
    if (!isKept) throw new Error(`${place}: the schema has no such field, or not of this type`);
    requireAll(value, (kept as Readonly<Record<string, unknown>>)[name], place);
  }
}
