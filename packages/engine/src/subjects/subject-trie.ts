import { ChangeCounters, tokenEnd } from "./change-counters.ts";
import { LiteralChildren, type TrieItem, TrieNode } from "./trie-node.ts";

const star = 0x2a;
const full = 0x3e;

/**
 * What a subject matches. A snapshot: never changed once made, so it can be walked while items come and go; an item
 * must therefore know itself whether it is still wanted.
 */
export interface MatchResult<Item> {
  /** Items outside queue groups: each gets the message. */
  readonly plain: readonly Item[];
  /** Items by queue group, none empty: one of each gets the message. */
  readonly queues: readonly (readonly Item[])[];
}

/** The result of a match that found nothing. */
export const emptyMatch: MatchResult<never> = { plain: [], queues: [] };

/** What {@link SubjectTrie.match} found. Reused by the next match, so take what is needed at once. */
export interface TrieMatch<Item> {
  result: MatchResult<Item>;
  /**
   * How many leading tokens decide the result: every subject with the same first `depth` tokens and the same number
   * of tokens matches the same items, because below them the trie branches by wildcards only.
   */
  depth: number;
}

/**
 * Finds the items whose subject, which may hold the wildcards `*` (one token) and `>` (one or more tokens at the end),
 * matches a literal subject. Works on bytes, one level of the trie per token.
 *
 * The subjects of items must be valid (see `isValidSubject`); a subject to match may hold anything, and matches
 * nothing if it has an empty token.
 */
export class SubjectTrie<Item extends TrieItem> {
  /** Counts what changes, for caches in front of this trie. */
  readonly changes: ChangeCounters = new ChangeCounters();
  readonly #seed: number;
  readonly #root: TrieNode<Item> = new TrieNode<Item>(undefined, noBytes, 0);
  readonly #match: TrieMatch<Item> = { result: emptyMatch, depth: 0 };
  #frontier: TrieNode<Item>[] = [];
  #next: TrieNode<Item>[] = [];
  #plain: Item[] = [];
  #queues: Map<string, Item[]> | undefined;
  #count = 0;

  /** @param seed - Any 32-bit number, best a random one: it makes clashes of token hashes unpredictable. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** How many items it holds. */
  get count(): number {
    return this.#count;
  }

  /** Adds `item`, which must not be in yet. */
  insert(item: Item): void {
    const subject = item.subjectBytes;
    let node = this.#root;
    let createdCount = 0;
    for (let start = 0; start <= subject.length; ) {
      const end = tokenEnd(subject, start, subject.length);
      let child = this.#findChild(node, subject, start, end);
      if (child === undefined) {
        child = this.#createChild(node, subject, start, end);
        createdCount++;
      }
      node = child;
      start = end + 1;
    }
    countCreated(node, createdCount);
    if (item.queue === "") {
      node.plain.push(item);
    } else {
      node.queues ??= new Map();
      const group = node.queues.get(item.queue);
      if (group === undefined) node.queues.set(item.queue, [item]);
      else group.push(item);
    }
    this.#count++;
    this.changes.record(subject, 0, subject.length);
  }

  /** Takes `item` out, and with it the nodes that only it needed. Returns whether it was in. */
  remove(item: Item): boolean {
    const subject = item.subjectBytes;
    let node: TrieNode<Item> | undefined = this.#root;
    for (let start = 0; start <= subject.length; ) {
      const end = tokenEnd(subject, start, subject.length);
      node = this.#findChild(node, subject, start, end);
      if (node === undefined) return false;
      start = end + 1;
    }
    if (!node.removeItem(item)) return false;
    prune(node);
    this.#count--;
    this.changes.record(subject, 0, subject.length);
    return true;
  }

  /** Calls `visit` for each item, in no particular order. */
  forEach(visit: (item: Item) => void): void {
    const items: Item[] = [];
    this.#root.addItemsTo(items);
    // After the walk, so that `visit` may insert and remove.
    for (const item of items) visit(item);
  }

  /** Matches the subject in `[start, end)` of `buffer`. The returned object is reused by the next call. */
  match(buffer: Uint8Array, start: number, end: number): TrieMatch<Item> {
    const match = this.#match;
    match.depth = -1;
    this.#frontier.push(this.#root);
    this.#walk(buffer, start, end, match);
    this.#frontier.length = 0;
    match.result = this.#takeResult();
    return match;
  }

  /** Goes down one level per token, with all the nodes that match so far as the frontier. */
  #walk(buffer: Uint8Array, start: number, end: number, match: TrieMatch<Item>): void {
    let depth = 0;
    let tokenStart = start;
    for (;;) {
      if (match.depth < 0 && this.#frontier.every(hasNoLiteralBelow)) match.depth = depth;
      const tokenStop = tokenEnd(buffer, tokenStart, end);
      const isLast = tokenStop === end;
      if (tokenStop === tokenStart) {
        // An empty token: the subject matches nothing, whatever the first tokens matched.
        this.#discard();
        match.depth = depth + 1;
        return;
      }
      // With nothing left to follow, the rest is only read to see that it has no empty token.
      const isDead = this.#frontier.length === 0;
      const hash = isDead ? 0 : hashToken(buffer, tokenStart, tokenStop, this.#seed);
      for (const node of this.#frontier) {
        if (node.full !== undefined) this.#collect(node.full);
        const literal = node.literals?.find(hash, buffer, tokenStart, tokenStop);
        if (literal !== undefined) this.#next.push(literal);
        if (node.star !== undefined) this.#next.push(node.star);
      }
      const passed = this.#frontier;
      passed.length = 0;
      this.#frontier = this.#next;
      this.#next = passed;
      depth++;
      if (isLast) break;
      tokenStart = tokenStop + 1;
    }
    if (match.depth < 0) match.depth = depth;
    for (const node of this.#frontier) this.#collect(node);
  }

  #collect(node: TrieNode<Item>): void {
    for (const item of node.plain) this.#plain.push(item);
    if (node.queues === undefined) return;
    this.#queues ??= new Map();
    for (const [name, items] of node.queues) {
      const group = this.#queues.get(name);
      if (group === undefined) this.#queues.set(name, items.slice());
      else for (const item of items) group.push(item);
    }
  }

  #discard(): void {
    this.#plain.length = 0;
    this.#queues = undefined;
  }

  #takeResult(): MatchResult<Item> {
    if (this.#plain.length === 0 && this.#queues === undefined) return emptyMatch;
    const result = {
      plain: this.#plain,
      queues: this.#queues === undefined ? emptyMatch.queues : [...this.#queues.values()],
    };
    this.#plain = [];
    this.#queues = undefined;
    return result;
  }

  #createChild(
    node: TrieNode<Item>,
    subject: Uint8Array,
    start: number,
    end: number,
  ): TrieNode<Item> {
    if (end - start === 1 && subject[start] === star) {
      node.star = new TrieNode<Item>(node, starToken, 0);
      return node.star;
    }
    if (end - start === 1 && subject[start] === full) {
      node.full = new TrieNode<Item>(node, fullToken, 0);
      return node.full;
    }
    const hash = hashToken(subject, start, end, this.#seed);
    const child = new TrieNode<Item>(node, subject.slice(start, end), hash);
    node.literals ??= new LiteralChildren<Item>();
    node.literals.add(child);
    return child;
  }

  #findChild(
    node: TrieNode<Item>,
    subject: Uint8Array,
    start: number,
    end: number,
  ): TrieNode<Item> | undefined {
    if (end - start === 1 && subject[start] === star) return node.star;
    if (end - start === 1 && subject[start] === full) return node.full;
    return node.literals?.find(hashToken(subject, start, end, this.#seed), subject, start, end);
  }
}

const noBytes = new Uint8Array(0);
const starToken = new Uint8Array([star]);
const fullToken = new Uint8Array([full]);

/** Whether `node`, which is not the root, stands for a literal token. */
function isLiteral<Item extends TrieItem>(node: TrieNode<Item>): boolean {
  return node.token !== starToken && node.token !== fullToken;
}

/** Brings `literalCount` up to date after the last `createdCount` nodes of the way down to `leaf` were made. */
function countCreated<Item extends TrieItem>(leaf: TrieNode<Item>, createdCount: number): void {
  let literalCount = 0;
  let left = createdCount;
  for (let node = leaf; node.parent !== undefined; node = node.parent) {
    if (left > 0) {
      left--;
      if (isLiteral(node)) literalCount++;
    }
    if (literalCount > 0) node.parent.literalCount += literalCount;
    else if (left === 0) return;
  }
}

/** Takes out the nodes from `leaf` up that nothing needs any more. */
function prune<Item extends TrieItem>(leaf: TrieNode<Item>): void {
  let literalCount = 0;
  for (let node = leaf; node.parent !== undefined; node = node.parent) {
    const parent: TrieNode<Item> = node.parent;
    if (node.isEmpty()) {
      if (parent.star === node) {
        parent.star = undefined;
      } else if (parent.full === node) {
        parent.full = undefined;
      } else {
        parent.literals?.remove(node);
        if (parent.literals?.isEmpty) parent.literals = undefined;
        literalCount++;
      }
    }
    parent.literalCount -= literalCount;
  }
}

function hasNoLiteralBelow<Item extends TrieItem>(node: TrieNode<Item>): boolean {
  return node.literalCount === 0;
}

/** Seeded, because a chain of tokens with one hash is walked: nobody should be able to build a long one. */
function hashToken(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (buffer[index] as number), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
