import { createHash } from "node:crypto";

const keySize = Buffer.alloc(4);

/**
 * The id of what a message says, for stations in which that makes messages the same: a SHA-256 over its key and its payload,
 * each with its place, so that no two messages that differ have the same one.
 *
 * @param key - Empty for none.
 * @returns 50 characters of printable ASCII.
 */
export function contentId(key: Uint8Array, payload: Uint8Array): string {
  keySize.writeUInt32BE(key.length);
  const digest = createHash("sha256").update(keySize).update(key).update(payload);
  return `sha256-${digest.digest("base64url")}`;
}
