import { scryptSync, timingSafeEqual } from "node:crypto";

/** As other programs write it, too: parameters, salt and hash, in Base64 without padding. */
const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** What a hash may cost: whoever knows a name can have it computed. */
const memoryBytesMax = 256 * 1024 * 1024;
const parallelMax = 16;

/** Whether `hash` says that it is one of scrypt. */
export function isScryptHash(hash: string): boolean {
  return hash.startsWith("$scrypt$");
}

/** Whether `hash` is a scrypt hash (RFC 7914) of `password`. Takes as long as it demands. Never throws. */
export function scryptMatches(password: string, hash: string): boolean {
  const [, ln = "", r = "", p = "", salt = "", digest = ""] = form.exec(hash) ?? [];
  const cost = 2 ** Number(ln);
  const blockSize = Number(r);
  const parallelization = Number(p);
  const memoryBytes = 128 * cost * blockSize;
  const isWithin = memoryBytes <= memoryBytesMax && parallelization <= parallelMax;
  const wanted = Buffer.from(digest, "base64");
  if (!isWithin || cost < 2 || blockSize < 1 || parallelization < 1 || wanted.length < 16) {
    return false;
  }
  const maxmem = memoryBytes + 128 * blockSize * parallelization + 1024 * 1024;
  const options = { cost, blockSize, parallelization, maxmem };
  try {
    const found = scryptSync(password, Buffer.from(salt, "base64"), wanted.length, options);
    return timingSafeEqual(found, wanted);
  } catch {
    return false; // No memory for it.
  }
}
