import { createHash } from "node:crypto";
import type { KeyPair } from "@nats-io/nkeys";
import { decodeSeed } from "../../../src/auth/nkey.ts";
import { SigningKey } from "../../../src/auth/signing-key.ts";

/** Seconds since 1970 at which the tokens of tests are issued: the time of the tests' clock. */
export const issuedAt = 1_700_000_000;

/** A JWT with exactly these claims, signed by `key`; `iss`, `iat` and `jti` are filled in. */
export function makeToken(claims: Readonly<Record<string, unknown>>, key: KeyPair): string {
  return signToken(
    { iat: issuedAt, jti: idOf(claims), ...claims, iss: signingKey(key).publicKey },
    key,
  );
}

/** A JWT with exactly these claims and this header, signed by `key`. */
export function signToken(
  claims: Readonly<Record<string, unknown>>,
  key: KeyPair,
  header: Readonly<Record<string, unknown>> = { typ: "JWT", alg: "ed25519-nkey" },
): string {
  const [head, body] = [header, claims].map((part) => encode(JSON.stringify(part)));
  const content = `${head}.${body}`;
  const isOld = header["alg"] === "ed25519";
  const signature = signingKey(key).sign(Buffer.from(isOld ? `${body}` : content));
  return `${content}.${signature.toString("base64url")}`;
}

const signingKeys: WeakMap<KeyPair, SigningKey> = new WeakMap();

/** The same key as the server has it, whose signatures take a hundredth of the time. */
export function signingKey(key: KeyPair): SigningKey {
  const known = signingKeys.get(key);
  if (known !== undefined) return known;
  const seed = decodeSeed(Buffer.from(key.getSeed()).toString("latin1"));
  if (seed === undefined || seed.kind === "curve") throw new Error("not a key that signs");
  const made = new SigningKey(seed.kind, seed.key);
  signingKeys.set(key, made);
  return made;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function idOf(claims: Readonly<Record<string, unknown>>): string {
  return createHash("sha256").update(JSON.stringify(claims)).digest("hex");
}
