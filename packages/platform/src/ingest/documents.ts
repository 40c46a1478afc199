import { createHash } from "node:crypto";
import type { IngestVerification } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import type { BucketPlace } from "../schemas/bucket.ts";
import { type DocumentKind, readDocument } from "../schemas/read-document.ts";

/** Where ingest URLs are kept, with their secrets. FORMAT.md says what the documents mean. */
export const ingestPlace: BucketPlace = {
  name: "oxbow_ingest",
  description: "Ingest URLs of stations",
  busy: "INGEST_BUSY",
  unavailable: "INGEST_UNAVAILABLE",
};
export const ingestBucketStream: string = `KV_${ingestPlace.name}`;

/** Of this format. */
export const ingestVersion = 1;
export const ingestKeys = "url.";

/** What was rotated out, and until when it is taken. */
export interface Old {
  readonly value: string;
  readonly until: string;
}

/** An ingest URL, with all that is secret of it. */
export interface IngestDocument {
  readonly version: 1;
  readonly station: string;
  readonly name: string;
  readonly description: string;
  readonly verify: IngestVerification;
  readonly headers: readonly string[];
  readonly isPaused: boolean;
  /** SHA-256 of the secret part of the URL, which can't be guessed, so that this needs no slow hash. */
  readonly urlDigest: string;
  readonly oldUrlDigest: Old | null;
  /** As it is: a signature can't be verified without it. */
  readonly secret: string | null;
  readonly oldSecret: Old | null;
  readonly createdAt: string;
}

const toleranceMs = z.int().min(1);
const header = z.string().nullable();
const verify: z.ZodType<IngestVerification> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("github") }),
  z.strictObject({ kind: z.literal("stripe"), toleranceMs }),
  z.strictObject({ kind: z.literal("slack"), toleranceMs }),
  z.strictObject({ kind: z.literal("standard"), toleranceMs }),
  z.strictObject({
    kind: z.literal("hmac"),
    header: z.string(),
    algorithm: z.enum(["sha256", "sha512", "sha1"]),
    encoding: z.enum(["hex", "base64"]),
    prefix: z.string(),
    timestampHeader: header,
    toleranceMs,
    idHeader: header,
  }),
  z.strictObject({ kind: z.literal("none"), idHeader: header }),
]);
const old = z.strictObject({ value: z.string(), until: z.string() }).nullable();
const document: z.ZodType<IngestDocument> = z.strictObject({
  version: z.literal(ingestVersion),
  station: z.string(),
  name: z.string(),
  description: z.string(),
  verify,
  headers: z.array(z.string()),
  isPaused: z.boolean(),
  urlDigest: z.string(),
  oldUrlDigest: old,
  secret: z.string().nullable(),
  oldSecret: old,
  createdAt: z.string(),
});

const kind: DocumentKind = {
  bucket: ingestPlace.name,
  version: ingestVersion,
  unreadable: "INGEST_UNREADABLE",
  remedy: "delete it and make it again",
};

/** @throws OxbowError `INGEST_UNREADABLE` */
export function readIngestDocument(key: string, text: string): IngestDocument {
  try {
    JSON.parse(text);
  } catch {
    // The text of the error would show some of what stands there, which may be secret.
    const message = `${key} in the bucket ${kind.bucket} is not JSON: ${kind.remedy}`;
    throw platformError(kind.unreadable, message);
  }
  return readDocument(kind, document, key, text);
}

/** By which an ingest URL is found: of its station and name, so that it needs no index. It is no secret. */
export function ingestId(station: string, name: string): string {
  return createHash("sha256").update(`${station}\n${name}`).digest("hex").slice(0, 20);
}
