import { pointerToken } from "../schema/path.ts";
import type { ProtoField, ProtoMessage } from "../schema/protobuf/proto-type.ts";
import { Findings, type Incompatibility } from "./incompatibility.ts";

/** Types whose values are written alike (Protobuf language guide, "Updating A Message Type"). */
const families: readonly (readonly string[])[] = [
  ["int32", "uint32", "int64", "uint64", "bool", "enum"],
  ["sint32", "sint64"],
  ["fixed32", "sfixed32"],
  ["fixed64", "sfixed64"],
];

/** Why messages of one Protobuf type can't be read as another. Fields are the same where their numbers are. */
export function protobufIncompatibilities(
  reader: ProtoMessage,
  writer: ProtoMessage,
): Incompatibility[] {
  const findings = new Findings();
  compare(reader, writer, "", findings);
  return findings.found;
}

function compare(
  reader: ProtoMessage,
  writer: ProtoMessage,
  path: string,
  findings: Findings,
): void {
  if (!findings.begins(reader, writer)) return;
  for (const field of reader.fields.values()) {
    const source = writer.fields.get(field.number);
    const fieldPath = path + pointerToken(field.name);
    if (source !== undefined) compareFields(field, source, fieldPath, findings);
    if (field.isRequired && source?.isRequired !== true) {
      findings.add(fieldPath, "required", "is required by the reader, and may not be written");
    }
  }
  compareOneofs(reader, writer, path, findings);
}

function compareFields(
  reader: ProtoField,
  writer: ProtoField,
  path: string,
  findings: Findings,
): void {
  if (reader.isRepeated !== writer.isRepeated) {
    const [was, is] = reader.isRepeated ? ["one value", "repeated"] : ["repeated", "one value"];
    findings.add(path, "repeated", `field ${reader.number} is written as ${was} and read as ${is}`);
  }
  if (isMessage(reader.type) && isMessage(writer.type) && reader.isGroup === writer.isGroup) {
    compare(reader.type, writer.type, reader.isRepeated ? `${path}/*` : path, findings);
  } else if (!reads(reader, writer)) {
    const [was, is] = [typeName(writer), typeName(reader)];
    findings.add(path, "type", `field ${reader.number} is written as ${was} and read as ${is}`);
  }
}

/** Of several fields that were written, a oneof keeps the last. */
function compareOneofs(
  reader: ProtoMessage,
  writer: ProtoMessage,
  path: string,
  findings: Findings,
): void {
  const members = new Map<string, ProtoField[]>();
  for (const field of reader.fields.values()) {
    const source = writer.fields.get(field.number);
    if (field.oneof === undefined || source === undefined) continue;
    members.set(field.oneof, [...(members.get(field.oneof) ?? []), source]);
  }
  for (const [oneof, sources] of members) {
    const [first] = sources;
    if (sources.every((source) => source.oneof !== undefined && source.oneof === first?.oneof)) {
      continue;
    }
    if (sources.length < 2) continue;
    const names = sources.map(({ name }) => name).join(", ");
    findings.add(path, "oneof", `${names} can be written together, and oneof ${oneof} reads one`);
  }
}

function reads(reader: ProtoField, writer: ProtoField): boolean {
  const [is, was] = [kindOf(reader), kindOf(writer)];
  if (is === was) return true;
  // Every text is bytes; not all bytes are text.
  if (is === "bytes" && was === "string") return true;
  return families.some((family) => family.includes(is) && family.includes(was));
}

function kindOf({ type, isGroup }: ProtoField): string {
  if (typeof type === "string") return type;
  if (!isMessage(type)) return "enum";
  return isGroup ? "group" : "message";
}

function typeName({ type, isGroup }: ProtoField): string {
  if (typeof type === "string") return type;
  return `${isGroup ? "group " : ""}${type.name}`;
}

function isMessage(type: ProtoField["type"]): type is ProtoMessage {
  return typeof type === "object" && "fields" in type;
}
