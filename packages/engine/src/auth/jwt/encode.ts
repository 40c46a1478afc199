import { createHash } from "node:crypto";
import { encodeText } from "../../json/encode.ts";
import { struct } from "../../json/struct-shape.ts";
import { encodeBase32 } from "../base32.ts";
import type { SigningKey } from "../signing-key.ts";
import { type ClaimsData, claimsDataFields, type GenericFields } from "./claims.ts";
import type { ClaimsType } from "./decode.ts";

const header = base64Url('{"typ":"JWT","alg":"ed25519-nkey"}');
const claimsData = struct<ClaimsData>("ClaimsData", claimsDataFields);
const version = 2;

/**
 * Makes a JWT: sets issuer, time of issue, id, type and version, and signs it.
 *
 * @param nowMs - Wall-clock time.
 */
export function encodeJwt<T extends ClaimsData & { readonly nats: GenericFields }>(
  claims: T,
  type: ClaimsType<T>,
  key: SigningKey,
  nowMs: number,
): string {
  const { aud, exp, name, nbf, sub } = claims;
  const data: ClaimsData = {
    aud,
    exp,
    jti: "",
    iat: Math.floor(nowMs / 1000),
    iss: key.publicKey,
    name,
    nbf,
    sub,
  };
  const jti = digest(encodeText(claimsData.write(data)));
  const complete = {
    ...claims,
    ...data,
    jti,
    nats: { ...claims.nats, type: type.type, version },
  };
  const body = base64Url(encodeText(type.shape(version).write(complete)));
  const content = `${header}.${body}`;
  return `${content}.${key.sign(Buffer.from(content, "latin1")).toString("base64url")}`;
}

function digest(text: string): string {
  return encodeBase32(createHash("sha512-256").update(text, "utf8").digest());
}

function base64Url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
