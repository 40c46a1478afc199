import { type KeyObject, sign, verify } from "node:crypto";
import type { Random } from "@oxbow/base";
import { privateKeyObject, publicBytes, publicKeyObject } from "./key-object.ts";
import { decodeNkey, encodeNkey, type NkeyKind } from "./nkey.ts";

const seedSize = 32;
const signatureSize = 64;

/** An Ed25519 key pair that signs as an operator, an account, a user, a server or a cluster. */
export class SigningKey {
  /** Its public half as text, 56 characters. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  /** @param seed - 32 secret bytes. */
  constructor(kind: Exclude<NkeyKind, "curve">, seed: Uint8Array) {
    this.#privateKey = privateKeyObject("ed25519", seed);
    this.publicKey = encodeNkey(kind, publicBytes(this.#privateKey));
  }

  /** A new pair. */
  static create(kind: Exclude<NkeyKind, "curve">, random: Random): SigningKey {
    const seed = Buffer.alloc(seedSize);
    random.fill(seed);
    return new SigningKey(kind, seed);
  }

  sign(data: Uint8Array): Buffer {
    return sign(null, data, this.#privateKey);
  }
}

/** Whether `signature` over `data` was made by the owner of the public key `signer`. Never throws. */
export function isSignedBy(signer: string, data: Uint8Array, signature: Uint8Array): boolean {
  const nkey = decodeNkey(signer);
  if (nkey === undefined || nkey.kind === "curve" || signature.length !== signatureSize) {
    return false;
  }
  try {
    return verify(null, data, publicKeyObject("ed25519", nkey.key), signature);
  } catch {
    // OpenSSL refuses bytes that are no point of the curve: nobody can have signed with such a key.
    return false;
  }
}
