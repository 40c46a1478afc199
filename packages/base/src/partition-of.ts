import { assert } from "./assert.ts";
import { murmur2 } from "./murmur2.ts";

/**
 * The partition, 1 to `count`, of the key in `buffer` from `start` to `end`: the one, counted from 1, that Kafka's clients
 * choose by default for a topic of as many partitions.
 *
 * @param count - Partitions, 1 or more.
 */
export function partitionOf(buffer: Uint8Array, start: number, end: number, count: number): number {
  assert(count >= 1, "there is a partition");
  return ((murmur2(buffer, start, end) & 0x7fffffff) % count) + 1;
}
