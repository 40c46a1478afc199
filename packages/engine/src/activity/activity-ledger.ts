/** What one client has done with one stream, or as a member of one consumer. Counts only grow. */
export class ActivityEntry {
  /** Number of its connection. */
  readonly clientId: number;
  readonly stream: string;
  /** `undefined` for what it has published. */
  readonly consumer: string | undefined;
  messages = 0;
  bytes = 0;
  /** In wall-clock milliseconds; 0 for never. */
  lastAtMs = 0;
  /** Its requests for messages that wait, when that was counted last. */
  pulls = 0;
  /** Called when nobody keeps it any more. */
  readonly onForgotten: (entry: ActivityEntry) => void;
  /** As of when it was found busy last by who makes room. */
  spentMessages = 0;

  constructor(
    clientId: number,
    stream: string,
    consumer: string | undefined,
    onForgotten: (entry: ActivityEntry) => void,
  ) {
    this.clientId = clientId;
    this.stream = stream;
    this.consumer = consumer;
    this.onForgotten = onForgotten;
  }
}

/** Entries that may get another chance before one has to go. */
const chancesMax = 16;

/** Who does what with the streams of an account, up to a number of entries: then those go that did nothing for long. */
export class ActivityLedger {
  readonly #entries: Set<ActivityEntry> = new Set();
  readonly #entriesMax: number;

  /** @param entriesMax - From 1. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  [Symbol.iterator](): IterableIterator<ActivityEntry> {
    return this.#entries.values();
  }

  add(entry: ActivityEntry): void {
    if (this.#entries.size >= this.#entriesMax) this.#makeRoom();
    this.#entries.add(entry);
  }

  forget(entry: ActivityEntry): void {
    if (this.#entries.delete(entry)) entry.onForgotten(entry);
  }

  /** Oldest first; those that were busy since they were looked at go to the end. */
  #makeRoom(): void {
    let chances = chancesMax;
    for (const entry of this.#entries) {
      if (entry.messages === entry.spentMessages || --chances < 0) {
        this.forget(entry);
        return;
      }
      entry.spentMessages = entry.messages;
      this.#entries.delete(entry);
      this.#entries.add(entry);
    }
  }
}
