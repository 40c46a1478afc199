import type { Account } from "../routing/account.ts";
import { isValidSubject } from "../subjects/subject.ts";
import { ClientSubscription, type Subscriber } from "./client-subscription.ts";
import { SubscriptionsBySid } from "./subscriptions-by-sid.ts";

/** What became of a SUB. A sid that is taken keeps its first subscription, which counts as made. */
export type SubscribeOutcome = "made" | "too-many" | "invalid-subject";

/** The subscriptions of one client, in its account and by their sids. */
export class ClientSubscriptions {
  readonly #subscriber: Subscriber;
  /** How many there may be; 0 is no limit. */
  readonly #countMax: number;
  readonly #bySid: SubscriptionsBySid = new SubscriptionsBySid();
  #account: Account;

  constructor(subscriber: Subscriber, account: Account, countMax: number) {
    this.#subscriber = subscriber;
    this.#account = account;
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#bySid.count;
  }

  /** Makes subscriptions in `account` from now on; those in another one end. */
  moveTo(account: Account): void {
    if (account === this.#account) return;
    this.endAll();
    this.#account = account;
  }

  /** SUB, as the parser gives it. The bytes are copied. */
  subscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queue: string,
    sidStart: number,
    sidEnd: number,
  ): SubscribeOutcome {
    if (this.#countMax > 0 && this.#bySid.count >= this.#countMax) return "too-many";
    if (this.#bySid.get(buffer, sidStart, sidEnd) !== undefined) return "made";
    // As bytes, not text: whether they are UTF-8 is nobody's business here.
    if (!isValidSubject(buffer.toString("latin1", subjectStart, subjectEnd))) {
      return "invalid-subject";
    }
    const subject = Buffer.from(buffer.subarray(subjectStart, subjectEnd));
    const sid = Buffer.from(buffer.subarray(sidStart, sidEnd));
    const subscription = new ClientSubscription(this.#subscriber, subject, queue, sid);
    this.#bySid.add(subscription);
    this.#account.subscribe(subscription);
    return "made";
  }

  /** UNSUB: at once, or after `max` messages counted from the start. An unknown sid is ignored. */
  unsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    const subscription = this.#bySid.get(buffer, sidStart, sidEnd);
    if (subscription === undefined) return;
    if (max > subscription.deliveredCount) subscription.max = max;
    else this.end(subscription);
  }

  end(subscription: ClientSubscription): void {
    this.#bySid.delete(subscription);
    this.#account.unsubscribe(subscription);
  }

  endAll(): void {
    for (const subscription of this.#bySid) this.#account.unsubscribe(subscription);
    this.#bySid.clear();
  }

  /** A subscription of this client, outside queue groups, that gets what is sent to the subject in `[start, end)`. */
  find(buffer: Buffer, start: number, end: number): ClientSubscription | undefined {
    for (const subscription of this.#account.match(buffer, start, end).plain) {
      if (!(subscription instanceof ClientSubscription)) continue;
      if (subscription.subscriber === this.#subscriber) return subscription;
    }
    return undefined;
  }
}
