import { BadRequest } from "./bad-request.ts";

/** Questions that may wait for their answer. */
const waitingMax = 1_000;

/** Has answers that may be long made one after the other, so that together they take no more memory than one. */
export class PageQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /**
   * Makes an answer when those before it are made.
   *
   * @throws BadRequest where too many wait.
   */
  async make<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    if (this.#waiting >= waitingMax) {
      throw new BadRequest(`more than ${waitingMax} requests wait for an answer: ask again later`);
    }
    this.#waiting++;
    const before = this.#last;
    const own = before.then(answer).finally(() => {
      this.#waiting--;
    });
    this.#last = own.catch(() => undefined);
    return await own;
  }
}
