const INITIAL_SLOTS = 64;

/** Finds the newest message of a subject below a sequence; there is one. */
export type FindLast = (id: number, below: number) => number;

/**
 * The subjects of a log: each distinct one gets an id from 1 and the count and last sequence of its messages.
 *
 * Look-up is by bytes, without a string: an open-addressed table of ids over an arena that holds the subjects' bytes.
 * An id whose count has gone to 0 is given to the next new subject once `release` said so; `epoch` then rises, which
 * tells those who remember something for each id to forget it.
 */
export class SubjectTable {
  #slots = new Int32Array(INITIAL_SLOTS);
  #hashes = new Int32Array(INITIAL_SLOTS);
  #starts = new Float64Array(INITIAL_SLOTS);
  #sizes = new Uint16Array(INITIAL_SLOTS);
  /** Two numbers an id: its messages, and the newest one; negative where that is gone: the next is below the number. */
  #tallies = new Float64Array(INITIAL_SLOTS * 2);
  readonly #findLast: FindLast;
  #arena: Buffer = Buffer.allocUnsafeSlow(1024);
  #arenaUsed = 0;
  #arenaWasted = 0;
  #idEnd = 1;
  #free: number[] = [];
  #liveCount = 0;
  #usedSlots = 0;
  #recentId = 0;
  #recentStart = 0;
  /** Size of the subject that was found last; -1 if it is to be searched. */
  #recentSize = -1;
  /** Rises when an id comes to stand for another subject. */
  epoch = 0;

  /** `findLast` is asked when the newest message of a subject was removed and the one before it is wanted. */
  constructor(findLast: FindLast) {
    this.#findLast = findLast;
  }

  /** Ids in use lie in `[1, idEnd)`. */
  get idEnd(): number {
    return this.#idEnd;
  }

  /** Subjects that have at least one message. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** Bytes of memory held. */
  get memorySize(): number {
    return this.#arena.length + this.#slots.length * 4 + this.#hashes.length * 26;
  }

  count(id: number): number {
    return this.#tallies[id * 2] as number;
  }

  /** The highest sequence of the subject's messages, 0 if none. */
  last(id: number): number {
    const last = this.#tallies[id * 2 + 1] as number;
    if (last >= 0) return last;
    const found = this.#findLast(id, -last);
    this.#tallies[id * 2 + 1] = found;
    return found;
  }

  /** The id of a subject, 0 if it has none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (this.#isRecent(bytes, start, end)) return this.#recentId;
    const hash = hashBytes(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] as number;
      if (id === 0) return 0;
      if (id > 0 && this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) {
        this.#recentId = id;
        this.#recentStart = this.#starts[id] as number;
        this.#recentSize = end - start;
        return id;
      }
    }
  }

  /** The id of a subject, given to it now if it has none. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const found = this.find(bytes, start, end);
    return found !== 0 ? found : this.#add(bytes, start, end);
  }

  /** Notes a message of the subject. */
  added(id: number, sequence: number): void {
    const tallies = this.#tallies;
    const count = tallies[id * 2] as number;
    if (count === 0) this.#liveCount++;
    tallies[id * 2] = count + 1;
    if (sequence > (tallies[id * 2 + 1] as number)) tallies[id * 2 + 1] = sequence;
  }

  /**
   * Notes that a message of the subject is gone; returns how many are left. Which is the newest then is searched when
   * somebody asks, for a search at each of many removals would cost their square.
   */
  removed(id: number, sequence: number): number {
    const tallies = this.#tallies;
    const count = (tallies[id * 2] as number) - 1;
    tallies[id * 2] = count;
    if (count === 0) {
      this.#liveCount--;
      tallies[id * 2 + 1] = 0;
    } else if (tallies[id * 2 + 1] === sequence) {
      tallies[id * 2 + 1] = -sequence;
    }
    return count;
  }

  /** Gives up the id of a subject that has no message left. */
  release(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[id] as number) & mask;
    while (this.#slots[slot] !== id) slot = (slot + 1) & mask;
    this.#slots[slot] = -1;
    this.#arenaWasted += this.#sizes[id] as number;
    this.#free.push(id);
    if (id === this.#recentId) this.#recentSize = -1;
  }

  /** The subject of an id. */
  name(id: number): string {
    const start = this.#starts[id] as number;
    return this.#arena.toString("utf8", start, start + (this.#sizes[id] as number));
  }

  /** The bytes of a subject, each as one character: what is no UTF-8 stays as it is. */
  byteString(id: number): string {
    const start = this.#starts[id] as number;
    return this.#arena.toString("latin1", start, start + (this.#sizes[id] as number));
  }

  /**
   * Whether it is the subject that was found last, as in a log of one subject it always is. That is decided from one
   * array instead of five, which counts where a thousand logs take turns and nothing of them is in the cache.
   */
  #isRecent(bytes: Uint8Array, start: number, end: number): boolean {
    const size = end - start;
    if (size !== this.#recentSize) return false;
    const arena = this.#arena;
    const from = this.#recentStart;
    // From the end, where subjects of one stream differ.
    for (let i = size - 1; i >= 0; i--) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const size = end - start;
    if (this.#sizes[id] !== size) return false;
    const arena = this.#arena;
    const from = this.#starts[id] as number;
    for (let i = 0; i < size; i++) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number): number {
    if ((this.#usedSlots + 1) * 2 > this.#slots.length) this.#rehash();
    const reused = this.#free.pop();
    const id = reused ?? this.#idEnd++;
    if (reused !== undefined) this.epoch++;
    if (id >= this.#hashes.length) this.#growIds();
    const size = end - start;
    if (this.#arenaUsed + size > this.#arena.length) this.#growArena(size);
    this.#arena.set(bytes.subarray(start, end), this.#arenaUsed);
    this.#starts[id] = this.#arenaUsed;
    this.#arenaUsed += size;
    this.#sizes[id] = size;
    this.#hashes[id] = hashBytes(bytes, start, end);
    this.#tallies[id * 2] = 0;
    this.#tallies[id * 2 + 1] = 0;
    this.#place(id);
    return id;
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[id] as number) & mask;
    while ((this.#slots[slot] as number) > 0) slot = (slot + 1) & mask;
    if (this.#slots[slot] === 0) this.#usedSlots++;
    this.#slots[slot] = id;
  }

  /** Drops the marks of released ids and doubles the table where it is really half full. */
  #rehash(): void {
    const held = this.#idEnd - 1 - this.#free.length;
    const size = (held + 1) * 4 > this.#slots.length ? this.#slots.length * 2 : this.#slots.length;
    const old = this.#slots;
    this.#slots = new Int32Array(size);
    this.#usedSlots = 0;
    for (const id of old) if (id > 0) this.#place(id);
  }

  #growIds(): void {
    const size = this.#hashes.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(size));
    this.#starts = grown(this.#starts, new Float64Array(size));
    this.#sizes = grown(this.#sizes, new Uint16Array(size));
    this.#tallies = grown(this.#tallies, new Float64Array(size * 2));
  }

  /** Makes room for `size` bytes by closing the gaps of released subjects, in a larger arena where that is not enough. */
  #growArena(size: number): void {
    const needed = this.#arenaUsed - this.#arenaWasted + size;
    let capacity = 1024;
    while (capacity < needed * 1.5) capacity *= 2;
    const target = Buffer.allocUnsafeSlow(capacity);
    let used = 0;
    for (const id of this.#slots) {
      if (id <= 0) continue;
      const start = this.#starts[id] as number;
      this.#arena.copy(target, used, start, start + (this.#sizes[id] as number));
      this.#starts[id] = used;
      used += this.#sizes[id] as number;
    }
    this.#arena = target;
    this.#recentSize = -1;
    this.#arenaUsed = used;
    this.#arenaWasted = 0;
  }
}

function grown<T extends Int32Array | Float64Array | Uint16Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}

/** FNV-1a over the bytes, finished with a shift so that the low bits, which pick the slot, depend on all of them. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
