/** Longest name of a stream or consumer, in bytes. */
export const NAME_SIZE_MAX = 255;

/** The same for consumers that are kept in memory: more does not fit into the subjects of requests anyway. */
export const LONG_NAME_SIZE_MAX = 4096;

/** Longest description of a stream or consumer, in bytes. */
export const DESCRIPTION_SIZE_MAX = 4096;

/** Whether `name` can name a stream or consumer: it is one subject token, and no part of a file path. */
export function isValidAssetName(name: string): boolean {
  return name !== "" && !/[ \t\r\n\f.*>\\/]/.test(name);
}

/** Whether `name` would be more than one part of a file path. */
export function hasPathSeparator(name: string): boolean {
  return /[\\/]/.test(name);
}
