import { createHmac } from "node:crypto";

/**
 * The headers that say that a message is of who knows the secret, of the specification Standard Webhooks 1.0: HMAC-SHA256
 * over id, time and body.
 *
 * @param secret - `whsec_` and the bytes in base64.
 */
export function webhookHeaders(
  secret: string,
  id: string,
  nowMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(nowMs / 1_000));
  const key = Buffer.from(secret.slice(secret.indexOf("_") + 1), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signature}`,
  };
}
