import { sizeText, spanText } from "../../parts/numbers.ts";

/** Whether the platform keeps something of its own in a bucket, which is changed by it alone. */
export function isOwn(bucket: string): boolean {
  return bucket.startsWith("oxbow");
}

export function ageText(maxAgeMs: number): string {
  return maxAgeMs === 0 ? "for ever" : spanText(maxAgeMs);
}

export function limitText(bytes: number): string {
  return bytes === 0 ? "none" : sizeText(bytes);
}

/** The last part of a key or name that has parts, for a file. */
export function fileNameOf(name: string): string {
  return name.split("/").at(-1) || "value";
}
