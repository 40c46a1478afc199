import type { Page } from "oxbow/control";

/** The first items by name, behind one, of all that are offered in whatever order; it holds no more than those. */
export class FirstByName<Item extends { readonly name: string }> {
  readonly #after: string;
  readonly #limit: number;
  readonly #items: Item[] = [];
  #total = 0;
  #isMore = false;

  constructor(after: string, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  offer(item: Item): void {
    this.#total++;
    if (item.name <= this.#after) return;
    this.#items.splice(this.#placeOf(item.name), 0, item);
    if (this.#items.length <= this.#limit) return;
    this.#items.pop();
    this.#isMore = true;
  }

  page(): Page<Item> {
    const next = this.#isMore ? (this.#items.at(-1)?.name ?? null) : null;
    return { items: this.#items, total: this.#total, next };
  }

  #placeOf(name: string): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#items[middle] as Item).name < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
