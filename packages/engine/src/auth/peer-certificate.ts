import { createHash } from "node:crypto";
import { readCertificateNames } from "@oxbow/wire/x509";
import type { PeerCertificate } from "./identity.ts";
import { toPem } from "./pem.ts";

/** A certificate that a client has shown, and the fingerprint of its key. */
export interface ShownCertificate extends PeerCertificate {
  /** SHA-256 of the public key as encoded (SubjectPublicKeyInfo), in lower-case hex: what `pinned_certs` lists. */
  readonly keyFingerprint: string;
}

/** Reads the certificate in `der`, which was verified in the handshake. `undefined` if it cannot be read. */
export function readShownCertificate(der: Buffer): ShownCertificate | undefined {
  const names = readCertificateNames(der);
  if (names === undefined) return undefined;
  const { emails, dnsNames, uris, subject, publicKeyInfo } = names;
  return {
    emails,
    dnsNames,
    uris,
    subject,
    pem: toPem(der),
    keyFingerprint: createHash("sha256").update(publicKeyInfo).digest("hex"),
  };
}
