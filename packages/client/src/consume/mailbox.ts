import { clientError } from "../errors.ts";

/** What came and waits to be taken, in order; whoever takes waits while there is nothing. */
export class Mailbox<Item> {
  #items: Item[] = [];
  #head = 0;
  #waiting: ((item: Item | undefined) => void) | undefined;
  #error: Error | undefined;
  #isClosed = false;

  /** What waits. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  put(item: Item): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#items.push(item);
      return;
    }
    this.#waiting = undefined;
    waiting(item);
  }

  /** Nothing comes any more: what is there can be taken, then it ends, with the error if there is one. */
  close(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(undefined);
  }

  /** Takes out all that waits. */
  empty(): Item[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }

  /**
   * The next item if it is there. Once it is closed and empty `undefined`, or its error.
   *
   * @throws the error that it was closed with, once
   */
  take(): Item | undefined | Promise<Item | undefined> {
    if (this.#head < this.#items.length) {
      const item = this.#items[this.#head] as Item;
      this.#head++;
      if (this.#head === this.#items.length) {
        this.#items = [];
        this.#head = 0;
      }
      return item;
    }
    if (this.#isClosed) return this.#ending();
    if (this.#waiting !== undefined) {
      throw clientError(
        "OPTIONS_INVALID",
        "messages are taken one at a time: await next() before the next one",
      );
    }
    return new Promise<Item | undefined>((resolve) => (this.#waiting = resolve)).then(
      (item) => item ?? this.#ending(),
    );
  }

  #ending(): undefined {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }
}
