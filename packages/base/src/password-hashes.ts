/**
 * Hashes of passwords that are slow on purpose. Computed beside the loop, which they would stop for a tenth of a second
 * each.
 */
export interface PasswordHashes {
  /**
   * Whether `hash` (bcrypt: `$2a$`, `$2b$`, `$2x$` or `$2y$`) is one of `password`. Never rejects: a hash that can't be
   * read is of no password, and where too many wait already the answer is no.
   */
  verifyBcrypt(password: string, hash: string): Promise<boolean>;
}
