import type { Random } from "@oxbow/base";
import { logError } from "../errors.ts";
import {
  type CipherName,
  deriveKey,
  FileCipher,
  KEY_SIZE,
  NONCE_SIZE,
  SALT_SIZE,
  TAG_SIZE,
} from "./file-cipher.ts";

/** How a store is to be encrypted. */
export interface EncryptionOptions {
  /** For a store that is new, or not encrypted yet; one that is encrypted keeps its cipher. */
  readonly cipher: CipherName;
  /** The secret, of any length; 32 random bytes are best, for nothing makes a short one stronger. */
  readonly key: Uint8Array;
  /** The secret before: a store that it opens is locked with `key` from then on. */
  readonly previousKey?: Uint8Array | undefined;
}

/*
 * The envelope: the store's own key, which never changes, locked with the secret. A new secret means a new envelope and
 * leaves the data as they are.
 *
 *      0        1          17       29          61     77
 *     +--------+----------+--------+-----------+------+
 *     | cipher | salt     | nonce  | store key | tag  |
 *     | u8     | 16 B     | 12 B   | 32 B      | 16 B |
 *     +--------+----------+--------+-----------+------+
 *
 * cipher  1 = AES-256-GCM, 2 = ChaCha20-Poly1305; of the envelope and of all files of the store
 */
const ENVELOPE_SALT_SIZE = 16;
export const ENVELOPE_SIZE: number = 1 + ENVELOPE_SALT_SIZE + NONCE_SIZE + KEY_SIZE + TAG_SIZE;
const cipherNumbers: Readonly<Record<CipherName, number>> = {
  "aes-256-gcm": 1,
  "chacha20-poly1305": 2,
};
const nothing: Buffer = Buffer.alloc(0);

/** The key of a store, unlocked. */
export class StoreKeys {
  readonly cipher: CipherName;
  /** Locked with the secret that opens it now. */
  readonly envelope: Buffer;
  readonly #key: Buffer;

  private constructor(cipher: CipherName, key: Buffer, envelope: Buffer) {
    this.cipher = cipher;
    this.#key = key;
    this.envelope = envelope;
  }

  /** A new key, locked with `secret`. */
  static create({ cipher, key: secret }: EncryptionOptions, random: Random): StoreKeys {
    const key = Buffer.alloc(KEY_SIZE);
    random.fill(key);
    return new StoreKeys(cipher, key, lock(cipher, key, secret, random));
  }

  /**
   * Unlocks the key in an envelope; with the secret before, it is in a new envelope afterwards.
   *
   * @throws `STORE_KEY` if neither secret fits.
   */
  static open(
    envelope: Buffer,
    { key: secret, previousKey }: EncryptionOptions,
    random: Random,
  ): StoreKeys {
    const cipher =
      envelope[0] === cipherNumbers["aes-256-gcm"] ? "aes-256-gcm" : "chacha20-poly1305";
    const key = unlock(cipher, envelope, secret);
    if (key !== undefined) return new StoreKeys(cipher, key, envelope);
    const former = previousKey === undefined ? undefined : unlock(cipher, envelope, previousKey);
    if (former !== undefined) {
      return new StoreKeys(cipher, former, lock(cipher, former, secret, random));
    }
    throw logError(
      "STORE_KEY",
      "the encryption key does not open the data directory: give the key it was encrypted with, or that one as the previous key to change it",
    );
  }

  /** The cipher of the file with that salt. */
  fileCipher(salt: Uint8Array): FileCipher {
    return new FileCipher(this.cipher, this.#key, salt);
  }

  /** A salt for a new file. */
  static newSalt(random: Random): Buffer {
    const salt = Buffer.alloc(SALT_SIZE);
    random.fill(salt);
    return salt;
  }
}

function lock(cipher: CipherName, key: Buffer, secret: Uint8Array, random: Random): Buffer {
  const salt = Buffer.alloc(ENVELOPE_SALT_SIZE);
  const nonce = Buffer.alloc(NONCE_SIZE);
  random.fill(salt);
  random.fill(nonce);
  const { parts, tag } = lockOf(cipher, secret, salt).seal(nonce, nothing, [key]);
  return Buffer.concat([Buffer.of(cipherNumbers[cipher]), salt, nonce, ...parts, tag]);
}

function unlock(cipher: CipherName, envelope: Buffer, secret: Uint8Array): Buffer | undefined {
  const nonceAt = 1 + ENVELOPE_SALT_SIZE;
  const keyAt = nonceAt + NONCE_SIZE;
  const tagAt = keyAt + KEY_SIZE;
  return lockOf(cipher, secret, envelope.subarray(1, nonceAt)).open(
    envelope.subarray(nonceAt, keyAt),
    nothing,
    envelope.subarray(keyAt, tagAt),
    envelope.subarray(tagAt, ENVELOPE_SIZE),
  );
}

function lockOf(cipher: CipherName, secret: Uint8Array, salt: Uint8Array): FileCipher {
  return new FileCipher(cipher, deriveKey(secret, salt, "oxbow store key"), salt);
}
