/** A message that was delivered, as far as its order is concerned. */
export interface Delivered {
  /** In its partition. */
  readonly sequence: number;
  readonly key: string;
}

/**
 * Where a message is: held back behind an earlier one of its key, offered to who takes messages, out with somebody who took it,
 * failed and held here until it is given back, or given back and awaited.
 */
type State = "waiting" | "offered" | "out" | "failed" | "awaited";

interface Entry<Item> {
  item: Item;
  state: State;
  /** Delivered again while it is out or failed. */
  again: Item | undefined;
}

interface Lane<Item> {
  /** The message of the key that is under way, if one is: no other is offered until it is done. */
  busy: Entry<Item> | undefined;
  /** Those behind it, by sequence. */
  readonly waiting: Entry<Item>[];
}

/** What has become of a message: acknowledged, given up for good, or nothing that the server was told of. */
export type Outcome = "acknowledged" | "given up" | "untold";

/**
 * The order of the messages of one partition at the member that has it: of each key one is under way at a time, the one with the
 * lowest sequence first, and one that has failed stays before those behind it until it is done. It knows nothing of time or of
 * a server.
 */
export class KeyLanes<Item extends Delivered> {
  readonly #offer: (item: Item) => void;
  readonly #lanes = new Map<string, Lane<Item>>();
  /** All that the server counts as delivered and not acknowledged, those that are awaited among them. */
  readonly #entries = new Map<number, Entry<Item>>();
  /** Out, from before it began anew: they hold up their key, and the server may have forgotten them. */
  readonly #left = new Set<Entry<Item>>();
  /** Acknowledged a short while ago, so that the server may not know yet. */
  #done = new Set<number>();
  #doneBefore = new Set<number>();
  #isOpen = false;
  #awaited = 0;

  /** @param offer - Told of each message whose turn it is. */
  constructor(offer: (item: Item) => void) {
    this.#offer = offer;
  }

  /** Messages that are kept here and are not settled. */
  get held(): Item[] {
    const all = [...this.#left, ...this.#entries.values()];
    return all.filter(({ state }) => state !== "awaited").map(({ item, again }) => again ?? item);
  }

  /** How many are kept. */
  get keptCount(): number {
    return this.#entries.size - this.#awaited;
  }

  get awaited(): number {
    return this.#awaited;
  }

  /** Whether any is out. */
  get isOut(): boolean {
    return this.#left.size > 0 || this.#entries.values().some(({ state }) => state === "out");
  }

  /** Whether messages are offered. What is offered and not taken waits again. */
  set isOpen(isOpen: boolean) {
    if (this.#isOpen === isOpen) return;
    this.#isOpen = isOpen;
    if (isOpen) for (const lane of this.#lanes.values()) this.#next(lane);
  }

  /**
   * A message was delivered.
   *
   * @returns `false` if it was acknowledged already, which is to be said again.
   */
  add(item: Item, isAgain: boolean): boolean {
    const { sequence } = item;
    const known = this.#entries.get(sequence);
    if (known === undefined) {
      if (isAgain && (this.#done.has(sequence) || this.#doneBefore.has(sequence))) return false;
      const entry: Entry<Item> = { item, state: "waiting", again: undefined };
      this.#entries.set(sequence, entry);
      this.#wait(entry);
      return true;
    }
    if (known.state === "out" || known.state === "failed") {
      known.again = item;
      return true;
    }
    known.item = item;
    if (known.state === "awaited") {
      this.#awaited--;
      this.#requeue(known);
    }
    return true;
  }

  /** Somebody is about to take what was offered. @returns Whether he may: else it is offered again when it may. */
  claim(item: Item): boolean {
    const entry = this.#entries.get(item.sequence);
    if (entry?.state !== "offered") return false;
    if (this.#isOpen && entry.item === item) {
      entry.state = "out";
      return true;
    }
    this.#requeue(entry);
    return false;
  }

  /** Nobody is busy with it any more: the next one of its key may come. */
  finish(item: Item, outcome: Outcome): void {
    const left = this.#leftOf(item);
    if (left !== undefined) {
      // What the server has delivered again meanwhile is settled with it.
      const again = outcome === "untold" ? undefined : this.#entries.get(item.sequence);
      if (again !== undefined && again.state === "waiting") this.#remove(again);
      this.#endLeft(left);
      return;
    }
    const entry = this.#entries.get(item.sequence);
    if (entry === undefined) return;
    if (outcome === "acknowledged") this.#done.add(item.sequence);
    this.#remove(entry);
  }

  /** It has failed and will come again. @returns Whether it is still of this partition's time; else it is of no concern here. */
  fail(item: Item): boolean {
    const left = this.#leftOf(item);
    if (left !== undefined) {
      this.#endLeft(left);
      return false;
    }
    const entry = this.#entries.get(item.sequence);
    if (entry?.state !== "out") return false;
    entry.state = "failed";
    return true;
  }

  /**
   * The time after a failure is over.
   *
   * @returns What is to be given back to the server; nothing if that has delivered it again, or it is not there any more.
   */
  retry({ sequence }: Item): Item | undefined {
    const entry = this.#entries.get(sequence);
    if (entry?.state !== "failed") return undefined;
    if (entry.again !== undefined) {
      entry.item = entry.again;
      entry.again = undefined;
      this.#requeue(entry);
      return undefined;
    }
    entry.state = "awaited";
    this.#awaited++;
    return entry.item;
  }

  /** None that is awaited will come: their keys go on. */
  forgetAwaited(): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.state === "awaited") this.#remove(entry);
    }
  }

  /** Messages of this partition's time that are kept here: those of {@link held} but what was out before it began anew. */
  get kept(): Item[] {
    const all = [...this.#entries.values()].filter(({ state }) => state !== "awaited");
    return all.map(({ item, again }) => again ?? item);
  }

  /** A while has passed in which the server must have heard of what was acknowledged before it. */
  ageDone(): void {
    this.#doneBefore = this.#done;
    this.#done = new Set();
  }

  /**
   * Begins anew, closed: what comes from now on is another delivery of all of it. What is out stays, and holds up its key.
   *
   * @returns Those that were kept and are not out: forgotten here.
   */
  restart(): Item[] {
    const dropped: Item[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.state === "out") this.#left.add(entry);
      else if (entry.state !== "awaited") dropped.push(entry.again ?? entry.item);
    }
    this.#isOpen = false;
    this.#entries.clear();
    this.#awaited = 0;
    this.#done.clear();
    this.#doneBefore.clear();
    for (const [key, lane] of this.#lanes) {
      lane.waiting.length = 0;
      if (lane.busy !== undefined && this.#left.has(lane.busy)) continue;
      this.#lanes.delete(key);
    }
    return dropped;
  }

  #leftOf(item: Item): Entry<Item> | undefined {
    return this.#left.values().find((entry) => entry.item === item);
  }

  #endLeft(entry: Entry<Item>): void {
    this.#left.delete(entry);
    const lane = this.#lanes.get(entry.item.key);
    if (lane?.busy !== entry) return;
    lane.busy = undefined;
    this.#next(lane);
    this.#tidy(entry.item.key, lane);
  }

  #remove(entry: Entry<Item>): void {
    const { sequence, key } = entry.item;
    this.#entries.delete(sequence);
    if (entry.state === "awaited") this.#awaited--;
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    if (lane.busy === entry) {
      lane.busy = undefined;
      this.#next(lane);
    } else {
      const index = lane.waiting.indexOf(entry);
      if (index >= 0) lane.waiting.splice(index, 1);
    }
    this.#tidy(key, lane);
  }

  #requeue(entry: Entry<Item>): void {
    entry.state = "waiting";
    const lane = this.#lanes.get(entry.item.key);
    if (lane?.busy === entry) lane.busy = undefined;
    this.#wait(entry);
  }

  #wait(entry: Entry<Item>): void {
    const { key, sequence } = entry.item;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { busy: undefined, waiting: [] };
      this.#lanes.set(key, lane);
    }
    // Nearly always the last one.
    let index = lane.waiting.length;
    while (index > 0 && (lane.waiting[index - 1] as Entry<Item>).item.sequence > sequence) index--;
    lane.waiting.splice(index, 0, entry);
    this.#next(lane);
  }

  #next(lane: Lane<Item>): void {
    if (!this.#isOpen || lane.busy !== undefined) return;
    const entry = lane.waiting.shift();
    if (entry === undefined) return;
    lane.busy = entry;
    entry.state = "offered";
    this.#offer(entry.item);
  }

  #tidy(key: string, lane: Lane<Item>): void {
    if (lane.busy === undefined && lane.waiting.length === 0) this.#lanes.delete(key);
  }
}
