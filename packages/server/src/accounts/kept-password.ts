import { createHash, timingSafeEqual } from "node:crypto";
import type { PasswordHashes } from "@oxbow/base";
import { type OwnerCredentials, rewriteCredentials } from "./owner-credentials.ts";

/** How a hash begins, as the engine takes it; what the server has made at random does not. */
const hashStart = "$scrypt$";

/** A password that the server has made for its owner, and that the owner may change. Of a chosen one, a hash is kept. */
export class KeptPassword {
  readonly user: string;
  readonly #file: string | undefined;
  readonly #hashes: PasswordHashes;
  #password: string;
  /** Awaited once another one is kept, with what an engine takes for it. */
  onChanged: (password: string) => Promise<void> = () => Promise.resolve();

  /** @param hashes - In a thread, a bounded number of them: anybody can have a password checked. */
  constructor({ user, password, file }: OwnerCredentials, hashes: PasswordHashes) {
    this.#hashes = hashes;
    this.user = user;
    this.#file = file;
    this.#password = password;
  }

  async isSame(given: string): Promise<boolean> {
    const right = this.#password;
    return right.startsWith(hashStart) ? this.#hashes.verify(given, right) : isSame(given, right);
  }

  /** @throws The error of the system where it can't be kept: then the one before goes on to be the right one */
  async change(password: string): Promise<void> {
    const { hashPassword } = await import("@oxbow/platform");
    const hash = await hashPassword(password);
    if (this.#file !== undefined) {
      await rewriteCredentials(this.#file, { user: this.user, password: hash });
    }
    this.#password = hash;
    await this.onChanged(hash);
  }
}

/** In a time that tells nothing. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
