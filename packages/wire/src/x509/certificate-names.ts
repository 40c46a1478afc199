import { DerReader, readObjectIdentifier } from "./der-reader.ts";
import { readDistinguishedName } from "./distinguished-name.ts";
import { extensionsTag, octetsTag, oidTag, sequenceTag, versionTag } from "./tags.ts";

/** Whom a certificate is for. */
export interface CertificateNames {
  readonly emails: readonly string[];
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  /** As RFC 2253 writes it: `CN=a,O=b`. */
  readonly subject: string;
  /** The public key with its algorithm (SubjectPublicKeyInfo), as encoded: what fingerprints of keys are made of. */
  readonly publicKeyInfo: Buffer;
}

/** The kinds of GeneralName that are read. */
const emailTag = 0x81;
const dnsTag = 0x82;
const uriTag = 0x86;

const subjectAltNameOid = "2.5.29.17";

/**
 * Reads the names of an X.509 certificate in DER (RFC 5280). It checks no signature and no date: that is done in the
 * handshake, before.
 *
 * @returns `undefined` if it is not such a certificate.
 */
export function readCertificateNames(certificate: Buffer): CertificateNames | undefined {
  try {
    return readNames(certificate);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 *     Certificate  ::= SEQUENCE { tbs, algorithm, signature }
 *     tbs          ::= SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, publicKeyInfo,
 *                                 [1] issuerId, [2] subjectId, [3] extensions }
 */
function readNames(bytes: Buffer): CertificateNames {
  const outer = new DerReader(bytes);
  const certificate = outer.into(outer.expect(sequenceTag));
  const tbs = certificate.into(certificate.expect(sequenceTag));
  if (tbs.peekTag() === versionTag) tbs.next();
  for (const _ of ["serial", "algorithm", "issuer", "validity"]) tbs.next();
  const subject = readDistinguishedName(bytes, tbs.into(tbs.expect(sequenceTag)));
  const key = tbs.expect(sequenceTag);
  const names = { emails: [], dnsNames: [], uris: [] };
  while (!tbs.isAtEnd) {
    const element = tbs.next();
    if (element.tag !== extensionsTag) continue;
    const wrapper = tbs.into(element);
    readExtensions(bytes, wrapper.into(wrapper.expect(sequenceTag)), names);
  }
  return { ...names, subject, publicKeyInfo: bytes.subarray(key.start, key.end) };
}

interface AlternativeNames {
  readonly emails: string[];
  readonly dnsNames: string[];
  readonly uris: string[];
}

/** `Extension ::= SEQUENCE { id, critical BOOLEAN DEFAULT FALSE, value OCTET STRING }` */
function readExtensions(bytes: Buffer, extensions: DerReader, names: AlternativeNames): void {
  while (!extensions.isAtEnd) {
    const extension = extensions.into(extensions.expect(sequenceTag));
    const id = extension.expect(oidTag);
    if (readObjectIdentifier(bytes.subarray(id.contentStart, id.end)) !== subjectAltNameOid)
      continue;
    if (extension.peekTag() !== octetsTag) extension.next();
    const value = extension.into(extension.expect(octetsTag));
    const generalNames = value.into(value.expect(sequenceTag));
    while (!generalNames.isAtEnd) {
      const { tag, contentStart, end } = generalNames.next();
      // IA5String. Latin 1 keeps what is not ASCII apart from everything that is.
      const text = bytes.toString("latin1", contentStart, end);
      if (tag === emailTag) names.emails.push(text);
      else if (tag === dnsTag) names.dnsNames.push(text);
      else if (tag === uriTag) names.uris.push(text);
    }
  }
}
