/**
 * Hashes of passwords that are slow on purpose. Computed beside the loop, which they would stop for a tenth of a second
 * each.
 */
export interface PasswordHashes {
  /**
   * Whether `hash` is one of `password`: of bcrypt (`$2a$`, `$2b$`, `$2x$` or `$2y$`) or of scrypt
   * (`$scrypt$ln=14,r=8,p=5$<salt>$<hash>`, in Base64 without padding, of at most 256 MiB). Never rejects: a hash that
   * can't be read is of no password, and where too many wait already the answer is no.
   */
  verify(password: string, hash: string): Promise<boolean>;
}
