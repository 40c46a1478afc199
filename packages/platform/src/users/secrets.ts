import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** What a password costs to check: 16 MiB, and about as long as ten of them take in a second. */
const cost = { ln: 14, r: 8, p: 5 } as const;
const saltSize = 16;
const digestSize = 32;

/** A hash of a password, as the engine takes it. */
export async function hashPassword(password: string): Promise<string> {
  const { ln, r, p } = cost;
  const salt = randomBytes(saltSize);
  const digest = await derive(password, salt, cost);
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(digest)}`;
}

/** Whether a hash is that of a password. One that was not made here is of none. */
export async function isHashOf(hash: string, password: string): Promise<boolean> {
  const [, scheme, costs = "", salt = "", digest = ""] = hash.split("$");
  const { ln, r, p } = cost;
  if (scheme !== "scrypt" || costs !== `ln=${ln},r=${r},p=${p}`) return false;
  const [wanted, given] = [
    Buffer.from(digest, "base64"),
    await derive(password, Buffer.from(salt, "base64"), cost),
  ];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function derive(password: string, salt: Buffer, { ln, r, p }: typeof cost): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, digestSize, options, (error, digest) => {
      if (error === null) resolve(digest);
      else reject(error);
    });
  });
}

/** A password that nobody has to remember. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** A new access key, and what is kept of it. */
export interface NewAccessKey {
  readonly id: string;
  /** The key itself, which is told once. */
  readonly key: string;
  /** SHA-256 of it: it can't be guessed, so that this needs no slow hash. */
  readonly digest: string;
}

export function newAccessKey(): NewAccessKey {
  const id = randomBytes(8).toString("hex");
  const key = `oxk_${id}_${randomBytes(32).toString("base64url")}`;
  return { id, key, digest: createHash("sha256").update(key, "latin1").digest("hex") };
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
