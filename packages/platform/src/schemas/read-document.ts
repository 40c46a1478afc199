import { type PlatformErrorCode, platformError, problemsIn } from "oxbow/internal";
import type { ZodType } from "zod";

/** What documents of a bucket are. */
export interface DocumentKind {
  /** The bucket, as people are told. */
  readonly bucket: string;
  /** The latest version that this program reads. */
  readonly version: number;
  /** What is thrown where one can't be read. */
  readonly unreadable: PlatformErrorCode;
  /** What to do with one that is damaged. */
  readonly remedy: string;
}

/**
 * Reads a document of the platform.
 *
 * @throws OxbowError of the code `unreadable` if it is damaged, or was written by a later program.
 */
export function readDocument<Document>(
  { bucket, version: versionMax, unreadable: code, remedy }: DocumentKind,
  shape: ZodType<Document>,
  key: string,
  text: string,
): Document {
  const unreadable = (what: string): Error =>
    platformError(code, `${key} in the bucket ${bucket} ${what}: ${remedy}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(`is not JSON (${(error as Error).message})`);
  }
  const version = (value as { readonly version?: unknown } | null)?.version;
  if (typeof version === "number" && version > versionMax) {
    const message = `${key} is a document of version ${version}, and this program reads ${versionMax}: use a later one`;
    throw platformError(code, message);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(`is not what it should be (${problemsIn(result.error)})`);
}
