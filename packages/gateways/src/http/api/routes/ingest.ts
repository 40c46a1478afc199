import { ingestChangesShape, ingestRequestShape, ingestRotationShape } from "@oxbow/platform";
import { z } from "zod";
import type { Routes } from "../route.ts";
import { deleted, pageFields, pageOf } from "../shapes/common.ts";
import { ingest, ingestWithSecret } from "../shapes/ingest.ts";

const all = "/stations/{station}/ingest";
const one = `${all}/{ingest}`;

export const ingestRoutes: Routes<"ingest"> = {
  "ingest.create": {
    method: "PUT",
    path: one,
    body: ingestRequestShape,
    isBodyOptional: true,
    answer: ingestWithSecret,
  },
  "ingest.list": {
    method: "GET",
    path: all,
    query: z.strictObject(pageFields),
    answer: pageOf("Ingest", ingest),
  },
  "ingest.get": { method: "GET", path: one, answer: ingest },
  "ingest.edit": { method: "PATCH", path: one, body: ingestChangesShape, answer: ingest },
  "ingest.rotate": {
    method: "POST",
    path: `${one}/rotate`,
    body: ingestRotationShape,
    isBodyOptional: true,
    answer: ingestWithSecret,
  },
  "ingest.delete": { method: "DELETE", path: one, answer: deleted },
};
