import type { PasswordHashes } from "@oxbow/base";
import { bcryptMatches } from "@oxbow/node-host";

/** Checks passwords at once and answers in the next turn of the promise queue. Use hashes of cost 4. */
export const simPasswordHashes: PasswordHashes = {
  async verifyBcrypt(password, hash) {
    return bcryptMatches(password, hash);
  },
};
