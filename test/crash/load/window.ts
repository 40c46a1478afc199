/** Counts what is under way, and lets no more than a fixed number be so at a time. */
export class Window {
  readonly #size: number;
  #openCount = 0;
  #waiters: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when one more may begin; it has begun then. */
  async enter(): Promise<void> {
    while (this.#openCount >= this.#size) await this.#changed();
    this.#openCount += 1;
  }

  leave(): void {
    this.#openCount -= 1;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  /** Resolves when nothing is under way. */
  async empty(): Promise<void> {
    while (this.#openCount > 0) await this.#changed();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
