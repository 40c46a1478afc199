import type { MessageSource } from "../routing/message-source.ts";
import { ActivityEntry, type ActivityLedger } from "./activity-ledger.ts";

/** The account whose clients are watched, or not. */
export interface WatchedAccount {
  readonly name: string;
  /** `undefined` while nobody wants to know. */
  readonly activity: ActivityLedger | undefined;
}

/**
 * Finds the entries of those who publish to one stream, or pull from one consumer. Messages of one client come in runs, as
 * they are read from its socket: the entry of the last one is at hand, so that counting costs next to nothing.
 */
export class ActivityTally {
  readonly #account: WatchedAccount;
  readonly #stream: string;
  readonly #consumer: string | undefined;
  readonly #byClient: Map<number, ActivityEntry> = new Map();
  #ledger: ActivityLedger | undefined = undefined;
  #last: ActivityEntry | undefined = undefined;

  /** @param consumer - `undefined` for those who publish. */
  constructor(account: WatchedAccount, stream: string, consumer?: string) {
    this.#account = account;
    this.#stream = stream;
    this.#consumer = consumer;
  }

  /** The entry of a client; `undefined` where nothing is counted. */
  of(source: MessageSource | undefined): ActivityEntry | undefined {
    const { activity } = this.#account;
    if (activity === undefined || source === undefined) return undefined;
    const last = this.#last;
    if (last !== undefined && last.clientId === source.id && activity === this.#ledger) return last;
    return this.#find(activity, source);
  }

  #find(ledger: ActivityLedger, source: MessageSource): ActivityEntry {
    if (ledger !== this.#ledger) this.#byClient.clear();
    this.#ledger = ledger;
    let entry = this.#byClient.get(source.id);
    if (entry === undefined) {
      entry = new ActivityEntry(source.id, this.#stream, this.#consumer, this.#forget);
      if (this.#isShown(source)) {
        ledger.add(entry);
        this.#byClient.set(source.id, entry);
      }
    }
    this.#last = entry;
    return entry;
  }

  /** Who comes from another account is not this one's business, and parts of the program are nobody's. */
  #isShown({ accountName, identity }: MessageSource): boolean {
    return accountName === this.#account.name && identity?.isPartOfProgram !== true;
  }

  readonly #forget = (entry: ActivityEntry): void => {
    this.#byClient.delete(entry.clientId);
    if (this.#last === entry) this.#last = undefined;
  };
}
