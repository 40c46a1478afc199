import { X509Certificate } from "node:crypto";
import type net from "node:net";
import type tls from "node:tls";
import type { TlsCertificate, TlsContext, TlsContextOptions, TlsSession } from "@oxbow/base";

/** Loaded by the first port that is encrypted: 5 MiB and 20 ms that a server without one is spared. */
const load = (): typeof tls => process.getBuiltinModule("node:tls");

type Done = (result: tls.TLSSocket | Error) => void;

/** One certificate of a context, with the names it is good for. */
interface Candidate {
  readonly pair: TlsCertificate;
  readonly names: X509Certificate;
  /** Key algorithm: a client that cannot use one may use another. */
  readonly keyType: string | undefined;
}

/**
 * TLS on connections that exist. A server of Node that does not listen makes the handshakes: it checks certificates of
 * peers and keeps the keys of session tickets, which die with it, so that no session outlives a change of authorities.
 */
export class NodeTlsContext implements TlsContext {
  readonly kind = "tls-context";
  readonly #server: tls.Server;
  /** Why the last certificate was refused; of two at the same moment, which is which is not known. */
  #refusal: string | undefined = undefined;
  /** Handshakes under way, by the addresses of both ends: Node does not tell which connection it has secured. */
  readonly #handshakes: Map<string, Done> = new Map();

  constructor(options: TlsContextOptions) {
    const candidates = options.certificates.map(readCandidate);
    const common = commonOptions(options);
    const { createSecureContext, createServer } = load();
    const fallback = createSecureContext({ ...common, ...pairsOf(candidates) });
    this.#server = createServer({
      ...common,
      ...pairsOf(candidates),
      requestCert: options.requiresPeerCertificate,
      rejectUnauthorized: options.requiresPeerCertificate,
      SNICallback: (name, answer) => answer(null, contexts.find(name) ?? fallback),
    });
    const contexts = new ContextsByName(candidates, common);
    this.#server.on("secureConnection", (socket) => this.#take(keyOf(socket))?.(socket));
    this.#server.on("tlsClientError", (error, socket) => {
      if (socket.authorizationError) this.#refusal = String(socket.authorizationError);
      this.#take(keyOf(socket))?.(error);
    });
  }

  /** Makes the handshake on `socket`, which nobody else reads. Returns what makes it forget about it. */
  secure(socket: net.Socket, done: Done): () => void {
    const key = keyOf(socket);
    this.#handshakes.set(key, done);
    // When Node tells of a refused certificate or a client that left, the addresses are not known any more.
    const onClose = (): void => {
      if (this.#handshakes.get(key) !== done) return;
      this.#handshakes.delete(key);
      done(this.#takeRefusal());
    };
    socket.once("close", () => setImmediate(onClose));
    this.#server.emit("connection", socket);
    return () => this.#handshakes.delete(key);
  }

  #takeRefusal(): Error {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) return new Error(`certificate refused: ${refusal}`);
    return Object.assign(new Error("closed in the TLS handshake"), { code: "ECONNRESET" });
  }

  #take(key: string): Done | undefined {
    const done = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    return done;
  }
}

/** What an encrypted connection has agreed on. */
export function sessionOf(socket: tls.TLSSocket): TlsSession {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return {
    version: socket.getProtocol() ?? "",
    cipherSuite: socket.getCipher().standardName,
    peerCertificate: certificate?.raw,
    peerIssuers: issuersOf(certificate),
  };
}

/** Certificates above one; longer chains are cut. */
const ISSUERS_MAX = 10;

function issuersOf(certificate: X509Certificate | undefined): Buffer[] {
  const issuers: Buffer[] = [];
  let issuer = certificate?.issuerCertificate;
  while (issuer !== undefined && issuers.length < ISSUERS_MAX) {
    issuers.push(issuer.raw);
    issuer = issuer.issuerCertificate;
  }
  return issuers;
}

/** Contexts with the certificates that fit a name, made when the name is asked for first. */
class ContextsByName {
  readonly #candidates: readonly Candidate[];
  readonly #common: tls.SecureContextOptions;
  /** By the indices of the certificates that fit: names are the peers' choice, and there may be many. */
  readonly #contexts: Map<string, tls.SecureContext> = new Map();

  constructor(candidates: readonly Candidate[], common: tls.SecureContextOptions) {
    this.#candidates = candidates;
    this.#common = common;
  }

  /** The context for `name`, or `undefined` if no certificate has it. */
  find(name: string): tls.SecureContext | undefined {
    if (this.#candidates.length < 2) return undefined;
    const fitting = this.#candidates.filter(({ names }) => names.checkHost(name) !== undefined);
    if (fitting.length === 0) return undefined;
    const key = fitting.map((candidate) => this.#candidates.indexOf(candidate)).join();
    let context = this.#contexts.get(key);
    if (context === undefined) {
      context = load().createSecureContext({ ...this.#common, ...pairsOf(fitting) });
      this.#contexts.set(key, context);
    }
    return context;
  }
}

function readCandidate(pair: TlsCertificate): Candidate {
  const names = new X509Certificate(pair.certificate);
  return { pair, names, keyType: names.publicKey.asymmetricKeyType };
}

/** Of each kind of key the first: OpenSSL keeps one, and picks the kind that the peer can use. */
function pairsOf(candidates: readonly Candidate[]): { cert: string[]; key: string[] } {
  const firsts = new Map<string | undefined, TlsCertificate>();
  for (const { keyType, pair } of candidates) {
    if (!firsts.has(keyType)) firsts.set(keyType, pair);
  }
  const pairs = [...firsts.values()];
  return { cert: pairs.map(({ certificate }) => certificate), key: pairs.map(({ key }) => key) };
}

function commonOptions(options: TlsContextOptions): tls.SecureContextOptions {
  return {
    ca: options.authorities,
    minVersion: options.versionMin,
    ciphers: options.cipherSuites?.join(":"),
    ecdhCurve: options.curves?.join(":"),
  };
}

function keyOf(socket: net.Socket): string {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
