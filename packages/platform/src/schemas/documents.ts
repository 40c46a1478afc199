import type { CompatibilityMode, PayloadEncoding, SchemaFormat } from "@oxbow/gate";
import {
  type AttachmentMode,
  attachmentModes,
  compatibilityModes,
  payloadEncodings,
  type SchemaReference,
  schemaFormats,
} from "oxbow/control";
import { z } from "zod";
import { type DocumentKind, readDocument } from "./read-document.ts";

/** What is in the bucket; FORMAT.md says what it means. */
export const documentVersion = 1;

export interface StoredVersion {
  readonly number: number;
  /** SHA-256 of the text, in hexadecimal digits: where it is kept. */
  readonly text: string;
  readonly bytes: number;
  readonly messageName: string | null;
  readonly references: readonly SchemaReference[];
  readonly createdAt: string;
}

export interface SchemaDocument {
  readonly version: 1;
  readonly format: SchemaFormat;
  readonly compatibility: CompatibilityMode;
  readonly active: number | null;
  readonly nextNumber: number;
  readonly createdAt: string;
  readonly versions: readonly StoredVersion[];
}

interface StoredAttachment {
  readonly name: string;
  readonly version: number | "active";
  readonly mode: AttachmentMode;
  readonly encoding: PayloadEncoding | null;
}

export interface StationDocument {
  readonly version: 1;
  readonly schema: StoredAttachment;
}

const number = z.int().min(1);
const schemaDocument = z.strictObject({
  version: z.literal(documentVersion),
  format: z.enum(schemaFormats),
  compatibility: z.enum(compatibilityModes),
  active: number.nullable(),
  nextNumber: number,
  createdAt: z.string(),
  versions: z.array(
    z.strictObject({
      number,
      text: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: z.int().min(0),
      messageName: z.string().nullable(),
      references: z.array(
        z.strictObject({ name: z.string(), schema: z.string(), version: number }),
      ),
      createdAt: z.string(),
    }),
  ),
});
const stationDocument = z.strictObject({
  version: z.literal(documentVersion),
  schema: z.strictObject({
    name: z.string(),
    version: z.union([number, z.literal("active")]),
    mode: z.enum(attachmentModes),
    encoding: z.enum(payloadEncodings).nullable(),
  }),
});

export const schemaKeys = "schema.";
export const stationKeys = "station.";
export const textKeys = "text.";

const documents: DocumentKind = {
  bucket: "oxbow",
  version: documentVersion,
  unreadable: "SCHEMA_UNREADABLE",
  remedy: "restore it, or remove the key and make it again",
};

/** @throws OxbowError `SCHEMA_UNREADABLE` */
export function readSchemaDocument(key: string, text: string): SchemaDocument {
  return readDocument(documents, schemaDocument, key, text);
}

/** @throws OxbowError `SCHEMA_UNREADABLE` */
export function readStationDocument(key: string, text: string): StationDocument {
  return readDocument(documents, stationDocument, key, text);
}
