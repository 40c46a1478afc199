const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const shift = 24;

/** MurmurHash2 of 32 bits, with the seed of Kafka's clients (org.apache.kafka.common.utils.Utils#murmur2). */
export function murmur2(buffer: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const wordsEnd = start + (length & ~3);
  let hash = seed ^ length;
  for (let at = start; at < wordsEnd; at += 4) {
    let word = wordAt(buffer, at);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> shift), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const rest = length & 3;
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index--) {
      hash ^= (buffer[wordsEnd + index] ?? 0) << (8 * index);
    }
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function wordAt(buffer: Uint8Array, at: number): number {
  return (
    (buffer[at] ?? 0) |
    ((buffer[at + 1] ?? 0) << 8) |
    ((buffer[at + 2] ?? 0) << 16) |
    ((buffer[at + 3] ?? 0) << 24)
  );
}
