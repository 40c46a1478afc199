import { createHash } from "node:crypto";

/** What access keys look like: a mark by which they are found where they should not be, their name, and 256 random bits. */
const form = /^oxk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** The name of an access key; `undefined` if `text` is none. */
export function accessKeyId(text: string): string | undefined {
  return form.exec(text)?.[1];
}

/**
 * What is kept of an access key: it can't be guessed, so that a digest that takes no time is as good as a slow one.
 *
 * @returns SHA-256 in hexadecimal digits.
 */
export function accessKeyDigest(key: string): string {
  return createHash("sha256").update(key, "latin1").digest("hex");
}
