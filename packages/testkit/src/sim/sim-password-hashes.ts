import type { PasswordHashes } from "@oxbow/base";
import { passwordMatches } from "@oxbow/node-host/passwords";

/** Checks passwords at once and answers in the next turn of the promise queue. Use bcrypt hashes of cost 4, and scrypt with `ln=4`. */
export const simPasswordHashes: PasswordHashes = {
  async verify(password, hash) {
    return passwordMatches(password, hash);
  },
};
