import { compareSync } from "bcryptjs";

/** `2x` marks hashes of a program with a long gone bug; nats-server checks all four kinds in the same way. */
const bcryptStart = /^\$2[abxy]\$/;

/** Whether `hash` is a bcrypt hash of `password`. Takes as long as the hash's cost demands. Never throws. */
export function bcryptMatches(password: string, hash: string): boolean {
  if (!bcryptStart.test(hash)) return false;
  try {
    return compareSync(password, `$2b$${hash.slice(4)}`);
  } catch {
    return false; // A hash that is cut short or has a cost out of range.
  }
}
