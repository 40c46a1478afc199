/** Whether the platform keeps something of its own in a stream: no pattern of stations means it. */
export function isOwnStream(stream: string): boolean {
  return /^(?:OXBOW_|KV_oxbow|OBJ_oxbow)/.test(stream);
}

/** Whether a stream is what a KV bucket or an object store is made of: no station. */
export function isBucketStream(stream: string): boolean {
  return /^(?:KV|OBJ)_/.test(stream);
}
