import { listOf, nullable } from "../../json/collection-shapes.ts";
import { integer, text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, optional, struct } from "../../json/struct-shape.ts";
import { isNkey } from "../nkey.ts";
import { type ClaimsData, claimsDataFields, type GenericFields, genericFields } from "./claims.ts";
import type { ClaimsType } from "./decode.ts";
import { validateClaimsData } from "./validate-common.ts";
import { Validation } from "./validation.ts";

/** The server that asks. */
export interface ServerIdClaims {
  readonly name: string;
  readonly host: string;
  readonly id: string;
  readonly version: string;
  readonly cluster: string;
  readonly tags: readonly string[];
  readonly xkey: string;
}

/** What the server knows of the client that wants in. */
export interface ClientInformation {
  readonly host: string;
  readonly id: number;
  readonly user: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly name_tag: string;
  readonly kind: string;
  readonly type: string;
  readonly mqtt_id: string;
  readonly nonce: string;
}

/** What the client said in CONNECT. */
export interface ConnectOptionsClaims {
  readonly jwt: string;
  readonly nkey: string;
  readonly sig: string;
  readonly auth_token: string;
  readonly user: string;
  readonly pass: string;
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  readonly protocol: number;
}

/** The encryption of the client's connection. Certificates are PEM. */
export interface ClientTls {
  readonly version: string;
  readonly cipher: string;
  readonly certs: readonly string[];
  readonly verified_chains: readonly (readonly string[])[];
}

/** What a server asks a service that decides who comes in. */
export interface AuthorizationRequestClaims extends ClaimsData {
  readonly nats: GenericFields & {
    readonly server_id: ServerIdClaims;
    /** A fresh user key, which the answer has to be about. */
    readonly user_nkey: string;
    readonly client_info: ClientInformation;
    readonly connect_opts: ConnectOptionsClaims;
    readonly client_tls: ClientTls | null;
    readonly request_nonce: string;
  };
}

const requestShape: Shape<AuthorizationRequestClaims> = struct<AuthorizationRequestClaims>(
  "AuthorizationRequestClaims",
  {
    ...claimsDataFields,
    nats: always(
      struct<AuthorizationRequestClaims["nats"]>("AuthorizationRequest", {
        server_id: always(
          struct<ServerIdClaims>("ServerID", {
            name: always(text),
            host: always(text),
            id: always(text),
            version: optional(text),
            cluster: optional(text),
            tags: optional(listOf(text)),
            xkey: optional(text),
          }),
        ),
        user_nkey: always(text),
        client_info: always(
          struct<ClientInformation>("ClientInformation", {
            host: optional(text),
            id: optional(integer("uint64")),
            user: optional(text),
            name: optional(text),
            tags: optional(listOf(text)),
            name_tag: optional(text),
            kind: optional(text),
            type: optional(text),
            mqtt_id: optional(text),
            nonce: optional(text),
          }),
        ),
        connect_opts: always(
          struct<ConnectOptionsClaims>("ConnectOptions", {
            jwt: optional(text),
            nkey: optional(text),
            sig: optional(text),
            auth_token: optional(text),
            user: optional(text),
            pass: optional(text),
            name: optional(text),
            lang: optional(text),
            version: optional(text),
            protocol: always(integer("int")),
          }),
        ),
        client_tls: optional(
          nullable(
            struct<ClientTls>("ClientTLS", {
              version: optional(text),
              cipher: optional(text),
              certs: optional(listOf(text)),
              verified_chains: optional(listOf(listOf(text))),
            }),
          ),
        ),
        request_nonce: optional(text),
        ...genericFields,
      }),
    ),
  },
);

/** How requests for authorization are read and written. */
export const authorizationRequestClaims: ClaimsType<AuthorizationRequestClaims> = {
  type: "authorization_request",
  issuers: ["server"],
  shape: () => requestShape,
};

/** What such a service answers: the JWT of a user, or why there is none. */
export interface AuthorizationResponseClaims extends ClaimsData {
  readonly nats: GenericFields & {
    readonly jwt: string;
    readonly error: string;
    /** The account it answers for, where a signing key of that account signed. */
    readonly issuer_account: string;
  };
}

const responseShape: Shape<AuthorizationResponseClaims> = struct<AuthorizationResponseClaims>(
  "AuthorizationResponseClaims",
  {
    ...claimsDataFields,
    nats: always(
      struct<AuthorizationResponseClaims["nats"]>("AuthorizationResponse", {
        jwt: optional(text),
        error: optional(text),
        issuer_account: optional(text),
        ...genericFields,
      }),
    ),
  },
);

/** How answers to requests for authorization are read. */
export const authorizationResponseClaims: ClaimsType<AuthorizationResponseClaims> = {
  type: "authorization_response",
  issuers: ["account"],
  shape: () => responseShape,
};

/** What is wrong with an answer. `nowMs` is wall-clock time. */
export function validateAuthorizationResponse(
  claims: AuthorizationResponseClaims,
  nowMs: number,
): Validation {
  const found = new Validation();
  const { jwt, error, issuer_account } = claims.nats;
  if (!isNkey("user", claims.sub)) found.error("Subject must be a user public key");
  if (!isNkey("server", claims.aud)) found.error("Audience must be a server public key");
  if (error === "" && jwt === "") found.error("Error or Jwt is required");
  if (error !== "" && jwt !== "") found.error("Only Error or Jwt can be set");
  if (issuer_account !== "" && !isNkey("account", issuer_account)) {
    found.error("issuer_account is not an account public key");
  }
  validateClaimsData(claims, nowMs, found);
  return found;
}
