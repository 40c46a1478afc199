import {
  attachmentRequestShape,
  generateRequestShape,
  schemaRequestShape,
  tryRequestShape,
  versionRequestShape,
} from "@oxbow/platform";
import { z } from "zod";
import type { Routes } from "../route.ts";
import { deleted, nameFields, number, pageFields, pageOf, text } from "../shapes/common.ts";
import {
  attachment,
  attachmentState,
  compatibilityMode,
  generatedSchema,
  schema,
  schemaBreaks,
  schemaDiff,
  schemaText,
  schemaTrial,
  schemaVersion,
} from "../shapes/schema.ts";

const one = "/schemas/{schema}";
const attached = "/stations/{station}/schema";
const version = z.coerce.number<string>().int().min(1);

export const schemaRoutes: Routes<"schema"> = {
  "schema.create": { method: "PUT", path: one, body: schemaRequestShape, answer: schema },
  "schema.list": {
    method: "GET",
    path: "/schemas",
    query: z.strictObject({ ...pageFields, ...nameFields }),
    answer: pageOf("Schema", schema),
  },
  "schema.get": { method: "GET", path: one, answer: schema },
  "schema.text": {
    method: "GET",
    path: `${one}/text`,
    query: z.strictObject({ version: number("The active one by default.") }),
    answer: schemaText,
  },
  "schema.addVersion": {
    method: "POST",
    path: `${one}/versions`,
    body: z.intersection(versionRequestShape, z.object({ isActivated: z.boolean().optional() })),
    answer: schemaVersion,
  },
  "schema.check": {
    method: "POST",
    path: `${one}/check`,
    body: versionRequestShape,
    answer: schemaBreaks,
  },
  "schema.diff": {
    method: "GET",
    path: `${one}/diff`,
    query: z.strictObject({ from: version, to: version }),
    answer: schemaDiff,
  },
  "schema.try": { method: "POST", path: `${one}/try`, body: tryRequestShape, answer: schemaTrial },
  "schema.generate": {
    method: "POST",
    path: "/schemas/generate",
    body: generateRequestShape,
    answer: generatedSchema,
  },
  "schema.activate": {
    method: "POST",
    path: `${one}/versions/{version}/activate`,
    params: z.object({ version }),
    answer: schema,
  },
  "schema.setCompatibility": {
    method: "PUT",
    path: `${one}/compatibility`,
    body: z.strictObject({ compatibility: compatibilityMode }),
    answer: schema,
  },
  "schema.deleteVersion": {
    method: "DELETE",
    path: `${one}/versions/{version}`,
    params: z.object({ version }),
    answer: deleted,
  },
  "schema.delete": { method: "DELETE", path: one, answer: deleted },
};

export const attachmentRoutes: Routes<"attachment"> = {
  "attachment.set": {
    method: "PUT",
    path: attached,
    body: attachmentRequestShape,
    answer: attachment,
  },
  "attachment.get": { method: "GET", path: attached, answer: attachmentState },
  "attachment.list": {
    method: "GET",
    path: "/attachments",
    query: z.strictObject({ ...pageFields, schema: text("Only those of this schema.") }),
    answer: pageOf("Attachment", attachment),
  },
  "attachment.delete": { method: "DELETE", path: attached, answer: deleted },
};
