import type { ConnectionType } from "../../options/permissions.ts";
import type { Applicant, Identity } from "../identity.ts";
import {
  type AuthorizationRequestClaims,
  authorizationRequestClaims,
  type ClientTls,
} from "../jwt/authorization-claims.ts";
import { encodeJwt } from "../jwt/encode.ts";
import { toPem } from "../pem.ts";
import type { ServerIdentity } from "../server-identity.ts";
import { shownUser } from "../verdicts.ts";

/** What a request says about the server that sends it. */
export interface CalloutServer {
  readonly identity: ServerIdentity;
  readonly name: string;
  readonly host: string;
  readonly version: string;
  readonly tags: readonly string[];
}

/** Somebody a service is asked about. */
export interface CalloutCase {
  readonly applicant: Applicant;
  /** The JWT it is taken to have shown. */
  readonly jwt: string;
  /** Who it would be without a callout, if that is known. */
  readonly identity: Identity | undefined;
  /** Fresh public user key that the answer has to be about, so that no answer can be used twice. */
  readonly userKey: string;
}

/** Whom all requests are for. */
const audience = "nats-authorization-request";

/**
 * The signed request whether somebody may come in.
 *
 * @param subject - Public key of the account that is asked.
 * @param isEncrypted - Whether answers may be sealed for this server's key.
 * @param expiresAtMs - When nobody waits for the answer any more; wall-clock time.
 */
export function encodeCalloutRequest(
  about: CalloutCase,
  subject: string,
  server: CalloutServer,
  isEncrypted: boolean,
  nowMs: number,
  expiresAtMs: number,
): string {
  const { applicant, jwt, identity, userKey } = about;
  const { credentials } = applicant;
  const empty = authorizationRequestClaims.shape(2).zero();
  const claims: AuthorizationRequestClaims = {
    ...empty,
    aud: audience,
    sub: subject,
    exp: Math.floor(expiresAtMs / 1000),
    nats: {
      ...empty.nats,
      server_id: {
        name: server.name,
        host: server.host,
        id: server.identity.id,
        version: server.version,
        cluster: "",
        tags: server.tags,
        xkey: isEncrypted ? server.identity.curveKey : "",
      },
      user_nkey: userKey,
      client_info: {
        host: applicant.address,
        id: applicant.clientId,
        user: shownUser(credentials) || (jwt === "" ? "" : (identity?.user ?? "")),
        name: applicant.name,
        tags: identity?.tags ?? [],
        name_tag: identity?.nameTag ?? "",
        kind: isLeaf(applicant.door) ? "Leafnode" : "Client",
        type: clientType(applicant.door),
        mqtt_id: "",
        nonce: credentials.signature === "" ? "" : applicant.nonce,
      },
      connect_opts: {
        jwt,
        nkey: credentials.nkey,
        sig: credentials.signature,
        auth_token: credentials.token,
        user: credentials.user,
        pass: credentials.password,
        name: applicant.name,
        lang: applicant.lang,
        version: applicant.version,
        protocol: applicant.protocol,
      },
      client_tls: clientTls(applicant),
    },
  };
  return encodeJwt(claims, authorizationRequestClaims, server.identity.signingKey, nowMs);
}

/** How the client's connection is encrypted, with the certificates that were verified. */
function clientTls({ tls }: Applicant): ClientTls | null {
  if (tls === undefined) return null;
  const { version, cipherSuite, peerCertificate, peerIssuers } = tls;
  const chain = peerCertificate === undefined ? [] : [peerCertificate, ...peerIssuers];
  return {
    version: version.replace(/^TLSv/, ""),
    cipher: cipherSuite,
    certs: [],
    verified_chains: chain.length === 0 ? [] : [chain.map(toPem)],
  };
}

function isLeaf(door: ConnectionType): boolean {
  return door === "LEAFNODE" || door === "LEAFNODE_WS";
}

function clientType(door: ConnectionType): string {
  if (door === "WEBSOCKET") return "websocket";
  if (door === "MQTT" || door === "MQTT_WS") return "mqtt";
  return isLeaf(door) ? "" : "nats";
}
