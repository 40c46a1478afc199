import type { ChangeCounters, ChangeDependency } from "./change-counters.ts";
import { emptyMatch, type MatchResult, type SubjectTrie } from "./subject-trie.ts";
import type { TrieItem } from "./trie-node.ts";

const dot = 0x2e;

/** Entries a table holds at most; above, an old entry makes room for each new one. */
const tableSizeMax = 4096;
const tableSizeMin = 64;
/** How many neighbouring slots an entry may lie in. */
const probeCount = 4;
/** Results are kept by prefix only for prefixes of fewer tokens: one bit each in {@link MatchCache.#depths}. */
const prefixDepthEnd = 31;
/** Results are kept by prefix only for subjects of fewer tokens. */
const prefixTokenCountEnd = 64;

/** What a cache does and holds. */
export interface MatchCacheStats {
  /** Subjects looked up, and those of them that were not in the cache. */
  readonly matches: number;
  readonly misses: number;
  /** Results it holds, the subscriptions in them, and in the largest. */
  readonly entries: number;
  readonly fanout: number;
  readonly fanoutMax: number;
}

/**
 * A cache of matches in front of a {@link SubjectTrie}, looked up by bytes.
 *
 * A subject that many messages share is found whole. Reply subjects are made for one message each
 * (`_INBOX.<id>.<request>`, `$JS.ACK.<stream>.<consumer>.1.2.3…`), so no cache of whole subjects ever holds them; but
 * what they match is decided by their leading tokens. Where the trie says so, the result is kept under those tokens and
 * the number of all tokens. A lookup reads the subject once, probing at each dot that ends a prefix of a length in use.
 *
 * Entries are not removed when subscriptions change: each is stamped by {@link ChangeCounters} and checked when found.
 */
export class MatchCache<Item extends TrieItem> {
  readonly #trie: SubjectTrie<Item>;
  readonly #changes: ChangeCounters;
  readonly #subjects: EntryTable<Item> = new EntryTable<Item>();
  readonly #prefixes: EntryTable<Item> = new EntryTable<Item>();
  /** The last subject that was found whole: a publisher often keeps to one, and then even hashing is saved. */
  #last: CacheEntry<Item> | undefined;
  /** The prefix that was found last, for the same reason. */
  #lastPrefix: CacheEntry<Item> | undefined;
  /** Bit `d` is set once some prefix of `d` tokens was kept. */
  #depths = 0;
  #matchCount = 0;
  #missCount = 0;

  constructor(trie: SubjectTrie<Item>) {
    this.#trie = trie;
    this.#changes = trie.changes;
  }

  /** What the subject in `[start, end)` of `buffer` matches. */
  match(buffer: Uint8Array, start: number, end: number): MatchResult<Item> {
    this.#matchCount++;
    const last = this.#last;
    if (last?.hasKey(buffer, start, end) && this.#changes.isCurrent(last)) {
      return last.results[0] as MatchResult<Item>;
    }
    const lastPrefix = this.#lastPrefix;
    if (lastPrefix?.isPrefixOf(buffer, start, end) && this.#changes.isCurrent(lastPrefix)) {
      const restStart = start + lastPrefix.keySize + 1;
      return this.#matchRest(lastPrefix, buffer, start, restStart, end, lastPrefix.depth);
    }
    const depths = this.#depths;
    if ((depths & 1) !== 0) {
      const entry = this.#findPrefix(0, buffer, start, start);
      if (entry !== undefined) return this.#matchRest(entry, buffer, start, start, end, 0);
    }
    let hash = hashStart;
    let tokenCount = 1;
    let previousDot = start - 1;
    for (let index = start; index < end; index++) {
      const byte = buffer[index] as number;
      if (byte === dot) {
        if (index - previousDot === 1) return emptyMatch;
        previousDot = index;
        if ((depths & (1 << tokenCount)) !== 0 && tokenCount < prefixDepthEnd) {
          const entry = this.#findPrefix(hash, buffer, start, index);
          if (entry !== undefined) {
            return this.#matchRest(entry, buffer, start, index + 1, end, tokenCount);
          }
        }
        tokenCount++;
      }
      hash = ((hash << 5) + hash + byte) | 0;
    }
    if (end - previousDot === 1) return emptyMatch;
    const entry = this.#subjects.find(hash, buffer, start, end);
    if (entry !== undefined && this.#changes.isCurrent(entry)) {
      this.#last = entry;
      return entry.results[0] as MatchResult<Item>;
    }
    return this.#fill(hash, buffer, start, end, tokenCount);
  }

  /** Not for hot paths. */
  stats(): MatchCacheStats {
    let entries = 0;
    let fanout = 0;
    let fanoutMax = 0;
    for (const { plain, queues } of [...this.#subjects.results(), ...this.#prefixes.results()]) {
      const size = plain.length + queues.length;
      entries++;
      fanout += size;
      fanoutMax = Math.max(fanoutMax, size);
    }
    return { matches: this.#matchCount, misses: this.#missCount, entries, fanout, fanoutMax };
  }

  #findPrefix(
    hash: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): CacheEntry<Item> | undefined {
    const entry = this.#prefixes.find(hash, buffer, start, end);
    if (entry === undefined || !this.#changes.isCurrent(entry)) return undefined;
    if (entry.depth > 0) this.#lastPrefix = entry;
    return entry;
  }

  /** The result for a subject with the prefix of `entry`, whose token number `depth` (from 0) begins at `restStart`. */
  #matchRest(
    entry: CacheEntry<Item>,
    buffer: Uint8Array,
    start: number,
    restStart: number,
    end: number,
    depth: number,
  ): MatchResult<Item> {
    let tokenCount = depth + 1;
    let tokenStart = restStart;
    for (let index = restStart; index < end; index++) {
      if (buffer[index] !== dot) continue;
      if (index === tokenStart) return emptyMatch;
      tokenStart = index + 1;
      tokenCount++;
    }
    if (tokenStart === end) return emptyMatch;
    const known = tokenCount < prefixTokenCountEnd ? entry.results[tokenCount] : undefined;
    if (known !== undefined) return known;
    this.#missCount++;
    const result = this.#trie.match(buffer, start, end).result;
    if (tokenCount < prefixTokenCountEnd) entry.setResult(tokenCount, result);
    return result;
  }

  #fill(
    subjectHash: number,
    buffer: Uint8Array,
    start: number,
    end: number,
    tokenCount: number,
  ): MatchResult<Item> {
    this.#missCount++;
    const { result, depth } = this.#trie.match(buffer, start, end);
    if (depth >= tokenCount || depth >= prefixDepthEnd || tokenCount >= prefixTokenCountEnd) {
      const entry = this.#subjects.claim(subjectHash, buffer, start, end, this.#changes);
      this.#changes.depend(entry, buffer, start, end, tokenCount);
      entry.results[0] = result;
      return result;
    }
    const prefixEnd = endOfTokens(buffer, start, end, depth);
    const hash = depth === 0 ? 0 : hashBytes(buffer, start, prefixEnd);
    const entry = this.#prefixes.claim(hash, buffer, start, prefixEnd, this.#changes);
    this.#changes.depend(entry, buffer, start, end, depth);
    entry.depth = depth;
    entry.setResult(tokenCount, result);
    this.#depths |= 1 << depth;
    return result;
  }
}

/** A subject or prefix with what it matches; by number of tokens if it is a prefix, else at index 0. */
class CacheEntry<Item> implements ChangeDependency {
  hash: number;
  key: Uint8Array;
  keySize = 0;
  /** Tokens in the key, if it is a prefix. */
  depth = 0;
  slotA = 0;
  slotB = 0;
  slotC = 0;
  stamp = -1;
  results: (MatchResult<Item> | undefined)[] = [];

  constructor(hash: number, keySizeMin: number) {
    this.hash = hash;
    this.key = new Uint8Array(Math.max(keySizeMin, 32));
  }

  setKey(hash: number, buffer: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (size > this.key.length) this.key = new Uint8Array(size * 2);
    for (let index = 0; index < size; index++) this.key[index] = buffer[start + index] as number;
    this.hash = hash;
    this.keySize = size;
    this.results = [];
  }

  setResult(tokenCount: number, result: MatchResult<Item>): void {
    // Filled from the front, so that the array stays a plain one whatever count comes first.
    while (this.results.length <= tokenCount) this.results.push(undefined);
    this.results[tokenCount] = result;
  }

  hasKey(buffer: Uint8Array, start: number, end: number): boolean {
    return this.keySize === end - start && this.#equals(buffer, start);
  }

  /** Whether the subject in `[start, end)` goes on with a dot after the key, which is not empty. */
  isPrefixOf(buffer: Uint8Array, start: number, end: number): boolean {
    const keyEnd = start + this.keySize;
    return (
      this.keySize > 0 && keyEnd < end && buffer[keyEnd] === dot && this.#equals(buffer, start)
    );
  }

  #equals(buffer: Uint8Array, start: number): boolean {
    const key = this.key;
    // From the end, where subjects of one kind differ.
    for (let index = this.keySize - 1; index >= 0; index--) {
      if (key[index] !== buffer[start + index]) return false;
    }
    return true;
  }
}

/** A bounded hash table in which an entry lies in one of a few neighbouring slots, and old entries are overwritten. */
class EntryTable<Item> {
  #slots: (CacheEntry<Item> | undefined)[] = new Array(tableSizeMin + probeCount).fill(undefined);
  #mask = tableSizeMin - 1;
  #victim = 0;

  find(hash: number, buffer: Uint8Array, start: number, end: number): CacheEntry<Item> | undefined {
    const first = slotOf(hash, this.#mask);
    for (let index = first; index < first + probeCount; index++) {
      const entry = this.#slots[index];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && entry.hasKey(buffer, start, end)) return entry;
    }
    return undefined;
  }

  /** An entry for the key, without results: its old one, a new one, or that of another key. */
  claim(
    hash: number,
    buffer: Uint8Array,
    start: number,
    end: number,
    changes: ChangeCounters,
  ): CacheEntry<Item> {
    const first = slotOf(hash, this.#mask);
    let free = -1;
    for (let index = first; index < first + probeCount; index++) {
      const entry = this.#slots[index];
      if (entry === undefined) {
        const added = new CacheEntry<Item>(hash, end - start);
        this.#slots[index] = added;
        added.setKey(hash, buffer, start, end);
        return added;
      }
      if (entry.hash === hash && entry.hasKey(buffer, start, end)) {
        entry.results = [];
        return entry;
      }
      if (free < 0 && !changes.isCurrent(entry)) free = index;
    }
    if (free < 0 && this.#mask + 1 < tableSizeMax) {
      this.#grow();
      return this.claim(hash, buffer, start, end, changes);
    }
    if (free < 0) {
      this.#victim = (this.#victim + 1) % probeCount;
      free = first + this.#victim;
    }
    const reused = this.#slots[free] as CacheEntry<Item>;
    reused.setKey(hash, buffer, start, end);
    return reused;
  }

  /** All results it holds, current or not. */
  *results(): Generator<MatchResult<Item>> {
    for (const entry of this.#slots) {
      for (const result of entry?.results ?? []) if (result !== undefined) yield result;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = (this.#mask + 1) * 4 - 1;
    this.#slots = new Array(this.#mask + 1 + probeCount).fill(undefined);
    for (const entry of old) {
      if (entry === undefined) continue;
      const first = slotOf(entry.hash, this.#mask);
      for (let index = first; index < first + probeCount; index++) {
        if (this.#slots[index] !== undefined) continue;
        this.#slots[index] = entry;
        break;
      }
    }
  }
}

const hashStart = 5381;

/** The hash that {@link MatchCache.match} computes on the way: quick, since each key found is compared in full. */
function hashBytes(buffer: Uint8Array, start: number, end: number): number {
  let hash = hashStart;
  for (let index = start; index < end; index++) {
    hash = ((hash << 5) + hash + (buffer[index] as number)) | 0;
  }
  return hash;
}

function slotOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash, 0x9e3779b1);
  return (mixed >>> 16) & mask;
}

/** Where the first `tokenCount` tokens end. */
function endOfTokens(buffer: Uint8Array, start: number, end: number, tokenCount: number): number {
  let index = start;
  for (let passed = 0; index < end; index++) {
    if (buffer[index] === dot && ++passed === tokenCount) return index;
  }
  return tokenCount === 0 ? start : end;
}
