import type { Clock, Host, Net, Socket, TlsContext } from "@oxbow/base";
import type { PeerCertificate } from "../auth/identity.ts";
import { readShownCertificate } from "../auth/peer-certificate.ts";
import { engineError } from "../errors.ts";
import type { TlsOptions } from "../options/transports.ts";
import { RateLimit } from "./rate-limit.ts";

/** How long a handshake may take, unless the options say otherwise. */
export const handshakeTimeoutMs = 2_000;
/** How long a client that may begin with the handshake is waited for before it is greeted in clear. */
export const handshakeFallbackMs = 50;

/** The first byte of a handshake: a record of TLS's own type. */
const handshakeByte = 0x16;

/** A connection that is encrypted, and who is at its other end. */
export interface Secured {
  readonly socket: Socket;
  readonly certificate: PeerCertificate | undefined;
}

/** The encryption of one port: made of its options once, and shared by the handshakes of all its connections. */
export class PortTls {
  readonly options: TlsOptions;
  readonly timeoutMs: number;
  /** Whether clients must show a certificate. */
  readonly isVerified: boolean;
  readonly #context: TlsContext;
  readonly #rate: RateLimit;
  /** Fingerprints of the only keys that are taken, in lower case; `undefined`: all that are signed. */
  readonly #pinned: ReadonlySet<string> | undefined;

  private constructor(options: TlsOptions, net: Net, clock: Clock) {
    this.options = options;
    this.timeoutMs = options.timeoutMs ?? handshakeTimeoutMs;
    this.isVerified = options.verify === true || options.mapsUsers === true;
    this.#context = makeContext(options, this.isVerified, net);
    this.#rate = new RateLimit(clock, options.connectionRateMax ?? 0);
    const pinned = options.pinnedCertificates;
    this.#pinned = pinned && new Set(pinned.map((fingerprint) => fingerprint.toLowerCase()));
  }

  /**
   * Made of a port's options, if it has any.
   *
   * @throws `ENGINE_OPTION_INVALID`: certificates, keys or names of suites and curves are not what they should be.
   */
  static ofPort(options: TlsOptions | undefined, { net, clock }: Host): PortTls | undefined {
    return options && new PortTls(options, net, clock);
  }

  /** Whether what a client sent first is the beginning of a handshake. */
  static isHandshake(bytes: Buffer): boolean {
    return bytes[0] === handshakeByte;
  }

  /** Whether one more handshake may begin in this second. */
  admits(): boolean {
    return this.#rate.take();
  }

  /** Makes the handshake, of which `head` was read already. Nobody ends it if the client does not. */
  secure(socket: Socket, head: Buffer, done: (result: Secured | Error) => void): void {
    socket.startTls(this.#context, head, (result) => {
      if (result instanceof Error) done(result);
      else done(this.#examine(result));
    });
  }

  #examine(socket: Socket): Secured | Error {
    const der = socket.tls?.peerCertificate;
    const certificate = der && readShownCertificate(der);
    const isKnown = this.#pinned?.has(certificate?.keyFingerprint ?? "") ?? true;
    if (isKnown && (certificate !== undefined || !this.isVerified)) return { socket, certificate };
    socket.destroy();
    return new Error(isKnown ? "the certificate cannot be read" : "certificate not pinned");
  }
}

function makeContext(options: TlsOptions, isVerified: boolean, net: Net): TlsContext {
  try {
    return net.createTlsContext({
      certificates: options.certificates,
      authorities: options.authorities,
      requiresPeerCertificate: isVerified,
      versionMin: options.versionMin ?? "TLSv1.2",
      cipherSuites: options.cipherSuites,
      curves: options.curves,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw engineError("ENGINE_OPTION_INVALID", `tls: ${reason}`, { cause: error });
  }
}
