/** A cipher suite: OpenSSL's name for it, `undefined` where OpenSSL 3 has it no more, and what Go thinks of it. */
interface CipherSuite {
  readonly openSsl: string | undefined;
  readonly isInsecure?: true;
}

const insecure = (openSsl: string | undefined): CipherSuite => ({ openSsl, isInsecure: true });

/** By the names of Go, which configuration files use. */
const suites: Readonly<Record<string, CipherSuite>> = {
  TLS_AES_128_GCM_SHA256: { openSsl: "TLS_AES_128_GCM_SHA256" },
  TLS_AES_256_GCM_SHA384: { openSsl: "TLS_AES_256_GCM_SHA384" },
  TLS_CHACHA20_POLY1305_SHA256: { openSsl: "TLS_CHACHA20_POLY1305_SHA256" },
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: { openSsl: "ECDHE-ECDSA-AES128-GCM-SHA256" },
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: { openSsl: "ECDHE-ECDSA-AES256-GCM-SHA384" },
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: { openSsl: "ECDHE-ECDSA-CHACHA20-POLY1305" },
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: { openSsl: "ECDHE-ECDSA-AES128-SHA" },
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: { openSsl: "ECDHE-ECDSA-AES256-SHA" },
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: { openSsl: "ECDHE-RSA-AES128-GCM-SHA256" },
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: { openSsl: "ECDHE-RSA-AES256-GCM-SHA384" },
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: { openSsl: "ECDHE-RSA-CHACHA20-POLY1305" },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: { openSsl: "ECDHE-RSA-AES128-SHA" },
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: { openSsl: "ECDHE-RSA-AES256-SHA" },
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: insecure("ECDHE-ECDSA-AES128-SHA256"),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: insecure("ECDHE-RSA-AES128-SHA256"),
  TLS_RSA_WITH_AES_128_CBC_SHA: insecure("AES128-SHA"),
  TLS_RSA_WITH_AES_256_CBC_SHA: insecure("AES256-SHA"),
  TLS_RSA_WITH_AES_128_CBC_SHA256: insecure("AES128-SHA256"),
  TLS_RSA_WITH_AES_128_GCM_SHA256: insecure("AES128-GCM-SHA256"),
  TLS_RSA_WITH_AES_256_GCM_SHA384: insecure("AES256-GCM-SHA384"),
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: insecure(undefined),
  TLS_RSA_WITH_RC4_128_SHA: insecure(undefined),
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: insecure(undefined),
  TLS_ECDHE_RSA_WITH_RC4_128_SHA: insecure(undefined),
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: insecure(undefined),
};

/** The suite that a file calls `name`. */
export function findCipherSuite(name: string): CipherSuite | undefined {
  return Object.hasOwn(suites, name) ? suites[name] : undefined;
}

/** OpenSSL's names of key exchange groups, by the names of Go. */
export const curveNames: Readonly<Record<string, string>> = {
  X25519: "X25519",
  CurveP256: "prime256v1",
  CurveP384: "secp384r1",
  CurveP521: "secp521r1",
  X25519MLKEM768: "X25519MLKEM768",
};
