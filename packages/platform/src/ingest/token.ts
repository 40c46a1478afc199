import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IngestDocument } from "./documents.ts";

/** What stands in the path of an ingest URL, behind `/in/`. */
export interface IngestToken {
  readonly tenant: string;
  /** Which URL of the tenant it is. */
  readonly id: string;
  /** 32 bytes of chance. */
  readonly secret: string;
}

const shape = /^([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?)\.([0-9a-f]{20})\.([A-Za-z0-9_-]{43})$/;

export function newUrlSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function urlDigestOf(secret: string): string {
  return createHash("sha256").update(secret, "latin1").digest("hex");
}

/** The path of the URL. */
export function ingestPath({ tenant, id, secret }: IngestToken): string {
  return `/in/${tenant}.${id}.${secret}`;
}

/** @returns `undefined` for what no ingest URL has. */
export function readIngestToken(text: string): IngestToken | undefined {
  const [, tenant, id, secret] = shape.exec(text) ?? [];
  if (tenant === undefined || id === undefined || secret === undefined) return undefined;
  return { tenant, id, secret };
}

/** Whether a token is that of a URL, or of the one it had before, while that is taken; in a time that tells nothing. */
export function isUrlOf(document: IngestDocument, { secret }: IngestToken, nowMs: number): boolean {
  const given = Buffer.from(urlDigestOf(secret));
  const { urlDigest, oldUrlDigest } = document;
  const isCurrent = isSame(given, urlDigest);
  const isOld = oldUrlDigest !== null && isSame(given, oldUrlDigest.value);
  return isCurrent || (isOld && nowMs < Date.parse(oldUrlDigest.until));
}

/** The secrets that a request may be signed with now. */
export function secretsOf({ secret, oldSecret }: IngestDocument, nowMs: number): string[] {
  const isTaken = oldSecret !== null && nowMs < Date.parse(oldSecret.until);
  return [secret, isTaken ? oldSecret.value : null].filter((each) => each !== null);
}

function isSame(given: Buffer, wanted: string): boolean {
  const bytes = Buffer.from(wanted);
  return bytes.length === given.length && timingSafeEqual(bytes, given);
}
