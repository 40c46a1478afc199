import { engineError } from "../errors.ts";
import type { TlsOptions } from "./transports.ts";

const fingerprintPattern = /^[0-9a-f]{64}$/i;

/**
 * Checks `tls` as far as that is possible without a TLS library.
 *
 * @param name - Where it stands in the options, for the error.
 * @throws `ENGINE_OPTION_INVALID`
 */
export function checkTlsOptions(name: string, tls: TlsOptions | undefined): void {
  if (tls === undefined) return;
  if (tls.certificates.length === 0) {
    throw engineError("ENGINE_OPTION_INVALID", `${name}.certificates must hold at least one`);
  }
  requirePositive(`${name}.timeoutMs`, tls.timeoutMs);
  requirePositive(`${name}.autoFallbackMs`, tls.autoFallbackMs);
  const rate = tls.connectionRateMax ?? 0;
  if (!Number.isInteger(rate) || rate < 0) {
    throw engineError("ENGINE_OPTION_INVALID", `${name}.connectionRateMax must be 0 or more`);
  }
  for (const fingerprint of tls.pinnedCertificates ?? []) {
    if (fingerprintPattern.test(fingerprint)) continue;
    throw engineError(
      "ENGINE_OPTION_INVALID",
      `${name}.pinnedCertificates holds "${fingerprint}", which is not the SHA-256 of a public key in hex`,
    );
  }
}

/** @throws `ENGINE_OPTION_INVALID` unless `valueMs` is left out or above 0. */
export function requirePositive(name: string, valueMs: number | undefined): void {
  if (valueMs === undefined || valueMs > 0) return;
  throw engineError("ENGINE_OPTION_INVALID", `${name} must be above 0, not ${valueMs}`);
}
