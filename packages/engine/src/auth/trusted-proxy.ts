import type { Applicant } from "./identity.ts";
import { isNonceSignedBy } from "./signature.ts";

/** Why somebody is refused who came through a proxy that is not known, or without one. */
export const proxyNotTrusted = "proxy is not trusted";
export const proxyRequired = "proxy connection required";

/** Whether somebody comes through a proxy that is trusted, through none, or through one that only says so. */
export function trustOfProxy(
  applicant: Applicant,
  trustedProxies: readonly string[],
): "none" | "trusted" | "untrusted" {
  const { proxySignature } = applicant.credentials;
  if (proxySignature === "" || trustedProxies.length === 0) return "none";
  const isTrusted = trustedProxies.some((key) => isNonceSignedBy(key, applicant, proxySignature));
  return isTrusted ? "trusted" : "untrusted";
}
