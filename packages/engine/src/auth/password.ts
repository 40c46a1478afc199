import { createHmac, timingSafeEqual } from "node:crypto";
import type { PasswordHashes, Random } from "@oxbow/base";
import { Secret } from "./secret.ts";

/** What nats-server takes for a bcrypt hash. */
const bcryptForm = /^\$2[abxy]\$(\d{2})\$/;
/** A scrypt hash; nats-server has none. */
const scryptForm =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{16,}\$([A-Za-z0-9+/]{22,})$/;
const keySize = 32;
const bcryptSize = 53;
const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Steps of scrypt that take about as long as one of bcrypt's rounds. */
const scryptStepsPerRound = 200;

/** A password or token as the configuration has it. */
export interface Password {
  /** Whether `text` is it: at once if it can be told at once. */
  matches(text: string): boolean | Promise<boolean>;
}

/** Of a hash: about how long it takes, in rounds of bcrypt, and what it looks like before salt and digest. */
interface HashCost {
  readonly rounds: number;
  readonly head: string;
  /** Sizes of what follows, with `$` in between. */
  readonly parts: readonly number[];
}

/** `undefined` for a text that is no hash but the password itself. */
function costOf(text: string): HashCost | undefined {
  const [, cost] = bcryptForm.exec(text) ?? [];
  if (cost !== undefined) {
    return { rounds: 2 ** Number(cost), head: `$2b$${cost}$`, parts: [bcryptSize] };
  }
  const [, ln, r, p, digest = ""] = scryptForm.exec(text) ?? [];
  if (ln === undefined) return undefined;
  const rounds = (2 ** Number(ln) * Number(r) * Number(p)) / scryptStepsPerRound;
  return { rounds, head: `$scrypt$ln=${ln},r=${r},p=${p}$`, parts: [22, digest.length] };
}

/** What passwords need of their engine. */
export interface PasswordServices {
  readonly random: Random;
  readonly passwordHashes: PasswordHashes;
  /** Outlives the {@link Passwords}, which are made anew when the options change. */
  readonly passwordMemory: PasswordMemory;
}

/**
 * Compares passwords with plain texts and hashes, so that the time taken does not tell whether there is a user
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
  #roundsMax = 0;

  constructor({ passwordHashes, random, passwordMemory }: PasswordServices) {
    this.#hashes = passwordHashes;
    this.#random = random;
    this.#memory = passwordMemory;
  }

  /** The password that `text` stands for: itself, or that of a hash. */
  add(text: string): Password {
    const cost = costOf(text);
    if (cost === undefined) {
      const secret = new Secret(text);
      return { matches: (given) => secret.equals(given) };
    }
    if (cost.rounds > this.#roundsMax) {
      this.#roundsMax = cost.rounds;
      this.#dummy = this.#makeDummy(cost);
    }
    this.#used.add(text);
    return this.#memory.passwordOf(text, this.#hashes);
  }

  /** Once all are added: forgets what is remembered of others. */
  forgetOthers(): void {
    this.#memory.keep(this.#used);
  }

  /**
   * Whether `text` is `password`, where `undefined` is nobody's.
   *
   * @param isOpen - Whether the time may tell which: for those who are in, and have to go at once.
   */
  check(password: Password | undefined, text: string, isOpen = false): boolean | Promise<boolean> {
    const matches = password === undefined ? this.#refuse(text) : password.matches(text);
    if (matches !== false || isOpen || this.#dummy === undefined) return matches;
    return this.#hashes.verify(text, this.#dummy).then(() => false);
  }

  #refuse(text: string): false {
    this.#nobody.equals(text);
    return false;
  }

  #makeDummy({ head, parts }: HashCost): string {
    const letters = (size: number): string => {
      let text = "";
      // Those of both kinds of Base64: bcrypt has a dot where scrypt has a plus.
      for (let index = 0; index < size; index++) text += alphabet[1 + this.#random.below(63)];
      return text;
    };
    return head + parts.map(letters).join("$");
  }
}

/** The passwords of hashes, with what is remembered of each. */
export class PasswordMemory {
  readonly #key: Buffer = Buffer.alloc(keySize);
  readonly #byHash: Map<string, HashedPassword> = new Map();

  constructor(random: Random) {
    random.fill(this.#key);
  }

  passwordOf(hash: string, hashes: PasswordHashes): Password {
    let password = this.#byHash.get(hash);
    if (password === undefined) {
      password = new HashedPassword(hash, hashes, this.#key);
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
class HashedPassword implements Password {
  readonly #hash: string;
  readonly #hashes: PasswordHashes;
  readonly #key: Buffer;
  #lastRight: Buffer | undefined = undefined;
  /** Those that are being checked, by their digests: connections of one user are asked about together. */
  readonly #checking: Map<string, Promise<boolean>> = new Map();

  constructor(hash: string, hashes: PasswordHashes, key: Buffer) {
    this.#hash = hash;
    this.#hashes = hashes;
    this.#key = key;
  }

  matches(text: string): boolean | Promise<boolean> {
    const digest = createHmac("sha256", this.#key).update(text, "utf8").digest();
    if (this.#lastRight !== undefined && timingSafeEqual(this.#lastRight, digest)) return true;
    const key = digest.toString("base64");
    let checked = this.#checking.get(key);
    if (checked === undefined) {
      checked = this.#hashes.verify(text, this.#hash).then((isRight) => {
        if (isRight) this.#lastRight = digest;
        return isRight;
      });
      this.#checking.set(key, checked);
      const done = (): void => void this.#checking.delete(key);
      checked.then(done, done);
    }
    return checked;
  }
}
