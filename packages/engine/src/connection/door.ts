import type { PeerCertificate } from "../auth/identity.ts";
import type { ConnectionType } from "../options/permissions.ts";

/** The way a connection came in by. */
export interface Door {
  readonly type: ConnectionType;
  /** The certificate its client has shown and that was verified. Asked when the client authenticates. */
  readonly peerCertificate: PeerCertificate | undefined;
}

/** The door of plain TCP. */
export const plainDoor: Door = { type: "STANDARD", peerCertificate: undefined };
