import type { CompatibilityMode, SchemaFormat } from "@oxbow/gate";
import type { SchemaDocument, StoredVersion } from "./documents.ts";
import type { ReferenceRequest } from "./requests.ts";

/** A schema as it is now. */
export interface Schema {
  readonly name: string;
  readonly format: SchemaFormat;
  /** What a new version must allow. */
  readonly compatibility: CompatibilityMode;
  /** The version that stations use which are not pinned to one; there is none before the first. */
  readonly activeVersion: number | undefined;
  readonly createdAt: string;
  /** Oldest first. */
  readonly versions: readonly SchemaVersion[];
}

/** A version of a schema. It never changes. */
export interface SchemaVersion {
  /** From 1. The number of a version that was deleted does not come again. */
  readonly number: number;
  readonly isActive: boolean;
  /** Bytes of its text. */
  readonly bytes: number;
  readonly messageName: string | undefined;
  readonly references: readonly ReferenceRequest[];
  readonly createdAt: string;
}

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
