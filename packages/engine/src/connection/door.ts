import type { Socket, TlsSession } from "@oxbow/base";
import type { Credentials, Identity, PeerCertificate } from "../auth/identity.ts";
import type { ConnectionType } from "../options/permissions.ts";
import type { KeepAliveLimits } from "./keep-alive.ts";

/** What INFO says of the port that a client came in by. */
export interface PortInfo {
  readonly host: string;
  readonly port: number;
  /** Clients must encrypt. */
  readonly isTlsRequired: boolean;
  /** Clients may encrypt. */
  readonly isTlsAvailable: boolean;
  /** Clients that encrypt must show a certificate. */
  readonly isTlsVerified: boolean;
}

/** The way a connection came in by, and what is known of it before it has said anything. */
export interface Door {
  readonly type: ConnectionType;
  /** Where the client is, as far as one can know: behind a proxy not where the connection ends. */
  readonly address: string;
  readonly port: number;
  /**
   * Where a proxy of the web says the client is, which anybody can say: for the log only, as with nats-server.
   * `undefined` if nothing was said.
   */
  readonly forwardedAddress: string | undefined;
  readonly info: PortInfo;
  /** How it is encrypted; `undefined`: it is not. */
  readonly tls: TlsSession | undefined;
  /** The certificate its client has shown and that was verified. Asked when the client authenticates. */
  readonly peerCertificate: PeerCertificate | undefined;
  /** The nonce in the INFO that was sent already, before encryption; `undefined`: none was sent yet. */
  readonly nonceGiven: string | undefined;
  /** What came with the connection for fields that the client leaves empty in CONNECT. */
  readonly credentials: Partial<Credentials> | undefined;
  /** Who the client is, without being asked; `undefined`: as the authorizer says. */
  readonly identity: Identity | undefined;
  /** How long the client has to authenticate; `undefined`: as the engine's limits say. */
  readonly authTimeoutMs: number | undefined;
  /** How long it may be idle before it is asked whether it still lives; `undefined`: as the engine's limits say. */
  readonly pingIntervalMs: number | undefined;
}

/** The door of `socket`, with what is special about it in `special`. */
export function makeDoor(socket: Socket, info: PortInfo, special: Partial<Door> = {}): Door {
  return {
    type: "STANDARD",
    address: socket.remoteAddress,
    port: socket.remotePort,
    forwardedAddress: undefined,
    info,
    tls: socket.tls,
    peerCertificate: undefined,
    nonceGiven: undefined,
    credentials: undefined,
    identity: undefined,
    authTimeoutMs: undefined,
    pingIntervalMs: undefined,
    ...special,
  };
}

/** When clients of `door` are asked whether they still live. */
export function keepAliveLimits(door: Door, limits: KeepAliveLimits): KeepAliveLimits {
  if (door.pingIntervalMs === undefined) return limits;
  return { pingIntervalMs: door.pingIntervalMs, pingsOutMax: limits.pingsOutMax };
}

/** `shown` with what came with the connection for each field that is empty. */
export function withCredentialsOf<C extends Credentials>(door: Door, shown: C): C {
  const { credentials } = door;
  if (credentials === undefined) return shown;
  return {
    ...shown,
    user: shown.user || credentials.user || "",
    password: shown.password || credentials.password || "",
    token: shown.token || credentials.token || "",
    jwt: shown.jwt || credentials.jwt || "",
  };
}
