import type { MatchResult } from "../subjects/subject-trie.ts";
import type { Subscription } from "./subscription.ts";

/** What watches need of the account they are in. */
export interface WatchedAccount {
  match(buffer: Buffer, start: number, end: number): MatchResult<Subscription>;
}

/**
 * Tells somebody when subscriptions to one literal subject come and go. As in nats-server only subscriptions to exactly
 * that subject count: one with wildcards gets what is published there, but is no reason to publish it.
 */
export class InterestWatch {
  readonly key: string;
  readonly #watches: InterestWatches;
  readonly #subject: Buffer;
  readonly #queue: string;
  readonly #onChange: () => void;

  constructor(watches: InterestWatches, subject: string, queue: string, onChange: () => void) {
    this.#watches = watches;
    this.#subject = Buffer.from(subject);
    this.#queue = queue;
    this.#onChange = onChange;
    this.key = keyOf(this.#subject, queue);
  }

  /** Whether anybody subscribes to the subject, in its queue group if it has one and outside groups otherwise. */
  get hasInterest(): boolean {
    const { plain, queues } = this.#watches.account.match(this.#subject, 0, this.#subject.length);
    if (this.#queue === "") return plain.some((each) => this.#isExact(each));
    return queues.some((group) =>
      group.some((each) => each.queue === this.#queue && this.#isExact(each)),
    );
  }

  /** A subscription to the subject has come or gone. */
  changed(): void {
    this.#onChange();
  }

  close(): void {
    this.#watches.remove(this);
  }

  #isExact({ subjectBytes, isClosed }: Subscription): boolean {
    return !isClosed && this.#subject.equals(subjectBytes);
  }
}

/** The watches of an account, found by what they watch, so that a change costs one look-up however many there are. */
export class InterestWatches {
  readonly account: WatchedAccount;
  readonly #byKey: Map<string, Set<InterestWatch>> = new Map();

  constructor(account: WatchedAccount) {
    this.account = account;
  }

  /** Watches `subject`, a literal one. */
  add(subject: string, queue: string, onChange: () => void): InterestWatch {
    const watch = new InterestWatch(this, subject, queue, onChange);
    const others = this.#byKey.get(watch.key);
    if (others === undefined) this.#byKey.set(watch.key, new Set([watch]));
    else others.add(watch);
    return watch;
  }

  remove(watch: InterestWatch): void {
    const watches = this.#byKey.get(watch.key);
    watches?.delete(watch);
    if (watches?.size === 0) this.#byKey.delete(watch.key);
  }

  /** A subscription was added or removed. */
  changed(subscription: Subscription): void {
    if (this.#byKey.size === 0) return;
    const watches = this.#byKey.get(keyOf(subscription.subjectBytes, subscription.queue));
    if (watches !== undefined) for (const watch of [...watches]) watch.changed();
  }
}

/** A subject holds no blank, so that the two can't be confused. Bytes, one character for each. */
function keyOf(subject: Uint8Array, queue: string): string {
  const text = Buffer.from(subject.buffer, subject.byteOffset, subject.length).toString("latin1");
  return `${text} ${queue}`;
}
