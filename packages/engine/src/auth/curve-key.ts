import { diffieHellman, type KeyObject } from "node:crypto";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import type { Random } from "@oxbow/base";
import { privateKeyObject, publicBytes, publicKeyObject } from "./key-object.ts";
import { decodeNkey, encodeNkey } from "./nkey.ts";

/** What a sealed message begins with. */
const version = Buffer.from("xkv1");
const nonceSize = 24;
const keySize = 32;
/** The text `expand 32-byte k`, as Salsa20 words. */
const sigma = words(Buffer.from("expand 32-byte k"));

/**
 * An X25519 key pair that seals messages for the owner of another one, as nkeys' `xkv1` does:
 *
 *     "xkv1" (4 B) | nonce (24 B) | NaCl box: XSalsa20-Poly1305 under HSalsa20 of the shared secret
 */
export class CurveKey {
  /** Its public half as text, `X…`. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  /** @param seed - 32 secret bytes. */
  constructor(seed: Uint8Array) {
    this.#privateKey = privateKeyObject("x25519", seed);
    this.publicKey = encodeNkey("curve", publicBytes(this.#privateKey));
  }

  /** A new pair. */
  static create(random: Random): CurveKey {
    const seed = Buffer.alloc(keySize);
    random.fill(seed);
    return new CurveKey(seed);
  }

  /** Seals `message`, so that only the owner of `recipient` can open it; `undefined` if that is no public curve key. */
  seal(message: Uint8Array, recipient: string, random: Random): Buffer | undefined {
    const key = this.#sharedKey(recipient);
    if (key === undefined) return undefined;
    const nonce = Buffer.alloc(nonceSize);
    random.fill(nonce);
    return Buffer.concat([version, nonce, xsalsa20poly1305(key, nonce).encrypt(message)]);
  }

  /** Opens what the owner of `sender` sealed for this pair; `undefined` if it is anything else. Never throws. */
  open(sealed: Uint8Array, sender: string): Buffer | undefined {
    const start = version.length + nonceSize;
    if (sealed.length <= start) return undefined;
    if (!version.equals(sealed.subarray(0, version.length))) return undefined;
    const key = this.#sharedKey(sender);
    if (key === undefined) return undefined;
    try {
      const nonce = sealed.subarray(version.length, start);
      return Buffer.from(xsalsa20poly1305(key, nonce).decrypt(sealed.subarray(start)));
    } catch {
      // The authenticator does not fit: damaged, or sealed by or for somebody else.
      return undefined;
    }
  }

  /** The key that the two owners share; `undefined` if `peer` is no public curve key, or one that gives no secret. */
  #sharedKey(peer: string): Uint8Array | undefined {
    const nkey = decodeNkey(peer);
    if (nkey?.kind !== "curve") return undefined;
    let secret: Buffer;
    try {
      const publicKey = publicKeyObject("x25519", nkey.key);
      secret = diffieHellman({ privateKey: this.#privateKey, publicKey });
    } catch {
      // OpenSSL refuses points of small order, whose secret would be all zeros.
      return undefined;
    }
    const key = new Uint32Array(keySize / 4);
    hsalsa(sigma, words(secret), new Uint32Array(4), key);
    return new Uint8Array(key.buffer);
  }
}

/** `bytes` as words of 32 bits, in the order of the machine, which is little-endian wherever Node runs. */
function words(bytes: Buffer): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
