import { createHash } from "node:crypto";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const hashSize = 8;

/** Letters and digits made of the name of a server or an account, as nats-server makes them. */
export function hashName(name: string): string {
  const bytes = createHash("sha256").update(name).digest().subarray(0, hashSize);
  return Array.from(bytes, (byte) => digits[byte % digits.length]).join("");
}
