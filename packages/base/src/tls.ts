/** A certificate with its private key, both PEM. */
export interface TlsCertificate {
  /** The certificate, followed by those of its issuers. */
  readonly certificate: string;
  readonly key: string;
}

/** What a {@link TlsContext} is made of. */
export interface TlsContextOptions {
  /** At least one. The first whose names fit what the peer asks for (SNI) is shown, else the first of all. */
  readonly certificates: readonly TlsCertificate[];
  /** PEM certificates that sign those of peers. Default: those the platform trusts. */
  readonly authorities?: string | undefined;
  /** Whether a peer must show a certificate that one of `authorities` has signed. */
  readonly requiresPeerCertificate: boolean;
  readonly versionMin: "TLSv1.2" | "TLSv1.3";
  /** Names of OpenSSL, best first. Default: the platform's. */
  readonly cipherSuites?: readonly string[] | undefined;
  /** Names of OpenSSL, best first. Default: the platform's. */
  readonly curves?: readonly string[] | undefined;
}

/** Certificates and rules of encryption, made ready once for many connections. Made by `Net.createTlsContext`. */
export interface TlsContext {
  readonly kind: "tls-context";
}

/** How a connection is encrypted. */
export interface TlsSession {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string;
  /** Name of the IANA, such as `TLS_AES_128_GCM_SHA256`. */
  readonly cipherSuite: string;
  /** The certificate that the peer has shown and that was verified, in DER. */
  readonly peerCertificate: Buffer | undefined;
  /** The certificates that vouch for it, in DER: that of its issuer, of the issuer of that, up to one that is trusted. */
  readonly peerIssuers: readonly Buffer[];
}
