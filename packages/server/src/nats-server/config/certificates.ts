import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertificateOptions } from "@oxbow/engine";
import type { ConfigFiles } from "./reading.ts";

/**
 * Reads a certificate and its key, and checks that they belong together.
 *
 * @throws Error whose text says what is wrong.
 */
export function loadCertificate(
  files: ConfigFiles,
  certificateFile: string,
  keyFile: string,
): CertificateOptions {
  const certificate = readPem(files, certificateFile);
  const key = readPem(files, keyFile);
  const x509 = attempt(certificateFile, "certificate", () => new X509Certificate(certificate));
  const privateKey = attempt(keyFile, "private key", () => createPrivateKey(key));
  if (!x509.checkPrivateKey(privateKey)) {
    throw new Error(`the private key in ${keyFile} is not that of ${certificateFile}`);
  }
  return { certificate, key };
}

/** Reads the certificates of authorities. */
export function loadAuthorities(files: ConfigFiles, path: string): string {
  const pem = readPem(files, path);
  attempt(path, "certificate", () => new X509Certificate(pem));
  return pem;
}

function readPem(files: ConfigFiles, path: string): string {
  try {
    return files.readText(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isMissing ? "no such file or directory" : String((error as Error).message);
    throw new Error(`open ${path}: ${reason}`, { cause: error });
  }
}

function attempt<Result>(path: string, what: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${path} holds no ${what} in PEM form`, { cause });
  }
}
