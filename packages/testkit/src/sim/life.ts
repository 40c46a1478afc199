/**
 * The life of one simulated process. Everything that is scheduled for it is dropped once it is over, so that no
 * callback, timer or completion reaches a process that has crashed.
 */
export class Life {
  readonly name: string;
  #isOver = false;
  readonly #onEnd: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Has `run` called when the life ends: how the rest of the world notices. */
  onEnd(run: () => void): void {
    this.#onEnd.push(run);
  }

  /** May be called twice. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const run of this.#onEnd) run();
  }
}
