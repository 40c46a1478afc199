import { bcryptMatches } from "./bcrypt.ts";
import { isScryptHash, scryptMatches } from "./scrypt.ts";

/** Whether `hash`, of whichever kind that {@link PasswordHashes} knows, is one of `password`. Never throws. */
export function passwordMatches(password: string, hash: string): boolean {
  return isScryptHash(hash) ? scryptMatches(password, hash) : bcryptMatches(password, hash);
}
