import type { Clock } from "@oxbow/base";

/** How long something may keep everybody else waiting at a stretch. */
const stretchMs = 5;

/** Lets others have their turn while something long is made. */
export class Pacer {
  readonly #clock: Clock;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** Whether it is time to {@link pause}. */
  get isDue(): boolean {
    return this.#clock.monotonicMs() - this.#sinceMs >= stretchMs;
  }

  /** Resolves when everybody else has had a turn. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#clock.afterTurn(resolve);
    });
    this.#sinceMs = this.#clock.monotonicMs();
  }

  /** Makes something of each item, with pauses where that takes long. */
  async map<From, To>(
    items: Iterable<From>,
    make: (item: From) => To | Promise<To>,
  ): Promise<To[]> {
    const made: To[] = [];
    for (const item of items) {
      made.push(await make(item));
      if (this.isDue) await this.pause();
    }
    return made;
  }
}
