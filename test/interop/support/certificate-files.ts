import { createHash, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CertificateAuthority, type IssuedCertificate } from "@oxbow/testkit/certificates";

/** The authority of these tests, a server's certificate, and those of clients. */
export const authority: CertificateAuthority = new CertificateAuthority();
export const serverCertificate: IssuedCertificate = authority.issueForLoopback();
export const clientCertificate: IssuedCertificate = authority.issue({
  subject: [
    ["O", "Oxbow"],
    ["CN", "client"],
  ],
  emails: ["client@example.com"],
});

/** Of a name that no user has. */
export const strangerCertificate: IssuedCertificate = new CertificateAuthority("strangers").issue({
  subject: [["CN", "client"]],
  emails: ["client@example.com"],
});

/** Writes what a `tls` block names into `directory`, and gives the lines of the block that name it. */
export function tlsFiles(directory: string, server: IssuedCertificate = serverCertificate): string {
  const path = (name: string): string => join(directory, name);
  writeFileSync(path("server.pem"), server.certificate);
  writeFileSync(path("server.key"), server.key, { mode: 0o600 });
  writeFileSync(path("ca.pem"), authority.certificate);
  return [
    `cert_file: "${path("server.pem")}"`,
    `key_file: "${path("server.key")}"`,
    `ca_file: "${path("ca.pem")}"`,
    // Of a handshake, in seconds: a slow machine is none of what is tested.
    "timeout: 20",
  ].join("\n");
}

/** What `pinned_certs` says of a certificate. */
export function keyFingerprint(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("hex");
}
