import type { UserOptions } from "./accounts.ts";

/** A certificate with its private key, both PEM. */
export interface CertificateOptions {
  /** The certificate, followed by those of its issuers. */
  readonly certificate: string;
  readonly key: string;
}

/** How connections are encrypted (nats-server's `tls` block). */
export interface TlsOptions {
  /** At least one; the one whose names fit what the client asks for is used. */
  readonly certificates: readonly CertificateOptions[];
  /** PEM certificates that sign those of clients. Default: the system's. */
  readonly authorities?: string | undefined;
  /** Whether clients must show a certificate. */
  readonly verify?: boolean | undefined;
  /** Whether the names in a client's certificate say which user it is (`verify_and_map`). */
  readonly mapsUsers?: boolean | undefined;
  /** Whether the handshake comes before INFO: `auto` waits `autoFallbackMs` for the client to begin it. */
  readonly handshakeFirst?: boolean | "auto" | undefined;
  /** Default 50 ms. */
  readonly autoFallbackMs?: number | undefined;
  /** How long a handshake may take. Default 2 seconds. */
  readonly timeoutMs?: number | undefined;
  /** `TLSv1.2` (default) or `TLSv1.3`. */
  readonly versionMin?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Names of OpenSSL. Default: Node's. */
  readonly cipherSuites?: readonly string[] | undefined;
  readonly curves?: readonly string[] | undefined;
  /** SHA-256 fingerprints of the public keys (hex) of the only client certificates that are taken. */
  readonly pinnedCertificates?: readonly string[] | undefined;
  /** Handshakes per second; 0 is no limit. */
  readonly connectionRateMax?: number | undefined;
}

/** A place to listen at. */
export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** The door for clients that speak WebSocket. */
export interface WebSocketOptions extends ListenAddress {
  /** Host and port that clients are told. */
  readonly advertise?: string | undefined;
  /** `undefined` is plain WebSocket. */
  readonly tls?: TlsOptions | undefined;
  readonly compression?: boolean | undefined;
  /** Whether an `Origin` must be this server's own. */
  readonly sameOrigin?: boolean | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly handshakeTimeoutMs?: number | undefined;
  readonly pingIntervalMs?: number | undefined;
  /** Response headers of the upgrade. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Cookies that fill fields of CONNECT the client left empty. */
  readonly jwtCookie?: string | undefined;
  readonly userCookie?: string | undefined;
  readonly passwordCookie?: string | undefined;
  readonly tokenCookie?: string | undefined;
  /** Credentials of this door alone, instead of the server's. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly noAuthUser?: string | undefined;
  readonly authTimeoutMs?: number | undefined;
}

/** The door for other servers that join as leaf nodes. */
export interface LeafnodeOptions extends ListenAddress {
  readonly tls?: TlsOptions | undefined;
  readonly users?: readonly (UserOptions & { readonly account?: string | undefined })[] | undefined;
  readonly authTimeoutMs?: number | undefined;
}
