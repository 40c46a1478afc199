import { engineError } from "../errors.ts";
import type { AccountOptions } from "./accounts.ts";
import type { AuthOptions } from "./authorization.ts";
import type { LeafnodeOptions, TlsOptions, WebSocketOptions } from "./transports.ts";

/** Headers of an upgrade's answer that are the server's alone. */
const ownHeaders: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "connection",
  "upgrade",
  "nats-no-masking",
]);

const portMax = 65_535;

/** What RFC 9110 lets a name of a header be made of. */
const headerNamePattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
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

/** What is said of doors, and of who may come in by them. */
export interface DoorOptions {
  readonly tls?: TlsOptions | undefined;
  readonly websocket?: WebSocketOptions | undefined;
  readonly leafnodes?: LeafnodeOptions | undefined;
  readonly auth: AuthOptions;
  readonly accounts: readonly AccountOptions[];
}

/**
 * Checks the doors.
 *
 * @throws `ENGINE_OPTION_INVALID`, in the words of nats-server where it has some.
 */
export function checkTransports(options: DoorOptions): void {
  checkTlsOptions("tls", options.tls);
  if (options.websocket !== undefined) checkWebSocket(options.websocket, options);
  const { leafnodes } = options;
  if (leafnodes === undefined) return;
  requirePort("leafnodes.port", leafnodes.port);
  checkTlsOptions("leafnodes.tls", leafnodes.tls);
  requirePositive("leafnodes.authTimeoutMs", leafnodes.authTimeoutMs);
}

function checkWebSocket(websocket: WebSocketOptions, options: DoorOptions): void {
  requirePort("websocket.port", websocket.port);
  checkTlsOptions("websocket.tls", websocket.tls);
  requirePositive("websocket.handshakeTimeoutMs", websocket.handshakeTimeoutMs);
  requirePositive("websocket.pingIntervalMs", websocket.pingIntervalMs);
  requirePositive("websocket.authTimeoutMs", websocket.authTimeoutMs);
  checkWebSocketCredentials(websocket, options);
  checkHeaders(websocket.headers ?? {});
}

function checkWebSocketCredentials(
  { user, token, jwtCookie }: WebSocketOptions,
  { auth, accounts }: DoorOptions,
): void {
  if (jwtCookie && auth.mode !== "operator") {
    throw engineError(
      "ENGINE_OPTION_INVALID",
      `trusted operators or trusted keys configuration is required for JWT authentication via cookie "${jwtCookie}"`,
    );
  }
  const hasUsers =
    (auth.mode === "users" && auth.users.length > 0) ||
    accounts.some(({ users = [] }) => users.length > 0);
  const given = user ? "username" : token ? "token" : undefined;
  if (!hasUsers || given === undefined) return;
  throw engineError(
    "ENGINE_OPTION_INVALID",
    `websocket authentication ${given} not compatible with presence of users/nkeys`,
  );
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (ownHeaders.has(key) || key.startsWith("sec-websocket-")) {
      throw engineError("ENGINE_OPTION_INVALID", `websocket: invalid header "${name}" not allowed`);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
    if (headerNamePattern.test(name) && !/[\0-\x08\x0a-\x1f\x7f]/.test(value)) continue;
    throw engineError("ENGINE_OPTION_INVALID", `websocket: header "${name}" is not one of HTTP`);
  }
}

/** @throws `ENGINE_OPTION_INVALID` unless `port` is one, or 0. */
export function requirePort(name: string, port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= portMax) return;
  throw engineError(
    "ENGINE_OPTION_INVALID",
    `${name} must be an integer from 0 to ${portMax}, not ${port}`,
  );
}

/** @throws `ENGINE_OPTION_INVALID` unless `valueMs` is left out or above 0. */
export function requirePositive(name: string, valueMs: number | undefined): void {
  if (valueMs === undefined || valueMs > 0) return;
  throw engineError("ENGINE_OPTION_INVALID", `${name} must be above 0, not ${valueMs}`);
}
