import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** Whom a certificate is for. */
export interface CertificateSubject {
  /** Attributes of the subject by object identifier or short name (`CN`), in the order of the encoding. */
  readonly subject: readonly (readonly [type: string, value: string])[];
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly emails?: readonly string[];
  readonly uris?: readonly string[];
}

/** A certificate and its key, PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Kinds of names of a certificate (RFC 5280, GeneralName). */
const emailName = 1;
const dnsName = 2;
const uriName = 6;
const addressName = 7;

/** How long certificates are good, from an hour ago. */
const validityMs = 24 * 3_600_000;

/** Issues certificates for tests, with RSA keys. Each authority is another one, also under the same name. */
export class CertificateAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  readonly #name: forge.pki.CertificateField[];
  readonly #key: forge.pki.rsa.PrivateKey;
  #lastSerial = 1;

  constructor(commonName = "Oxbow test authority") {
    const { publicKey, privateKey } = makeKeys();
    this.#name = [{ shortName: "CN", value: commonName }];
    this.#key = forge.pki.privateKeyFromPem(privateKey);
    const certificate = this.#draft(publicKey, this.#name);
    certificate.setExtensions([
      { name: "basicConstraints", critical: true, cA: true },
      { name: "keyUsage", critical: true, keyCertSign: true },
      { name: "subjectKeyIdentifier" },
    ]);
    this.certificate = this.#sign(certificate);
  }

  /** A certificate good for servers and clients. */
  issue(names: CertificateSubject): IssuedCertificate {
    const { publicKey, privateKey } = makeKeys();
    const subject = names.subject.map(([type, value]) =>
      type.includes(".") ? { type, value } : { shortName: type, value },
    );
    const certificate = this.#draft(publicKey, subject);
    const altNames = [
      ...(names.dnsNames ?? []).map((value) => ({ type: dnsName, value })),
      ...(names.addresses ?? []).map((ip) => ({ type: addressName, ip })),
      ...(names.emails ?? []).map((value) => ({ type: emailName, value })),
      ...(names.uris ?? []).map((value) => ({ type: uriName, value })),
    ];
    certificate.setExtensions([
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true, clientAuth: true },
      ...(altNames.length > 0 ? [{ name: "subjectAltName", altNames }] : []),
    ]);
    return { certificate: this.#sign(certificate), key: privateKey };
  }

  /** A certificate for a server at `localhost` and 127.0.0.1. */
  issueForLoopback(): IssuedCertificate {
    return this.issue({
      subject: [["CN", "localhost"]],
      dnsNames: ["localhost"],
      addresses: ["127.0.0.1"],
    });
  }

  #draft(publicKey: string, subject: forge.pki.CertificateField[]): forge.pki.Certificate {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
    certificate.serialNumber = (++this.#lastSerial).toString(16).padStart(4, "0");
    const startMs = Date.now() - 3_600_000;
    certificate.validity.notBefore = new Date(startMs);
    certificate.validity.notAfter = new Date(startMs + validityMs);
    certificate.setSubject(subject);
    certificate.setIssuer(this.#name);
    return certificate;
  }

  #sign(certificate: forge.pki.Certificate): string {
    certificate.sign(this.#key, forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  }
}

function makeKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
