import protobuf from "protobufjs";
import { gateError } from "../../errors.ts";
import { schemaLimits } from "../limits.ts";
import type { SchemaDefinition } from "../schema.ts";
import type { ProtoEnum, ProtoField, ProtoMessage, ProtoScalar } from "./proto-type.ts";

type Root = protobuf.Root;
type Kind = ProtoScalar | ProtoEnum | ProtoMessage;

/**
 * Reads a `.proto` file (proto2, proto3) and what it imports: from its references by name, or one of the well-known
 * types of `google/protobuf`.
 *
 * @returns The message that is meant: the one that is named, or the first of the file.
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`
 */
export function parseProto(definition: SchemaDefinition): ProtoMessage {
  return new Conversion().message(libraryTypeOf(definition));
}

/**
 * The same as the library has it, which can read and write values.
 *
 * @throws OxbowError as {@link parseProto}
 */
export function libraryTypeOf(definition: SchemaDefinition): protobuf.Type {
  const { text, references = [], messageName } = definition;
  const root = new protobuf.Root();
  const texts = new Map(references.map((reference) => [reference.name, reference.text]));
  const known = new Set<string>();
  const read = (source: string, what: string): void => {
    for (const name of readFile(source, root, what)) {
      if (known.has(name)) continue;
      known.add(name);
      const imported = texts.get(name);
      if (imported !== undefined) read(imported, name);
      else addWellKnown(name, root, what);
    }
  };
  read(text, "the schema");
  try {
    root.resolveAll();
  } catch (error) {
    throw gateError("SCHEMA_INVALID", `the schema: ${(error as Error).message}`);
  }
  const name = messageName ?? firstMessageOf(text);
  const type = name === undefined ? null : lookup(root, name);
  if (type === null) {
    throw gateError("SCHEMA_INVALID", `the schema has no message ${name ?? "at all"}`);
  }
  return type;
}

/** Returns what the file imports. */
function readFile(text: string, root: Root, what: string): readonly string[] {
  try {
    const { imports = [], weakImports = [] } = protobuf.parse(text, root, { keepCase: true });
    return [...imports, ...weakImports];
  } catch (error) {
    throw gateError("SCHEMA_INVALID", `${what}: ${(error as Error).message}`);
  }
}

function addWellKnown(name: string, root: Root, what: string): void {
  const wellKnown = protobuf.common.get(name);
  if (wellKnown === null) {
    throw gateError(
      "SCHEMA_REFERENCE_MISSING",
      `${what} imports ${name}, which is not among the references`,
    );
  }
  root.addJSON(wellKnown.nested ?? {});
}

/** The first message in the order of the file; it is read by itself, since the others share one root. */
function firstMessageOf(text: string): string | undefined {
  const { root } = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const find = (space: protobuf.NamespaceBase): protobuf.Type | undefined => {
    for (const each of space.nestedArray) {
      if (each instanceof protobuf.Type) return each;
      const found = each instanceof protobuf.Namespace ? find(each) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(root)?.fullName.slice(1);
}

function lookup(root: Root, name: string): protobuf.Type | null {
  const found = root.lookup(name, protobuf.Type);
  return found instanceof protobuf.Type ? found : null;
}

/** Makes plain types of those of the library, each once. */
class Conversion {
  readonly #messages = new Map<protobuf.Type, ProtoMessage>();
  readonly #enums = new Map<protobuf.Enum, ProtoEnum>();
  #fieldsCount = 0;

  message(type: protobuf.Type): ProtoMessage {
    const before = this.#messages.get(type);
    if (before !== undefined) return before;
    const fields = new Map<number, ProtoField>();
    const required: number[] = [];
    const message: ProtoMessage = {
      name: type.fullName.slice(1),
      fields,
      required,
      isExtension: (number) =>
        (type.extensions ?? []).some(
          ([from, to]) => from !== undefined && to !== undefined && number >= from && number <= to,
        ),
    };
    // Known before its fields are, since it can be the type of one.
    this.#messages.set(type, message);
    for (const field of type.fieldsArray) {
      this.#count();
      fields.set(field.id, this.#field(field));
      if (field.required) required.push(field.id);
    }
    return message;
  }

  #field(field: protobuf.Field): ProtoField {
    const { resolvedType, partOf, rule } = field;
    const isMap = field instanceof protobuf.MapField;
    return {
      number: field.id,
      name: field.name,
      type: isMap ? this.#entry(field) : this.#kind(field.type, resolvedType),
      isGroup: isGroup(resolvedType),
      isRepeated: isMap || rule === "repeated",
      isRequired: field.required,
      oneof: partOf?.name,
    };
  }

  /** A map is repeated entries of a message with a key and a value. */
  #entry(field: protobuf.MapField): ProtoMessage {
    const part = (number: number, name: string, type: Kind): [number, ProtoField] => [
      number,
      {
        number,
        name,
        type,
        isGroup: false,
        isRepeated: false,
        isRequired: false,
        oneof: undefined,
      },
    ];
    return {
      name: `${field.fullName.slice(1)}.Entry`,
      fields: new Map([
        part(1, "key", field.keyType as ProtoScalar),
        part(2, "value", this.#kind(field.type, field.resolvedType)),
      ]),
      required: [],
      isExtension: () => false,
    };
  }

  #kind(name: string, resolved: protobuf.Type | protobuf.Enum | null): Kind {
    if (resolved instanceof protobuf.Type) return this.message(resolved);
    if (resolved instanceof protobuf.Enum) return this.#enum(resolved);
    return name as ProtoScalar;
  }

  #enum(type: protobuf.Enum): ProtoEnum {
    const before = this.#enums.get(type);
    if (before !== undefined) return before;
    const made = { name: type.fullName.slice(1), values: new Map(Object.entries(type.values)) };
    this.#enums.set(type, made);
    return made;
  }

  #count(): void {
    this.#fieldsCount += 1;
    if (this.#fieldsCount > schemaLimits.nodesMax) {
      throw gateError("SCHEMA_TOO_LARGE", `a schema has more than ${schemaLimits.nodesMax} fields`);
    }
  }
}

/** The library says it of a type where it says nothing in its declarations. */
function isGroup(type: protobuf.Type | protobuf.Enum | null): boolean {
  return type instanceof protobuf.Type && "group" in type && type.group === true;
}
