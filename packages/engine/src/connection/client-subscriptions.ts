import type { PermissionRules } from "../auth/permissions/permission-rules.ts";
import type { Account } from "../routing/account.ts";
import { hasWildcard, isValidSubject } from "../subjects/subject.ts";
import { ClientSubscription, type Subscriber } from "./client-subscription.ts";
import { SubscriptionsBySid } from "./subscriptions-by-sid.ts";

/** What became of a SUB. A sid that is taken keeps its first subscription, which counts as made. */
export type SubscribeOutcome =
  | "made"
  | "not-permitted"
  | "too-long"
  | "too-many"
  | "invalid-subject";

/** The queue group that servers use among themselves. */
const systemQueue = "_sys_";
const dot = 0x2e;

/** The subscriptions of one client, in its account and by their sids. */
export class ClientSubscriptions {
  /** How many there may be; -1 is no limit. */
  countMax = -1;
  /** Tokens a subject may have; 0 is no limit. */
  tokensMax = 0;
  /** What the client may subscribe to; `undefined` is everything. */
  rules: PermissionRules | undefined = undefined;
  readonly #subscriber: Subscriber;
  readonly #bySid: SubscriptionsBySid = new SubscriptionsBySid();
  #account: Account;

  constructor(subscriber: Subscriber, account: Account) {
    this.#subscriber = subscriber;
    this.#account = account;
  }

  get count(): number {
    return this.#bySid.count;
  }

  [Symbol.iterator](): Iterator<ClientSubscription> {
    return this.#bySid[Symbol.iterator]();
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
    const wanted = buffer.subarray(subjectStart, subjectEnd);
    if (queue === systemQueue || !this.#isPermitted(wanted, queue)) return "not-permitted";
    if (this.tokensMax > 0 && tokenCountOf(wanted) > this.tokensMax) return "too-long";
    if (this.countMax >= 0 && this.#bySid.count >= this.countMax) return "too-many";
    if (this.#bySid.get(buffer, sidStart, sidEnd) !== undefined) return "made";
    // As bytes, not text: whether they are UTF-8 is nobody's business here.
    if (!isValidSubject(buffer.toString("latin1", subjectStart, subjectEnd))) {
      return "invalid-subject";
    }
    const subject = Buffer.from(wanted);
    const sid = Buffer.from(buffer.subarray(sidStart, sidEnd));
    const subscription = new ClientSubscription(this.#subscriber, subject, queue, sid);
    if (this.rules !== undefined) subscription.filter = this.#filterOf(subscription, this.rules);
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

  /** After {@link rules} have changed: ends the subscriptions that are not permitted any more, and returns them. */
  recheck(): readonly ClientSubscription[] {
    const ended: ClientSubscription[] = [];
    for (const subscription of [...this.#bySid]) {
      if (!this.#isPermitted(subscription.subjectBytes, subscription.queue)) {
        this.end(subscription);
        ended.push(subscription);
      } else {
        subscription.filter = this.rules && this.#filterOf(subscription, this.rules);
      }
    }
    return ended;
  }

  end(subscription: ClientSubscription): void {
    this.#subscriber.outbox.trace?.onSubscriptionEnded(subscription.sid);
    this.#bySid.delete(subscription);
    this.#account.unsubscribe(subscription);
  }

  endAll(): void {
    for (const subscription of this.#bySid) {
      this.#subscriber.outbox.trace?.onSubscriptionEnded(subscription.sid);
      this.#account.unsubscribe(subscription);
    }
    this.#bySid.clear();
  }

  #isPermitted(subject: Uint8Array, queue: string): boolean {
    return this.rules === undefined || this.rules.maySubscribe(subject, queue);
  }

  #filterOf(subscription: ClientSubscription, rules: PermissionRules): PermissionRules | undefined {
    const { subject, queue } = subscription;
    return hasWildcard(subject) && rules.filters(subject, queue) ? rules : undefined;
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

function tokenCountOf(subject: Uint8Array): number {
  let count = 1;
  for (const byte of subject) if (byte === dot) count++;
  return count;
}
