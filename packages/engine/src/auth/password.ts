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

/** What passwords need of their engine. */
export interface PasswordServices {
  readonly random: Random;
  readonly passwordHashes: PasswordHashes;
  /** Outlives the {@link Passwords}, which are made anew when the options change. */
  readonly passwordMemory: PasswordMemory;
}

/**
 * Compares passwords with plain texts and bcrypt hashes, so that the time taken does not tell whether there is a user
 * of a name, and whether its password is plain: once there is any hash, whoever is refused has waited for one.
 */
export class Passwords {
  readonly #hashes: PasswordHashes;
  readonly #random: Random;
  readonly #memory: PasswordMemory;
  readonly #used: Set<string> = new Set();
  readonly #nobody: Secret = new Secret("");
  /** A hash that nothing matches, as costly as the costliest of all; absent as long as there is none. */
  #dummy: string | undefined = undefined;
  #costMax = 0;

  constructor({ passwordHashes, random, passwordMemory }: PasswordServices) {
    this.#hashes = passwordHashes;
    this.#random = random;
    this.#memory = passwordMemory;
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
    this.#used.add(text);
    return this.#memory.passwordOf(text, this.#hashes);
  }

  /** Once all are added: forgets what is remembered of others. */
  forgetOthers(): void {
    this.#memory.keep(this.#used);
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

/** The passwords of hashes, with what is remembered of each. */
export class PasswordMemory {
  readonly #key: Buffer = Buffer.alloc(keySize);
  readonly #byHash: Map<string, BcryptPassword> = new Map();

  constructor(random: Random) {
    random.fill(this.#key);
  }

  passwordOf(hash: string, hashes: PasswordHashes): Password {
    let password = this.#byHash.get(hash);
    if (password === undefined) {
      password = new BcryptPassword(hash, hashes, this.#key);
      this.#byHash.set(hash, password);
    }
    return password;
  }

  /** Forgets all but these. */
  keep(hashes: ReadonlySet<string>): void {
    for (const hash of this.#byHash.keys()) if (!hashes.has(hash)) this.#byHash.delete(hash);
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
