import type { Applicant } from "./identity.ts";
import { isSignedBy } from "./signing-key.ts";

/** An Ed25519 signature in base64url without padding, or in standard base64. */
const base64UrlForm = /^[\w-]{86}$/;
const base64Form = /^[A-Za-z0-9+/]{86}==$/;

/** Whether `signature`, as CONNECT has it, is one of the nonce that the client was given, by the owner of `publicKey`. */
export function isNonceSignedBy(
  publicKey: string,
  applicant: Applicant,
  signature: string,
): boolean {
  if (applicant.nonce === "") return false;
  const bytes = decode(signature);
  return bytes !== undefined && isSignedBy(publicKey, Buffer.from(applicant.nonce), bytes);
}

function decode(signature: string): Buffer | undefined {
  if (base64UrlForm.test(signature)) return Buffer.from(signature, "base64url");
  return base64Form.test(signature) ? Buffer.from(signature, "base64") : undefined;
}
