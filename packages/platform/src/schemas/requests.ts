import type { CompatibilityMode, PayloadEncoding, SchemaFormat } from "@oxbow/gate";
import {
  type AttachmentRequest,
  attachmentModes,
  compatibilityModes,
  type GenerateRequest,
  payloadEncodings,
  type SchemaReference,
  type SchemaRequest,
  schemaFormats,
  type TryRequest,
  type VersionRequest,
} from "oxbow/control";
import { platformError, problemsIn } from "oxbow/internal";
import { z } from "zod";
import { registryLimits } from "./limits.ts";
import { schemaName } from "./schema-name.ts";

/** A version that is asked for, checked as far as it can be by itself. */
export interface VersionDraft {
  readonly text: string;
  readonly messageName: string | null;
  readonly references: readonly SchemaReference[];
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

const tryRequest = z.strictObject({
  text: z.string().exactOptional(),
  messageName: name.exactOptional(),
  references: versionShape.references,
  version: number.exactOptional(),
  format: z.enum(schemaFormats).exactOptional(),
  payload: z.string().exactOptional(),
  encoding: z.enum(["text", "base64"]).default("text"),
  payloadEncoding: z.enum(payloadEncodings).default("binary"),
});
const generateRequest = z.strictObject({
  format: z.enum(["json", "avro"]),
  samples: z.array(z.string()).min(1).max(registryLimits.samplesMax),
  name: name.default("Message"),
});

/** What may be asked for, for documents. */
export const versionRequestShape: z.ZodType = versionRequest;
export const schemaRequestShape: z.ZodType = schemaRequest;
export const attachmentRequestShape: z.ZodType = attachmentRequest;
export const tryRequestShape: z.ZodType = tryRequest;
export const generateRequestShape: z.ZodType = generateRequest;

/** @throws OxbowError `SCHEMA_INVALID` */
export function readVersionRequest(request: VersionRequest): VersionDraft {
  return draftOf(read(versionRequest, request));
}

/** What is tried, and against what. */
export interface Trial {
  /** Of what is not stored; `undefined` where a version is meant. */
  readonly draft: VersionDraft | undefined;
  readonly version: number | undefined;
  readonly format: SchemaFormat | undefined;
  /** `undefined` where only the text is looked at. */
  readonly payload: Buffer | undefined;
  readonly payloadEncoding: PayloadEncoding;
}

/** @throws OxbowError `SCHEMA_INVALID` */
export function readTryRequest(request: TryRequest): Trial {
  const { text, messageName, references, version, format, payload, encoding, payloadEncoding } =
    read(tryRequest, request);
  if (text !== undefined && version !== undefined) {
    throw platformError("SCHEMA_INVALID", "version: a text is given too: leave one of the two out");
  }
  return {
    draft: text === undefined ? undefined : draftOf({ text, messageName, references }),
    version,
    format,
    payload:
      payload === undefined
        ? undefined
        : Buffer.from(payload, encoding === "base64" ? "base64" : "utf8"),
    payloadEncoding,
  };
}

/** @throws OxbowError `SCHEMA_INVALID` */
export function readGenerateRequest(request: GenerateRequest): Required<GenerateRequest> {
  return read(generateRequest, request);
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
