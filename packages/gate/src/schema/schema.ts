import type { Violation } from "./violation.ts";

export type SchemaFormat = "json" | "avro" | "protobuf" | "graphql";

/** A schema that another one refers to. */
export interface SchemaReference {
  /** As it is referred to: the `$ref` of JSON Schema, the `import` of Protobuf, the full name of an Avro type. */
  readonly name: string;
  readonly text: string;
}

/** A version of a schema, as its author wrote it. */
export interface SchemaDefinition {
  readonly format: SchemaFormat;
  readonly text: string;
  /** Protobuf: which message of the file; by default its first. */
  readonly messageName?: string;
  /** Every schema that it refers to, directly or through others. */
  readonly references?: readonly SchemaReference[];
}

/** How the bytes of a message are to be read. Only Avro has a choice. */
export type PayloadEncoding = "binary" | "json";

/** A schema that is ready to check messages. */
export interface CompiledSchema {
  readonly format: SchemaFormat;
  /**
   * Checks the message in `buffer` from `start` to `end`, synchronously; the buffer is neither kept nor changed.
   *
   * @returns `undefined` if it fits, else the first thing that is wrong. Never throws, whatever the bytes.
   */
  check(buffer: Buffer, start: number, end: number): Violation | undefined;
}
