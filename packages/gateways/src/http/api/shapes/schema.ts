import {
  type Attachment,
  type AttachmentState,
  attachmentModes,
  type CompatibilityMode,
  compatibilityModes,
  type GeneratedSchema,
  payloadEncodings,
  type Schema,
  type SchemaBreaks,
  type SchemaDiff,
  type SchemaFormat,
  type SchemaText,
  type SchemaTrial,
  type SchemaVersion,
  schemaFormats,
} from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const schemaFormat: z.ZodType<SchemaFormat> = z.enum(schemaFormats);
export const compatibilityMode: z.ZodType<CompatibilityMode> = z.enum(compatibilityModes);
const references = z.array(z.object({ name: z.string(), schema: z.string(), version: count }));
const versionOrActive = z.union([count, z.literal("active")]);

export const schemaVersion: z.ZodType<SchemaVersion> = named(
  "SchemaVersion",
  z.object({
    number: count,
    isActive: z.boolean(),
    bytes: count,
    messageName: z.string().optional(),
    references,
    createdAt: time,
  }),
);

export const schema: z.ZodType<Schema> = named(
  "Schema",
  z.object({
    name: z.string(),
    format: schemaFormat,
    compatibility: compatibilityMode,
    activeVersion: count.optional(),
    createdAt: time,
    versions: z.array(schemaVersion),
  }),
);

export const schemaText: z.ZodType<SchemaText> = named(
  "SchemaText",
  z.object({
    name: z.string(),
    format: schemaFormat,
    version: count,
    text: z.string(),
    messageName: z.string().optional(),
    references,
  }),
);

const breaks = z.array(
  named(
    "SchemaBreak",
    z.object({
      version: count,
      direction: z.enum(["backward", "forward"]),
      path: z.string(),
      message: z.string(),
      description: z.string().describe("All of it in one sentence."),
    }),
  ),
);

export const schemaBreaks: z.ZodType<SchemaBreaks> = named("SchemaBreaks", z.object({ breaks }));

export const schemaDiff: z.ZodType<SchemaDiff> = named(
  "SchemaDiff",
  z.object({ from: count, to: count, lines: z.string().describe("A unified diff."), breaks }),
);

export const schemaTrial: z.ZodType<SchemaTrial> = named(
  "SchemaTrial",
  z.object({
    problem: z
      .object({ message: z.string(), line: count.nullable(), column: count.nullable() })
      .nullable()
      .describe("What is wrong with the text; `null` if it is a schema."),
    violation: z
      .object({
        path: z.string().describe("Where in the message, as a JSON pointer."),
        rule: z.string(),
        message: z.string(),
        description: z.string().describe("All of it in one line."),
      })
      .nullable()
      .describe("Why the message does not fit; `null` if it does."),
  }),
);

export const generatedSchema: z.ZodType<GeneratedSchema> = named(
  "GeneratedSchema",
  z.object({ format: z.enum(["json", "avro"]), text: z.string() }),
);

export const attachment: z.ZodType<Attachment> = named(
  "Attachment",
  z.object({
    station: z.string(),
    schema: z.string(),
    version: versionOrActive,
    mode: z.enum(attachmentModes),
    encoding: z.enum(payloadEncodings).optional(),
  }),
);

export const attachmentState: z.ZodType<AttachmentState> = named(
  "AttachmentState",
  z.object({ attachment: attachment.nullable() }),
);
