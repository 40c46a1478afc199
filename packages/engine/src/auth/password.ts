import { createHmac, timingSafeEqual } from "node:crypto";
import type { PasswordHashes, Random } from "@oxbow/base";
import { Secret } from "./secret.ts";

/** What nats-server takes for a bcrypt hash. */
const bcryptForm = /^\$2[abxy]\$(\d{2})\$/;
const keySize = 32;
const bcryptSize = 53;
const bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A password or token as the configuration has it. */
export interface Password {
  /** Whether `text` is it: at once if it can be told at once. */
  matches(text: string): boolean | Promise<boolean>;
}

/** Whether `text` stands for a password that only its owner knows. */
export function isBcryptHash(text: string): boolean {
  return bcryptForm.test(text);
}

/**
 * Compares passwords with plain texts and bcrypt hashes, so that the time taken does not tell whether there is a user
 * of a name, and whether its password is plain: once there is any hash, whoever is refused has waited for one.
 */
export class Passwords {
  readonly #hashes: PasswordHashes;
  readonly #random: Random;
  readonly #key: Buffer = Buffer.alloc(keySize);
  readonly #nobody: Secret = new Secret("");
  /** A hash that nothing matches, as costly as the costliest of all; absent as long as there is none. */
  #dummy: string | undefined = undefined;
  #costMax = 0;

  constructor(hashes: PasswordHashes, random: Random) {
    this.#hashes = hashes;
    this.#random = random;
    random.fill(this.#key);
  }

  /** The password that `text` stands for: itself, or that of a hash. */
  add(text: string): Password {
    const cost = Number(bcryptForm.exec(text)?.[1] ?? -1);
    if (cost < 0) {
      const secret = new Secret(text);
      return { matches: (given) => secret.equals(given) };
    }
    if (cost > this.#costMax) {
      this.#costMax = cost;
      this.#dummy = this.#makeDummy(cost);
    }
    return new BcryptPassword(text, this.#hashes, this.#key);
  }

  /** Whether `text` is `password`, where `undefined` is nobody's. */
  check(password: Password | undefined, text: string): boolean | Promise<boolean> {
    const matches = password === undefined ? this.#refuse(text) : password.matches(text);
    if (matches !== false || this.#dummy === undefined) return matches;
    return this.#hashes.verifyBcrypt(text, this.#dummy).then(() => false);
  }

  #refuse(text: string): false {
    this.#nobody.equals(text);
    return false;
  }

  #makeDummy(cost: number): string {
    let text = `$2b$${String(cost).padStart(2, "0")}$`;
    for (let index = 0; index < bcryptSize; index++) {
      text += bcryptAlphabet[this.#random.below(bcryptAlphabet.length)];
    }
    return text;
  }
}

/**
 * A password of which only the hash is known. Remembers, keyed, the one that was right last time: when all clients come
 * back at once, they need not queue up for a thread that can check ten in a second.
 */
class BcryptPassword implements Password {
  readonly #hash: string;
  readonly #hashes: PasswordHashes;
  readonly #key: Buffer;
  #lastRight: Buffer | undefined = undefined;

  constructor(hash: string, hashes: PasswordHashes, key: Buffer) {
    this.#hash = hash;
    this.#hashes = hashes;
    this.#key = key;
  }

  matches(text: string): boolean | Promise<boolean> {
    const digest = createHmac("sha256", this.#key).update(text, "utf8").digest();
    if (this.#lastRight !== undefined && timingSafeEqual(this.#lastRight, digest)) return true;
    return this.#hashes.verifyBcrypt(text, this.#hash).then((isRight) => {
      if (isRight) this.#lastRight = digest;
      return isRight;
    });
  }
}
