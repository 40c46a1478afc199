/** The payloads of many messages, in one piece of memory: number n lies at `[starts[n], ends[n])`. */
export interface Payloads {
  readonly bytes: Buffer;
  readonly count: number;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Puts payloads one behind the other. */
export function payloadsOf(given: readonly Uint8Array[]): Payloads {
  const starts: number[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const { length } of given) {
    starts.push(end);
    end += length;
    ends.push(end);
  }
  return { bytes: Buffer.concat(given, end), count: given.length, starts, ends };
}
