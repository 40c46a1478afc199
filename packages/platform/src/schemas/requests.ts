import type { CompatibilityMode, PayloadEncoding, SchemaFormat } from "@oxbow/gate";
import { platformError, problemsIn } from "oxbow/internal";
import { z } from "zod";
import {
  type AttachmentMode,
  attachmentModes,
  compatibilityModes,
  payloadEncodings,
  type StoredReference,
  schemaFormats,
} from "./documents.ts";
import { registryLimits } from "./limits.ts";
import { schemaName } from "./schema-name.ts";

/** What a version refers to. */
export interface ReferenceRequest {
  /** As the text refers to it: the `$ref` of JSON Schema, the `import` of Protobuf, the full name of an Avro type. */
  readonly name: string;
  /** The schema that is meant, of the same format. */
  readonly schema: string;
  readonly version: number;
}

/** What a version is asked to be. */
export interface VersionRequest {
  readonly text: string;
  /** Protobuf: which message of the file; by default its first. */
  readonly messageName?: string;
  /** What the text itself refers to; what that refers to is found. */
  readonly references?: readonly ReferenceRequest[];
}

/** What a schema is asked to be. With a text it has a first version, which is active. */
export interface SchemaRequest extends Partial<VersionRequest> {
  readonly format: SchemaFormat;
  /** By default backward, as in Kafka's registry: readers with a new version can read what was written with the last. */
  readonly compatibility?: CompatibilityMode;
}

/** How a station is to use a schema. */
export interface AttachmentRequest {
  readonly schema: string;
  /** What is done with a message that does not fit; refused by default. */
  readonly mode?: AttachmentMode;
  /** The version for ever, or the one that is active, now and later; the latter by default. */
  readonly version?: number | "active";
  /** How Avro messages are written, binary by default. Other formats have no choice. */
  readonly encoding?: PayloadEncoding;
}

/** A version that is asked for, checked as far as it can be by itself. */
export interface VersionDraft {
  readonly text: string;
  readonly messageName: string | null;
  readonly references: readonly StoredReference[];
}

const name = z.string().min(1).max(registryLimits.nameCharsMax);
const number = z.int().min(1);
const versionShape = {
  text: z.string(),
  messageName: name.optional(),
  references: z.array(z.strictObject({ name, schema: z.string(), version: number })).default([]),
};
const versionRequest = z.strictObject(versionShape);
const schemaRequest = z.strictObject({
  ...versionShape,
  text: z.string().optional(),
  format: z.enum(schemaFormats),
  compatibility: z.enum(compatibilityModes).default("backward"),
});
const attachmentRequest = z.strictObject({
  schema: z.string(),
  mode: z.enum(attachmentModes).default("enforce"),
  version: z.union([number, z.literal("active")]).default("active"),
  encoding: z.enum(payloadEncodings).optional(),
});

/** @throws OxbowError `SCHEMA_INVALID` */
export function readVersionRequest(request: VersionRequest): VersionDraft {
  return draftOf(read(versionRequest, request));
}

/** @throws OxbowError `SCHEMA_INVALID` */
export function readSchemaRequest(request: SchemaRequest): {
  readonly format: SchemaFormat;
  readonly compatibility: CompatibilityMode;
  readonly first: VersionDraft | undefined;
} {
  const { format, compatibility, text, ...more } = read(schemaRequest, request);
  if (text !== undefined) {
    return { format, compatibility, first: draftOf({ text, ...more }) };
  }
  if (more.messageName !== undefined || more.references.length > 0) {
    const message = "messageName and references belong to a version: give its text, too";
    throw platformError("SCHEMA_INVALID", message);
  }
  return { format, compatibility, first: undefined };
}

/** @throws OxbowError `SCHEMA_INVALID` */
export function readCompatibility(mode: CompatibilityMode): CompatibilityMode {
  return read(z.enum(compatibilityModes), mode);
}

/** @throws OxbowError `SCHEMA_INVALID` */
export function readAttachmentRequest(request: AttachmentRequest): Required<
  Omit<AttachmentRequest, "encoding">
> & {
  readonly encoding: PayloadEncoding | undefined;
} {
  const { schema, mode, version, encoding } = read(attachmentRequest, request);
  return { schema: schemaName(schema), mode, version, encoding };
}

function draftOf({ text, messageName, references }: z.infer<typeof versionRequest>): VersionDraft {
  return {
    text,
    messageName: messageName ?? null,
    references: references.map((each) => ({ ...each, schema: schemaName(each.schema) })),
  };
}

function read<T>(shape: z.ZodType<T>, request: unknown): T {
  const result = shape.safeParse(request);
  if (result.success) return result.data;
  throw platformError("SCHEMA_INVALID", problemsIn(result.error));
}
