import type { Random } from "@oxbow/base";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CONSUMER_NAME_SIZE = 8;

/** `size` random letters and digits: names of consumers (8), ids of advisories (22). */
export function randomName(random: Random, size: number): string {
  let name = "";
  for (let i = 0; i < size; i++) name += LETTERS[random.below(LETTERS.length)];
  return name;
}

/** A name for a consumer that was given none. */
export function randomConsumerName(random: Random): string {
  return randomName(random, CONSUMER_NAME_SIZE);
}
