/** What happens to a connection, as `ox.status()` and `ox.onStatus` tell it. */
export type ConnectionStatus =
  | { readonly type: "disconnected"; readonly server: string }
  | { readonly type: "reconnecting" }
  /** What waited in the buffer is being sent again. */
  | { readonly type: "reconnected"; readonly server: string }
  /** The server is about to stop, and clients had better go elsewhere. */
  | { readonly type: "serverLeaving"; readonly server: string }
  /** The server said what it did not like; the connection goes on. */
  | { readonly type: "error"; readonly error: Error }
  /** The last one. */
  | { readonly type: "closed"; readonly error?: Error };

/** Events of a consumer who is slow that are kept; older ones go. */
const keptMax = 1_000;

/** Hands events on to callbacks and to iterators, of which each sees all that comes after it began. */
export class StatusBoard {
  readonly #callbacks = new Set<(status: ConnectionStatus) => void>();
  #isClosed = false;

  on(callback: (status: ConnectionStatus) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  tell(status: ConnectionStatus): void {
    if (this.#isClosed) return;
    this.#isClosed = status.type === "closed";
    for (const callback of [...this.#callbacks]) {
      try {
        callback(status);
      } catch (error) {
        // The application's, and its mistake must not end the connection.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Ends after `closed`. */
  iterate(): AsyncIterableIterator<ConnectionStatus> {
    const waiting: ConnectionStatus[] = [];
    let wake = (): void => undefined;
    const off = this.on((status) => {
      waiting.push(status);
      if (waiting.length > keptMax) waiting.shift();
      wake();
    });
    const isOver = (): boolean => this.#isClosed;
    return (async function* () {
      try {
        for (;;) {
          const next = waiting.shift();
          if (next !== undefined) yield next;
          else if (isOver()) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        off();
      }
    })();
  }
}
