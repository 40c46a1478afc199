import type { TlsSession } from "@oxbow/base";
import type { ConnectionType, Permissions } from "../options/permissions.ts";

/** What somebody who comes to a door shows. Fields that were not sent are empty. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** Public user key. */
  readonly nkey: string;
  /** Of the nonce, by `nkey` or the key of `jwt`; base64url. */
  readonly signature: string;
  readonly jwt: string;
  /** Of the nonce, by a proxy; base64url. */
  readonly proxySignature: string;
}

/** Somebody at a door. */
export interface Applicant {
  readonly credentials: Credentials;
  /** Whether it is in already, and asked about again: the time that takes need not hide who exists. */
  readonly isInside?: boolean | undefined;
  readonly door: ConnectionType;
  /** What the signature is of; empty if none was given out. */
  readonly nonce: string;
  /** Number of the connection. */
  readonly clientId: number;
  readonly address: string;
  /** How its connection is encrypted; `undefined`: it is not. */
  readonly tls: TlsSession | undefined;
  /** The certificate shown in the TLS handshake, verified. */
  readonly certificate: PeerCertificate | undefined;
  /** What CONNECT says beside. */
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  readonly protocol: number;
}

/** The names in a client's certificate, in the order they are tried as user names, and the certificate itself. */
export interface PeerCertificate {
  readonly emails: readonly string[];
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  /** As RFC 2253 writes it: `CN=a,O=b`. */
  readonly subject: string;
  readonly pem: string;
}

/** Who somebody is, once let in. */
export interface Identity {
  /** Whether it is a part of the program that the engine is in. What it says of others is believed. */
  readonly isPartOfProgram?: boolean | undefined;
  /** Empty if nobody had to say; the public key of one who came with a key. */
  readonly user: string;
  /** Name of the account whose messages this one can see. */
  readonly account: string;
  /** `undefined`: everything. */
  readonly permissions?: Permissions | undefined;
  /** When it has to go, in wall-clock milliseconds; `undefined` is never. */
  readonly expiresAtMs?: number | undefined;
  /** Smaller limits than the account's; -1 is no limit. */
  readonly subscriptionsMax?: number | undefined;
  readonly payloadMax?: number | undefined;
  /** What its JWT says, for events and monitoring. */
  readonly jwt?: string | undefined;
  readonly issuerKey?: string | undefined;
  readonly nameTag?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Set for one who was let in for a user JWT. */
  readonly claim?: UserClaim | undefined;
}

/** What an account has to know of a user JWT to take back, later, what it allowed. */
export interface UserClaim {
  /** Public user key it is about. */
  readonly userKey: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  /** The key that signed it on behalf of the account, with `issuer_account`. */
  readonly signingKey: string | undefined;
  readonly isBearer: boolean;
  /** Whether it says nothing about permissions, so that those of the account hold. */
  readonly hasDefaultPermissions: boolean;
}

/** Who somebody is, or the text of the `-ERR` that refuses it, almost always `Authorization Violation`. */
export type Verdict =
  | { readonly identity: Identity }
  | {
      readonly refusal: string;
      /** For the server's log and events only. */
      readonly reason: string;
      /** Set where nobody is known by that name or key: one who was let in before is then gone. */
      readonly isUnknown?: boolean | undefined;
    };

/** What is asked at a door. */
export interface DoorPolicy {
  /** Whether it has to be found out who somebody is. */
  readonly isAuthRequired: boolean;
  /** Whether greetings say so. They do not where those without credentials are somebody too. */
  readonly isAuthAnnounced: boolean;
  /** Whether somebody may begin with something else than CONNECT, and is then asked about without credentials. */
  readonly isConnectOptional: boolean;
}

/**
 * Decides who comes in. One per engine, asked by every door, so that they cannot disagree.
 *
 * It answers at once where it can: only a look-up of an account, a slow hash or a callout makes a promise of it, which
 * never rejects.
 */
export interface Authorizer {
  /** Whether greetings carry a nonce to sign. */
  readonly usesNonce: boolean;
  policyAt(door: ConnectionType): DoorPolicy;
  authenticate(applicant: Applicant): Verdict | Promise<Verdict>;
}
