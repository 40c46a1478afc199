import type { Life } from "./life.ts";

/** Something that will happen at a virtual time. `run` is `undefined` once it was cancelled or has happened. */
export interface SimEvent {
  readonly atMs: number;
  /** Set by the heap: events of the same time happen in the order they were pushed. */
  order: number;
  readonly life: Life;
  readonly label: string;
  readonly isWork: boolean;
  run: (() => void) | undefined;
}

/** A binary heap of events, the earliest first. */
export class EventHeap {
  readonly #items: SimEvent[] = [];
  #pushCount = 0;

  peek(): SimEvent | undefined {
    return this.#items[0];
  }

  push(event: SimEvent): void {
    event.order = this.#pushCount;
    this.#pushCount += 1;
    const items = this.#items;
    let index = items.length;
    items.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(items[parent] as SimEvent, event)) break;
      items[index] = items[parent] as SimEvent;
      index = parent;
    }
    items[index] = event;
  }

  pop(): SimEvent | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (!last || items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && isBefore(items[right] as SimEvent, items[child] as SimEvent)) {
        child = right;
      }
      if (isBefore(last, items[child] as SimEvent)) break;
      items[index] = items[child] as SimEvent;
      index = child;
    }
    items[index] = last;
    return first;
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
