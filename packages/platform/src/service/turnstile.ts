/** Lets so many through at a time; a bounded number of others wait for their turn. */
export class Turnstile {
  readonly #insideMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #emptied: (() => void)[] = [];

  constructor(insideMax: number, waitingMax: number) {
    this.#insideMax = insideMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` when it is its turn; `undefined` if too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#inside >= this.#insideMax) {
      if (this.#waiting.length >= this.#waitingMax) return undefined;
      return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() =>
        this.#passed(work),
      );
    }
    this.#inside += 1;
    return this.#passed(work);
  }

  /** Resolves once nobody is inside, or waits. */
  empty(): Promise<void> {
    if (this.#inside === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Whoever leaves gives its place to the first who waits. */
  async #passed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next !== undefined) next();
      else this.#left();
    }
  }

  #left(): void {
    this.#inside -= 1;
    if (this.#inside > 0) return;
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
