const firstBucketCount = 256;
const pairBucketCount = 1024;

/** Slots of the counters: two single ones, then a range per kind of bucket. */
const anySlot = 0;
const wildFirstSlot = 1;
const underFirstBase = 2;
const wildSecondBase = underFirstBase + firstBucketCount;
const pairBase = wildSecondBase + firstBucketCount;
const slotCount = pairBase + pairBucketCount;

const dot = 0x2e;
const star = 0x2a;
const full = 0x3e;

/**
 * Counts the changes to a set of subscriptions by where they fall, so that a cached match can tell whether any change
 * since could concern it, without being told of each one.
 *
 * A match depends on its subject's leading tokens. A change whose first two tokens are literals can only concern
 * subjects that begin with the same two, so it moves one of many buckets; request-reply traffic, with a subscription
 * to a fresh inbox per request, therefore leaves all other cached matches alone. Wildcards in the first two tokens
 * move wider counters. Buckets are shared by hash: a clash costs a needless new match, never a wrong one.
 */
export class ChangeCounters {
  /** Counters only grow, so the sum of several is unchanged exactly if each one is: one number is a full stamp. */
  readonly #counts: Float64Array = new Float64Array(slotCount);

  /** Records that a subscription to the subject in `[start, end)` was added or removed. */
  record(subject: Uint8Array, start: number, end: number): void {
    this.#bump(anySlot);
    const firstEnd = tokenEnd(subject, start, end);
    if (isWildcard(subject, start, firstEnd)) {
      this.#bump(wildFirstSlot);
      return;
    }
    const first = hashBytes(subject, start, firstEnd);
    this.#bump(underFirstBase + (first & (firstBucketCount - 1)));
    const secondEnd = firstEnd < end ? tokenEnd(subject, firstEnd + 1, end) : end;
    if (firstEnd < end && isWildcard(subject, firstEnd + 1, secondEnd)) {
      this.#bump(wildSecondBase + (first & (firstBucketCount - 1)));
    } else {
      this.#bump(pairBase + (hashBytes(subject, start, secondEnd) & (pairBucketCount - 1)));
    }
  }

  /**
   * Makes `dependency` say which changes concern a match that depends on the first `depth` tokens of the subject in
   * `[start, end)`, and stamps it with the present counts.
   */
  depend(
    dependency: ChangeDependency,
    subject: Uint8Array,
    start: number,
    end: number,
    depth: number,
  ): void {
    if (depth === 0) {
      dependency.slotA = dependency.slotB = dependency.slotC = anySlot;
    } else {
      const firstEnd = tokenEnd(subject, start, end);
      const first = hashBytes(subject, start, firstEnd) & (firstBucketCount - 1);
      dependency.slotA = wildFirstSlot;
      if (depth === 1 && firstEnd < end) {
        dependency.slotB = dependency.slotC = underFirstBase + first;
      } else {
        const secondEnd = firstEnd < end ? tokenEnd(subject, firstEnd + 1, end) : end;
        const pair = hashBytes(subject, start, secondEnd) & (pairBucketCount - 1);
        dependency.slotB = wildSecondBase + first;
        dependency.slotC = pairBase + pair;
      }
    }
    dependency.stamp = this.#sum(dependency);
  }

  /** Whether nothing that concerns `dependency` has changed since it was stamped. */
  isCurrent(dependency: ChangeDependency): boolean {
    return dependency.stamp === this.#sum(dependency);
  }

  #sum(dependency: ChangeDependency): number {
    const counts = this.#counts;
    // The slots come from `depend` alone, so they are in range.
    return (
      (counts[dependency.slotA] as number) +
      (counts[dependency.slotB] as number) +
      (counts[dependency.slotC] as number)
    );
  }

  #bump(slot: number): void {
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }
}

/** What {@link ChangeCounters.depend} fills in: the counters a cached match hangs on, and their sum at that time. */
export interface ChangeDependency {
  slotA: number;
  slotB: number;
  slotC: number;
  stamp: number;
}

/** Where the token that begins at `start` ends: at the next dot, or at `end`. */
export function tokenEnd(subject: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && subject[index] !== dot) index++;
  return index;
}

function isWildcard(subject: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && (subject[start] === star || subject[start] === full);
}

/** FNV-1a with its bits folded down, since only the low ones choose a bucket. */
function hashBytes(subject: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (subject[index] as number), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
