import type { Random } from "@oxbow/base";

const nonceSize = 11;

/** A nonce for a client to sign, new each time: 15 characters, as nats-server's are. */
export function makeNonce(random: Random): string {
  const bytes = Buffer.alloc(nonceSize);
  random.fill(bytes);
  return bytes.toString("base64url");
}
