/** What a trie holds: something with a subject, wildcards allowed, and the name of a queue group or `""`. */
export interface TrieItem {
  /** The subject in UTF-8. Never changed. */
  readonly subjectBytes: Uint8Array;
  /** The queue group; `""` for a plain item. */
  readonly queue: string;
}

/** One token of the subjects that lead here. Empty nodes are pruned, except the root. */
export class TrieNode<Item extends TrieItem> {
  readonly parent: TrieNode<Item> | undefined;
  readonly token: Uint8Array;
  readonly hash: number;
  /** The next sibling whose token has the same hash; see {@link LiteralChildren}. */
  nextWithHash: TrieNode<Item> | undefined = undefined;
  literals: LiteralChildren<Item> | undefined = undefined;
  star: TrieNode<Item> | undefined = undefined;
  full: TrieNode<Item> | undefined = undefined;
  /** How many literal tokens there are anywhere below this node. */
  literalCount = 0;
  plain: Item[] = [];
  queues: Map<string, Item[]> | undefined = undefined;

  constructor(parent: TrieNode<Item> | undefined, token: Uint8Array, hash: number) {
    this.parent = parent;
    this.token = token;
    this.hash = hash;
  }

  isEmpty(): boolean {
    return (
      this.plain.length === 0 &&
      this.queues === undefined &&
      this.star === undefined &&
      this.full === undefined &&
      this.literals === undefined
    );
  }

  /** Adds the items here and below to `items`. */
  addItemsTo(items: Item[]): void {
    const nodes: TrieNode<Item>[] = [this];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      for (const item of node.plain) items.push(item);
      for (const group of node.queues?.values() ?? []) for (const item of group) items.push(item);
      if (node.star !== undefined) nodes.push(node.star);
      if (node.full !== undefined) nodes.push(node.full);
      node.literals?.addNodesTo(nodes);
    }
  }

  removeItem(item: Item): boolean {
    if (item.queue === "") return removeFrom(this.plain, item);
    const group = this.queues?.get(item.queue);
    if (group === undefined || !removeFrom(group, item)) return false;
    if (group.length === 0) this.queues?.delete(item.queue);
    if (this.queues?.size === 0) this.queues = undefined;
    return true;
  }
}

/** The children of a node by token. Keyed by the token's hash, so that bytes can be looked up without a string. */
export class LiteralChildren<Item extends TrieItem> {
  readonly #byHash: Map<number, TrieNode<Item>> = new Map();

  get isEmpty(): boolean {
    return this.#byHash.size === 0;
  }

  addNodesTo(nodes: TrieNode<Item>[]): void {
    for (const head of this.#byHash.values()) {
      for (
        let node: TrieNode<Item> | undefined = head;
        node !== undefined;
        node = node.nextWithHash
      ) {
        nodes.push(node);
      }
    }
  }

  find(hash: number, buffer: Uint8Array, start: number, end: number): TrieNode<Item> | undefined {
    let node = this.#byHash.get(hash);
    while (node !== undefined && !equals(node.token, buffer, start, end)) node = node.nextWithHash;
    return node;
  }

  add(node: TrieNode<Item>): void {
    node.nextWithHash = this.#byHash.get(node.hash);
    this.#byHash.set(node.hash, node);
  }

  remove(node: TrieNode<Item>): void {
    const head = this.#byHash.get(node.hash);
    if (head === node) {
      if (node.nextWithHash === undefined) this.#byHash.delete(node.hash);
      else this.#byHash.set(node.hash, node.nextWithHash);
      return;
    }
    let previous = head;
    while (previous !== undefined && previous.nextWithHash !== node) {
      previous = previous.nextWithHash;
    }
    if (previous !== undefined) previous.nextWithHash = node.nextWithHash;
  }
}

function removeFrom<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item);
  if (index < 0) return false;
  items.splice(index, 1);
  return true;
}

function equals(token: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  if (token.length !== end - start) return false;
  for (let index = 0; index < token.length; index++) {
    if (token[index] !== buffer[start + index]) return false;
  }
  return true;
}
