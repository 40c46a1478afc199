import type { Message } from "./message.ts";

/** Times per max ack time that the server is told. */
const timesPerAckTime = 3;

/** Says for messages that are not settled that they are being worked on, until they are. */
export class KeepWorking {
  readonly #messages = new Set<Message<unknown>>();
  #timer: NodeJS.Timeout | undefined;
  #everyMs = Number.POSITIVE_INFINITY;
  #isEnding = false;

  /** @param maxAckTimeMs - Of the group; if several are added, the least counts. */
  add(message: Message<unknown>, maxAckTimeMs: number): void {
    this.#messages.add(message);
    message.onSettled = (settled) => {
      this.#messages.delete(settled);
      if (this.#isEnding) this.end();
    };
    const everyMs = Math.max(10, maxAckTimeMs / timesPerAckTime);
    if (everyMs >= this.#everyMs) return;
    this.#everyMs = everyMs;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      for (const each of this.#messages) each.working();
    }, everyMs);
    this.#timer.unref();
  }

  /** No more are added: it is over once all are settled. */
  end(): void {
    this.#isEnding = true;
    if (this.#messages.size === 0) clearInterval(this.#timer);
  }
}
