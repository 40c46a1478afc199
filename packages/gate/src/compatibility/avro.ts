import {
  type AvroEnum,
  type AvroRecord,
  type AvroType,
  branchName,
} from "../schema/avro/avro-type.ts";
import { pointerToken } from "../schema/path.ts";
import { Findings, type Incompatibility } from "./incompatibility.ts";

/** What a reader of a type also reads (specification 1.12, "Schema Resolution"). */
const promotions: Readonly<Record<string, readonly string[]>> = {
  long: ["int"],
  float: ["int", "long"],
  double: ["int", "long", "float"],
  string: ["bytes"],
  bytes: ["string"],
};

/** Why values written with one Avro schema can't be read with another. */
export function avroIncompatibilities(reader: AvroType, writer: AvroType): Incompatibility[] {
  const findings = new Findings();
  compare(reader, writer, "", findings);
  return findings.found;
}

function compare(reader: AvroType, writer: AvroType, path: string, findings: Findings): void {
  if (!findings.begins(reader, writer)) return;
  if (writer.kind === "union") {
    for (const branch of writer.branches) compare(reader, branch, path, findings);
  } else if (reader.kind === "union") {
    compareBranches(reader.branches, writer, path, findings);
  } else if (reader.kind === "record" && writer.kind === "record") {
    compareRecords(reader, writer, path, findings);
  } else if (reader.kind === "enum" && writer.kind === "enum") {
    compareEnums(reader, writer, path, findings);
  } else if (reader.kind === "array" && writer.kind === "array") {
    compare(reader.items, writer.items, `${path}/*`, findings);
  } else if (reader.kind === "map" && writer.kind === "map") {
    compare(reader.values, writer.values, `${path}/*`, findings);
  } else if (!reads(reader, writer)) {
    findings.add(path, "type", `is written as ${nameOf(writer)} and read as ${nameOf(reader)}`);
  }
}

/** A union reads what one of its branches reads. */
function compareBranches(
  branches: readonly AvroType[],
  writer: AvroType,
  path: string,
  findings: Findings,
): void {
  const isRead = branches.some((branch) =>
    findings.isClean(branch, writer, (trial) => compare(branch, writer, "", trial)),
  );
  if (isRead) return;
  const namesake = branches.find((branch) => branchName(branch) === branchName(writer));
  if (namesake !== undefined) {
    compare(namesake, writer, path, findings);
    return;
  }
  const names = branches.map(branchName).join(", ");
  findings.add(path, "union", `is written as ${nameOf(writer)}, which is none of ${names}`);
}

function compareRecords(
  reader: AvroRecord,
  writer: AvroRecord,
  path: string,
  findings: Findings,
): void {
  if (!isNamesake(reader, writer)) {
    findings.add(path, "name", `is written as record ${writer.name} and read as ${reader.name}`);
  }
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  for (const field of reader.fields) {
    const names = [field.name, ...field.aliases];
    const source = names.map((name) => written.get(name)).find((found) => found !== undefined);
    const fieldPath = path + pointerToken(field.name);
    if (source !== undefined) compare(field.type, source.type, fieldPath, findings);
    else if (!field.hasDefault) {
      findings.add(fieldPath, "default", "is not written, and has no default: give it one");
    }
  }
}

function compareEnums(reader: AvroEnum, writer: AvroEnum, path: string, findings: Findings): void {
  if (!isNamesake(reader, writer)) {
    findings.add(path, "name", `is written as enum ${writer.name} and read as ${reader.name}`);
  }
  if (reader.default !== undefined) return;
  const unknown = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  if (unknown.length === 0) return;
  findings.add(
    path,
    "symbol",
    `can be written as ${unknown.join(", ")}, which the reader does not know: give the enum a default`,
  );
}

function reads(reader: AvroType, writer: AvroType): boolean {
  if (reader.kind === "fixed" && writer.kind === "fixed") {
    return isNamesake(reader, writer) && reader.sizeBytes === writer.sizeBytes;
  }
  return reader.kind === writer.kind || (promotions[reader.kind]?.includes(writer.kind) ?? false);
}

/** Namespaces don't count, aliases do. */
function isNamesake(
  reader: { readonly name: string; readonly aliases: readonly string[] },
  writer: { readonly name: string },
): boolean {
  return [reader.name, ...reader.aliases].some((name) => plain(name) === plain(writer.name));
}

function plain(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function nameOf(type: AvroType): string {
  return type.kind === "fixed" ? `fixed ${type.name} of ${type.sizeBytes} bytes` : branchName(type);
}
