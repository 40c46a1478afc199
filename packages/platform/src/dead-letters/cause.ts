import { createHash } from "node:crypto";
import type { DeadLetter, DeadLetterCause } from "oxbow/control";

/** Causes that are told apart; the rest is counted together. */
const causesMax = 100;
/** Of what a member or the gate said, so much tells causes apart. */
const errorCharsMax = 256;

/** What dead letters of one cause have in common, as 16 characters of hexadecimal. */
export function causeOf(letter: DeadLetter): string {
  const { group, reason, schema, rule, path, error } = letter;
  const text = JSON.stringify([group, reason, schema, rule, placeless(path), numberless(error)]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Counts dead letters by their causes, as they are found: oldest first. */
export class CauseCounter {
  readonly #causes = new Map<string, DeadLetterCause>();
  #count = 0;
  #others = 0;

  add(letter: DeadLetter): void {
    this.#count++;
    const id = causeOf(letter);
    const known = this.#causes.get(id);
    if (known === undefined && this.#causes.size === causesMax) {
      this.#others++;
      return;
    }
    const { group, reason, schema, rule, path, error, diedAt } = letter;
    const first = known ?? { firstAt: diedAt, count: 0 };
    const counted = { count: first.count + 1, firstAt: first.firstAt, lastAt: diedAt };
    this.#causes.set(id, { id, group, reason, schema, rule, path, error, ...counted });
  }

  /** The most frequent first. */
  counted(): { causes: DeadLetterCause[]; count: number; others: number } {
    const causes = [...this.#causes.values()].sort((a, b) => b.count - a.count);
    return { causes, count: this.#count, others: this.#others };
  }
}

/** `message 17 timed out` and `message 18 timed out` are the same; so are ids and long words of hexadecimal. */
function numberless(error: string): string {
  return error.slice(0, errorCharsMax).replaceAll(/\b[0-9a-f]{8,}\b|\d+/gi, "#");
}

/** `items[3].price` and `items/4/price` are as good as any other of the items. */
function placeless(path: string | null): string | null {
  return path?.replaceAll(/\d+/g, "#") ?? null;
}
