import type { TlsOptions } from "@oxbow/engine";
import type { TlsFlags } from "./draft.ts";
import type { Reading } from "./reading.ts";
import { loadTls } from "./tls.ts";

/** What the `--tls…` flags make of the file's `tls` block: they replace it, or `--tls=false` takes it away. */
export function flaggedTls(
  tls: TlsOptions | undefined,
  flags: TlsFlags,
  reading: Reading,
): TlsOptions | undefined {
  if (flags.enabled === false) return undefined;
  const { certificateFile = "", keyFile = "", authoritiesFile, verify } = flags;
  if (certificateFile === "") {
    reading.findings.error(undefined, "TLS Server certificate must be present and valid");
    return tls;
  }
  if (keyFile === "") {
    reading.findings.error(undefined, "TLS Server private key must be present and valid");
    return tls;
  }
  try {
    return loadTls({ certificateFile, keyFile, authoritiesFile, verify }, reading);
  } catch (error) {
    reading.findings.error(undefined, (error as Error).message);
    return tls;
  }
}
