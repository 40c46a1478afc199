import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { HmacVerification, IngestVerification } from "oxbow/control";

/** A request to an ingest URL, as far as its signature goes. */
interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly body: Buffer;
}

/** What has been signed, and the signatures that it came with, one of which has to be right. */
interface Claim {
  /** Before the body, which follows it. */
  readonly before: string;
  readonly signatures: readonly string[];
  readonly algorithm: HmacVerification["algorithm"];
  readonly encoding: HmacVerification["encoding"];
}

/** Times beyond this are in milliseconds: as seconds, they would be in the year 5138. */
const secondsMax = 100_000_000_000;
/** Signatures of one request that are looked at: a sender has two while it changes its secret. */
const signaturesMax = 8;

/**
 * Whether a request is of its sender, and of now.
 *
 * @param secrets - One of which it has to be signed with; there are none where none has been said yet.
 * @returns What is wrong with it; `undefined` if nothing is.
 */
export function faultIn(
  request: SignedRequest,
  verify: IngestVerification,
  secrets: readonly string[],
  nowMs: number,
): string | undefined {
  if (verify.kind === "none") return undefined;
  if (secrets.length === 0) {
    return "this URL has no secret yet to verify signatures with: give it the one of the sender, by ingest.rotate";
  }
  const timeFault = faultInTime(request.headers, verify, nowMs);
  if (timeFault !== undefined) return timeFault;
  const claim = claimOf(request.headers, verify);
  if (claim.signatures.length === 0) return `there is no signature in ${headerOf(verify)}`;
  const isRight = secrets.some((secret) =>
    isSignedWith(claim, keyOf(verify, secret), request.body),
  );
  return isRight ? undefined : `the signature in ${headerOf(verify)} is not right`;
}

/** The header that has the signature. */
function headerOf(verify: IngestVerification): string {
  switch (verify.kind) {
    case "github":
      return "X-Hub-Signature-256";
    case "stripe":
      return "Stripe-Signature";
    case "slack":
      return "X-Slack-Signature";
    case "standard":
      return "webhook-signature";
    case "hmac":
      return verify.header;
    case "none":
      return "";
  }
}

function claimOf(headers: IncomingHttpHeaders, verify: IngestVerification): Claim {
  const text = textOf(headers, headerOf(verify));
  const sha256 = { algorithm: "sha256", encoding: "hex" } as const;
  switch (verify.kind) {
    case "stripe":
      return { ...sha256, before: `${timeIn(headers, verify)}.`, signatures: fieldsOf(text, "v1") };
    case "slack": {
      const before = `v0:${timeIn(headers, verify)}:`;
      return { ...sha256, before, signatures: withoutPrefix(text, "v0=") };
    }
    case "standard": {
      const id = textOf(headers, "webhook-id");
      const signatures = text
        .split(" ", signaturesMax)
        .flatMap((each) => withoutPrefix(each, "v1,"));
      const before = `${id}.${timeIn(headers, verify)}.`;
      return { algorithm: "sha256", encoding: "base64", before, signatures };
    }
    case "hmac": {
      const { algorithm, encoding, prefix, timestampHeader } = verify;
      const before = timestampHeader === null ? "" : `${timeIn(headers, verify)}.`;
      return { algorithm, encoding, before, signatures: withoutPrefix(text, prefix) };
    }
    default:
      return { ...sha256, before: "", signatures: withoutPrefix(text, "sha256=") };
  }
}

/** The time that was signed, as it was written; empty if there is none. */
function timeIn(headers: IncomingHttpHeaders, verify: IngestVerification): string {
  switch (verify.kind) {
    case "stripe":
      return fieldsOf(textOf(headers, "stripe-signature"), "t")[0] ?? "";
    case "slack":
      return textOf(headers, "x-slack-request-timestamp");
    case "standard":
      return textOf(headers, "webhook-timestamp");
    case "hmac":
      return verify.timestampHeader === null ? "" : textOf(headers, verify.timestampHeader);
    default:
      return "";
  }
}

/** What was recorded may not be sent again later. */
function faultInTime(
  headers: IncomingHttpHeaders,
  verify: IngestVerification,
  nowMs: number,
): string | undefined {
  const hasTime =
    verify.kind === "hmac" ? verify.timestampHeader !== null : "toleranceMs" in verify;
  if (!hasTime || !("toleranceMs" in verify)) return undefined;
  const text = timeIn(headers, verify);
  if (!/^\d{1,15}$/.test(text)) return "there is no time with the signature";
  const given = Number(text);
  const timeMs = given < secondsMax ? given * 1_000 : given;
  if (Math.abs(nowMs - timeMs) <= verify.toleranceMs) return undefined;
  return `the time of the request is more than ${verify.toleranceMs / 1_000} s away from the server's: it was sent before, or a clock is wrong`;
}

/** Secrets of Standard Webhooks are bytes, as base64. */
function keyOf(verify: IngestVerification, secret: string): Buffer {
  if (verify.kind !== "standard") return Buffer.from(secret);
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

/** In a time that tells nothing of the signature that would be right. */
function isSignedWith(
  { before, signatures, algorithm, encoding }: Claim,
  key: Buffer,
  body: Buffer,
): boolean {
  const right = createHmac(algorithm, key).update(before).update(body).digest();
  let isRight = false;
  for (const signature of signatures.slice(0, signaturesMax)) {
    const given = Buffer.from(signature, encoding);
    if (given.length === right.length && timingSafeEqual(given, right)) isRight = true;
  }
  return isRight;
}

/** The values of a name in `name=value,name=value`. */
function fieldsOf(text: string, name: string): string[] {
  return text.split(",", 32).flatMap((field) => withoutPrefix(field.trim(), `${name}=`));
}

function withoutPrefix(text: string, prefix: string): string[] {
  const rest = text.slice(prefix.length);
  return text.startsWith(prefix) && rest !== "" ? [rest] : [];
}

/** A header that comes twice is none. */
export function textOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === "string" ? value : "";
}
