import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** The ciphers a store can be encrypted with; both are authenticated. */
export type CipherName = "aes-256-gcm" | "chacha20-poly1305";

export const KEY_SIZE = 32;
export const NONCE_SIZE = 12;
export const TAG_SIZE = 16;
/** Bytes of randomness that make the key of each file another one. */
export const SALT_SIZE = 32;

/** A 32-byte key for one purpose, made of a secret and a salt by HKDF with SHA-256 (RFC 5869). */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, purpose, KEY_SIZE));
}

/** What was sealed: as many bytes as before, and the tag that vouches for them. */
export interface Sealed {
  readonly parts: readonly Buffer[];
  readonly tag: Buffer;
}

/**
 * Encrypts parts of one file. Its key is the file's own, from the store's key and the file's salt, so that a nonce has to
 * be different only from the others in that file: who seals has to see to that.
 */
export class FileCipher {
  readonly #name: CipherName;
  readonly #key: Buffer;

  constructor(name: CipherName, storeKey: Uint8Array, salt: Uint8Array) {
    this.#name = name;
    this.#key = deriveKey(storeKey, salt, "oxbow file");
  }

  /** Encrypts `parts`, one after another, as one; `associated` is not encrypted, but vouched for as well. */
  seal(nonce: Uint8Array, associated: Uint8Array, parts: readonly Uint8Array[]): Sealed {
    const cipher =
      this.#name === "aes-256-gcm"
        ? createCipheriv(this.#name, this.#key, nonce, { authTagLength: TAG_SIZE })
        : createCipheriv(this.#name, this.#key, nonce, { authTagLength: TAG_SIZE });
    let size = 0;
    for (const part of parts) size += part.length;
    cipher.setAAD(associated, { plaintextLength: size });
    const sealed = parts.map((part) => cipher.update(part));
    cipher.final();
    return { parts: sealed, tag: cipher.getAuthTag() };
  }

  /** Decrypts what {@link seal} made; `undefined` if a bit of it, or of `associated`, is not what it was. */
  open(
    nonce: Uint8Array,
    associated: Uint8Array,
    sealed: Uint8Array,
    tag: Uint8Array,
  ): Buffer | undefined {
    const decipher =
      this.#name === "aes-256-gcm"
        ? createDecipheriv(this.#name, this.#key, nonce, { authTagLength: TAG_SIZE })
        : createDecipheriv(this.#name, this.#key, nonce, { authTagLength: TAG_SIZE });
    decipher.setAAD(associated, { plaintextLength: sealed.length });
    decipher.setAuthTag(tag);
    const plain = decipher.update(sealed);
    try {
      decipher.final();
      return plain;
    } catch {
      return undefined; // The one way Node says that the tag does not fit.
    }
  }
}
