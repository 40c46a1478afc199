import type { Random } from "@oxbow/base";

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const letterCount = 8;

/** A name for a user that nobody has configured, and that no configured one has by chance. */
export function makeGuestName(random: Random): string {
  let name = "nats-";
  for (let index = 0; index < letterCount; index++) name += letters[random.below(letters.length)];
  return name;
}
