/** Ids that are remembered. */
const idsMax = 10_000;

/**
 * Ids of messages that were taken back before they were delivered. The server goes on to know such an id for a while, and
 * would take the next message of it for the one that is gone: so that one gets another id there.
 */
export class CancelledIds {
  readonly #times = new Map<string, number>();

  add(messageId: string): void {
    const times = (this.#times.get(messageId) ?? 0) + 1;
    this.#times.delete(messageId);
    this.#times.set(messageId, times);
    if (this.#times.size <= idsMax) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      break;
    }
  }

  /** What the server is to know a message by. */
  freshOf(messageId: string): string {
    if (this.#times.size === 0) return messageId;
    const times = this.#times.get(messageId);
    return times === undefined ? messageId : `${messageId} (${times})`;
  }
}
