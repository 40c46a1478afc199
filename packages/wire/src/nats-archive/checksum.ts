import { createHash } from "node:crypto";
import { HIGHWAY_HASH_SIZE, HighwayHash } from "./highway-hash.ts";

/**
 * What stands in a `meta.sum` beside a `meta.inf`: the HighwayHash-64 of its bytes in hex, keyed with the SHA-256 of
 * the stream's name, or of `<stream>/<consumer>`.
 */
export function metaChecksum(name: string, meta: Uint8Array): string {
  const hash = new HighwayHash(createHash("sha256").update(name).digest());
  const digest = Buffer.alloc(HIGHWAY_HASH_SIZE);
  hash.update(meta, 0, meta.length);
  hash.digest(digest, 0);
  return digest.toString("hex");
}
