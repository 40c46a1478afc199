import { randomBytes } from "node:crypto";
import type {
  IngestChanges,
  IngestKind,
  IngestRequest,
  IngestRotation,
  IngestVerification,
} from "oxbow/control";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import { type Given, read } from "../users/requests.ts";
import { ingestLimits } from "./limits.ts";

const { toleranceMsDefault, toleranceMsMax, secretCharsMin, secretCharsMax } = ingestLimits;
const invalid = "INGEST_INVALID";

/** What no message can have as a header, or what the platform writes itself. */
const reserved = /^(?:nats-|oxbow-|authorization$|cookie$)/i;
const header = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "write the name of a header");
const carried = header.refine((name) => !reserved.test(name), {
  error: "these headers can't go along: Nats-…, Oxbow-…, Authorization and Cookie",
});
const toleranceMs = z.int().min(1_000).max(toleranceMsMax).default(toleranceMsDefault);
const idHeader = header.nullable().default(null);
const verify = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("github") }),
  z.strictObject({ kind: z.literal("stripe"), toleranceMs }),
  z.strictObject({ kind: z.literal("slack"), toleranceMs }),
  z.strictObject({ kind: z.literal("standard"), toleranceMs }),
  z.strictObject({
    kind: z.literal("hmac"),
    header,
    algorithm: z.enum(["sha256", "sha512", "sha1"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    prefix: z
      .string()
      .max(64)
      .regex(/^[!-~]*$/, "write ASCII without spaces")
      .default(""),
    timestampHeader: header.nullable().default(null),
    toleranceMs,
    idHeader,
  }),
  z.strictObject({ kind: z.literal("none"), idHeader }),
]);
const secret = z
  .string()
  .min(secretCharsMin)
  .max(secretCharsMax)
  .regex(/^[!-~]+$/, "write ASCII without spaces");
const fields = {
  verify: verify.exactOptional(),
  description: z.string().max(ingestLimits.descriptionCharsMax).exactOptional(),
  headers: z.array(carried).max(ingestLimits.headersMax).exactOptional(),
  isPaused: z.boolean().exactOptional(),
};
const ingestRequest = z.strictObject({ ...fields, secret: secret.exactOptional() });
const ingestChanges = z.strictObject(fields);
const ingestRotation = z.strictObject({
  what: z.enum(["secret", "url"]).exactOptional(),
  secret: secret.exactOptional(),
  graceMs: z.int().min(0).max(ingestLimits.graceMsMax).exactOptional(),
});

/** What may be asked for, for documents. */
export const ingestRequestShape: z.ZodType = ingestRequest;
export const ingestChangesShape: z.ZodType = ingestChanges;
export const ingestRotationShape: z.ZodType = ingestRotation;

interface ReadRequest extends Omit<IngestRequest, "verify"> {
  readonly verify?: IngestVerification;
}

/** With its defaults. @throws OxbowError `INGEST_INVALID` */
export function readIngestRequest(request: IngestRequest): Given<ReadRequest> {
  const given = read(ingestRequest, request, invalid) as Given<ReadRequest>;
  checkSecret(given.verify?.kind ?? "none", given.secret);
  return given;
}

/** @throws OxbowError `INGEST_INVALID` */
export function readIngestChanges(
  changes: IngestChanges,
  kind: IngestKind,
): Given<Omit<ReadRequest, "secret">> {
  const given = read(ingestChanges, changes, invalid) as Given<ReadRequest>;
  if (given.verify === undefined || given.verify.kind === kind) return given;
  const message = `verify.kind: the URL is one of ${kind}: make another one for ${given.verify.kind}`;
  throw platformError(invalid, message);
}

/** @throws OxbowError `INGEST_INVALID` */
export function readIngestRotation(
  rotation: IngestRotation,
  kind: IngestKind,
): {
  readonly what: "secret" | "url";
  readonly secret: string | undefined;
  readonly graceMs: number;
} {
  const given = read(ingestRotation, rotation, invalid) as Given<IngestRotation>;
  const { what = kind === "none" ? "url" : "secret", graceMs = ingestLimits.graceMsDefault } =
    given;
  if (what === "secret") checkSecret(kind, given.secret ?? defaultSecret(kind));
  else if (given.secret !== undefined) {
    throw platformError(invalid, "secret: the secret of a URL is always made here: leave it out");
  }
  if (what === "secret" && !isMadeHere(kind) && given.secret === undefined) {
    throw platformError(invalid, `secret: give the one that ${senders[kind]} shows you`);
  }
  return { what, secret: given.secret, graceMs };
}

/** A secret that senders of a kind take; `null` where they give you theirs, or there is none. */
export function newSecret(kind: IngestKind): string | null {
  return isMadeHere(kind) ? randomBytes(32).toString("base64url") : null;
}

/**
 * The name of an ingest URL as it is kept: in lower case.
 *
 * @param name - 1 to 64 letters, digits, `_` and `-`, with a letter or digit first and last.
 * @throws OxbowError `INGEST_INVALID`
 */
export function ingestName(name: string): string {
  const lower = name.toLowerCase();
  if (/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/.test(lower)) return lower;
  const message = `${JSON.stringify(name)} is no name for an ingest URL: use up to 64 letters, digits, "_" and "-", with a letter or digit first and last`;
  throw platformError(invalid, message);
}

const senders: Readonly<Record<IngestKind, string>> = {
  github: "GitHub",
  stripe: "Stripe",
  slack: "Slack",
  standard: "the sender",
  hmac: "the sender",
  none: "nobody",
};

function isMadeHere(kind: IngestKind): boolean {
  return kind === "github" || kind === "hmac";
}

/** Long enough for {@link checkSecret}, where one is made. */
function defaultSecret(kind: IngestKind): string | undefined {
  return isMadeHere(kind) ? "made here" : undefined;
}

function checkSecret(kind: IngestKind, given: string | undefined): void {
  if (given === undefined) return;
  if (kind === "none") {
    const message = "secret: requests of this kind are not signed: leave it out, or choose a kind";
    throw platformError(invalid, message);
  }
  if (kind !== "standard") return;
  const base64 = given.replace(/^whsec_/, "");
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length >= 8 && bytes.toString("base64") === base64) return;
  throw platformError(invalid, "secret: write whsec_ and bytes as base64, as the sender shows it");
}
