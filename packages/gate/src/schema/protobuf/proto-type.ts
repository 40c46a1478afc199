/** A message type of a `.proto` file, with the types of its fields resolved; a message can be a field of itself. */
export interface ProtoMessage {
  /** With its package: `shop.Order`. */
  readonly name: string;
  readonly fields: ReadonlyMap<number, ProtoField>;
  /** Numbers of the fields that must be there (proto2). */
  readonly required: readonly number[];
  /** Whether others may add fields of this number. */
  isExtension(number: number): boolean;
}

export interface ProtoField {
  readonly number: number;
  readonly name: string;
  readonly type: ProtoScalar | ProtoEnum | ProtoMessage;
  /** Whether it is written as a group, a message between two marks (proto2). */
  readonly isGroup: boolean;
  readonly isRepeated: boolean;
  readonly isRequired: boolean;
  /** The oneof that it is in. */
  readonly oneof: string | undefined;
}

export interface ProtoEnum {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

export type ProtoScalar =
  | "double"
  | "float"
  | "int32"
  | "uint32"
  | "sint32"
  | "fixed32"
  | "sfixed32"
  | "int64"
  | "uint64"
  | "sint64"
  | "fixed64"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** How the bytes of a field are laid out, by the number that says so (Protobuf encoding, "Message Structure"). */
export const wireType: Readonly<
  Record<"varint" | "fixed64" | "lengthDelimited" | "groupStart" | "groupEnd" | "fixed32", number>
> = {
  varint: 0,
  fixed64: 1,
  lengthDelimited: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
};

const fixed: Readonly<Partial<Record<ProtoScalar, number>>> = {
  double: wireType.fixed64,
  fixed64: wireType.fixed64,
  sfixed64: wireType.fixed64,
  float: wireType.fixed32,
  fixed32: wireType.fixed32,
  sfixed32: wireType.fixed32,
  string: wireType.lengthDelimited,
  bytes: wireType.lengthDelimited,
};

/** The wire type of one value of a field. */
export function wireTypeOf({ type, isGroup }: ProtoField): number {
  if (isGroup) return wireType.groupStart;
  if (typeof type === "string") return fixed[type] ?? wireType.varint;
  return "fields" in type ? wireType.lengthDelimited : wireType.varint;
}

/** Whether values of it can stand one after the other in one length-delimited piece. */
export function isPackable(field: ProtoField): boolean {
  const type = wireTypeOf(field);
  return field.isRepeated && type !== wireType.lengthDelimited && type !== wireType.groupStart;
}
