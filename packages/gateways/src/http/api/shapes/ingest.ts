import type { Ingest, IngestWithSecret } from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const header = z.string().nullable();
const signed = { toleranceMs: count };

export const ingest: z.ZodType<Ingest> = named(
  "Ingest",
  z.object({
    station: z.string(),
    name: z.string(),
    description: z.string(),
    verify: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("github") }),
      z.object({ kind: z.literal("stripe"), ...signed }),
      z.object({ kind: z.literal("slack"), ...signed }),
      z.object({ kind: z.literal("standard"), ...signed }),
      z.object({
        kind: z.literal("hmac"),
        header: z.string(),
        algorithm: z.enum(["sha256", "sha512", "sha1"]),
        encoding: z.enum(["hex", "base64"]),
        prefix: z.string(),
        timestampHeader: header,
        ...signed,
        idHeader: header,
      }),
      z.object({ kind: z.literal("none"), idHeader: header }),
    ]),
    headers: z.array(z.string()),
    isPaused: z.boolean(),
    hasSecret: z.boolean(),
    createdAt: time,
    oldUrlUntil: time.nullable(),
    oldSecretUntil: time.nullable(),
  }),
);

export const ingestWithSecret: z.ZodType<IngestWithSecret> = named(
  "IngestWithSecret",
  z.object({
    ingest,
    path: z.string().nullable().describe("Of the URL; told this once."),
    secret: z.string().nullable().describe("That requests are signed with; told this once."),
  }),
);
