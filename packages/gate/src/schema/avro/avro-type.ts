/** A type of an Avro schema, with the names it refers to resolved; a type can be part of itself. */
export type AvroType =
  | { readonly kind: AvroPrimitive }
  | AvroRecord
  | AvroEnum
  | AvroFixed
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] };

export type AvroPrimitive =
  | "null"
  | "boolean"
  | "int"
  | "long"
  | "float"
  | "double"
  | "bytes"
  | "string";

export interface AvroRecord {
  readonly kind: "record";
  readonly name: string;
  readonly aliases: readonly string[];
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  readonly hasDefault: boolean;
}

export interface AvroEnum {
  readonly kind: "enum";
  readonly name: string;
  readonly aliases: readonly string[];
  readonly symbols: readonly string[];
  /** What a reader takes for a symbol that it does not know. */
  readonly default: string | undefined;
}

export interface AvroFixed {
  readonly kind: "fixed";
  readonly name: string;
  readonly aliases: readonly string[];
  readonly sizeBytes: number;
}

/** How a branch of a union is named in Avro's JSON encoding. */
export function branchName(type: AvroType): string {
  return "name" in type ? type.name : type.kind;
}
