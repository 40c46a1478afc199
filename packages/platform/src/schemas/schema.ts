import type { Schema, SchemaVersion } from "oxbow/control";
import type { SchemaDocument, StoredVersion } from "./documents.ts";

export function schemaOf(name: string, document: SchemaDocument): Schema {
  const { format, compatibility, active, createdAt, versions } = document;
  return {
    name,
    format,
    compatibility,
    activeVersion: active ?? undefined,
    createdAt,
    versions: versions.map((version) => versionOf(document, version)),
  };
}

export function versionOf(document: SchemaDocument, version: StoredVersion): SchemaVersion {
  const { number, bytes, messageName, references, createdAt } = version;
  return {
    number,
    isActive: document.active === number,
    bytes,
    messageName: messageName ?? undefined,
    references,
    createdAt,
  };
}
