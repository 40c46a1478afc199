import type { Random } from "@oxbow/base";
import type { ActivityLedger } from "../activity/activity-ledger.ts";
import type { AccountGates } from "../gates/account-gates.ts";
import { MatchCache, type MatchCacheStats } from "../subjects/match-cache.ts";
import { type MatchResult, SubjectTrie } from "../subjects/subject-trie.ts";
import type { AccountSharing } from "./account-sharing.ts";
import { type InterestWatch, InterestWatches } from "./interest-watch.ts";
import type { MessageView } from "./message.ts";
import type { MessageRate } from "./message-rate.ts";
import { isServiceReply } from "./response-subjects.ts";
import type { SubjectMappings } from "./subject-mappings.ts";
import type { SubjectScratch } from "./subject-scratch.ts";
import type { Subscription } from "./subscription.ts";
import { AccountTraffic } from "./traffic.ts";

/** Where traces of messages go, and of how many in a hundred. */
export interface TraceSampling {
  readonly destination: string;
  readonly samplingPercent: number;
}

/** A space of subjects of its own: messages published in an account reach the subscriptions of that account only. */
export class Account {
  readonly name: string;
  /** Whether {@link mapSubject} has anything to say: what a publisher asks before it goes there. */
  hasMappings = false;
  /** Where traces go of messages that only a sampled `traceparent` asks to trace. */
  trace: TraceSampling | undefined = undefined;
  /** What it shares with other accounts; `undefined` until it is told of any. */
  sharing: AccountSharing | undefined = undefined;
  /** What stands before its subjects; `undefined` where nothing does. */
  gates: AccountGates | undefined = undefined;
  /** How many messages its clients may publish; `undefined` is any number. */
  rate: MessageRate | undefined = undefined;
  /** Who publishes to its streams and takes from them; `undefined` while nobody wants to know. */
  activity: ActivityLedger | undefined = undefined;
  /** What its clients have published and got. */
  readonly traffic: AccountTraffic = new AccountTraffic();
  #mappings: SubjectMappings | undefined = undefined;
  readonly #trie: SubjectTrie<Subscription>;
  readonly #cache: MatchCache<Subscription>;
  readonly #watches: InterestWatches;
  /** Subscriptions there have been. */
  #insertCount = 0;
  /** State of the xorshift that picks queue group members; never 0. */
  #queuePick: number;

  constructor(name: string, random: Random) {
    this.name = name;
    this.#trie = new SubjectTrie<Subscription>(random.below(2 ** 32));
    this.#cache = new MatchCache<Subscription>(this.#trie);
    this.#watches = new InterestWatches(this);
    this.#queuePick = random.below(2 ** 31 - 1) + 1;
  }

  get subscriptionCount(): number {
    return this.#trie.count;
  }

  /** Where messages that come in from publishers go instead; `undefined` is nowhere else. */
  set mappings(mappings: SubjectMappings | undefined) {
    this.#mappings = mappings;
    this.hasMappings = mappings !== undefined;
  }

  /**
   * Gives `message`, which a client publishes, the subject that the account's mappings say. It is written into
   * `scratch`, which nobody may change until the message is delivered.
   *
   * @returns Whether a mapping concerns it. Its subject is then empty if it is to be lost.
   */
  mapSubject(message: MessageView, scratch: SubjectScratch): boolean {
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    if (!this.mapInto(scratch, subjectBuffer, subjectStart, subjectEnd)) return false;
    message.setSubject(scratch.buffer, 0, scratch.end);
    return true;
  }

  /** The same for the subject in `[start, end)` of `buffer`: what it becomes is in `scratch`, nothing if it is lost. */
  mapInto(scratch: SubjectScratch, buffer: Buffer, start: number, end: number): boolean {
    return this.#mappings?.map(scratch, buffer, start, end) ?? false;
  }

  /** Adds a subscription, which must not have been added before. Messages published from now on reach it. */
  subscribe(subscription: Subscription): void {
    this.#trie.insert(subscription);
    this.#insertCount++;
    this.sharing?.onSubscribed(subscription);
    this.#watches.changed(subscription);
  }

  /** Ends a subscription for good; it gets nothing any more, not even a message that is just being delivered. */
  unsubscribe(subscription: Subscription): void {
    subscription.isClosed = true;
    this.#trie.remove(subscription);
    this.sharing?.onUnsubscribed(subscription);
    this.#watches.changed(subscription);
  }

  /**
   * Calls `onChange` whenever a subscription to exactly `subject`, a literal one, was added or removed: in the queue
   * group `queue`, or outside groups for `""`. It must not publish at once, for the subscription is just being made.
   */
  watchInterest(subject: string, queue: string, onChange: () => void): InterestWatch {
    return this.#watches.add(subject, queue, onChange);
  }

  /**
   * Delivers `message` to every matching subscription outside queue groups and to one of each matching group.
   *
   * Subscribers are called before it returns, and may publish and unsubscribe in turn.
   *
   * @returns How many took it.
   */
  publish(message: MessageView): number {
    return this.#route(message.subjectBuffer, message.subjectStart, message.subjectEnd, message);
  }

  /**
   * Like {@link publish}, but to whoever subscribes to the subject in `[start, end)` of `buffer`, who still gets to see
   * the subject of `message`: how a stored message is delivered to an inbox.
   */
  publishTo(buffer: Buffer, start: number, end: number, message: MessageView): number {
    message.setRoute(buffer, start, end);
    const count = this.#route(buffer, start, end, message);
    message.clearRoute();
    return count;
  }

  #route(buffer: Buffer, start: number, end: number, message: MessageView): number {
    const { plain, queues } = this.#cache.match(buffer, start, end);
    let count = 0;
    for (let index = 0; index < plain.length; index++) {
      if ((plain[index] as Subscription).deliver(message)) count++;
    }
    for (let index = 0; index < queues.length; index++) {
      if (this.#deliverToOne(queues[index] as readonly Subscription[], message)) count++;
    }
    return count;
  }

  /** What the subject in `[start, end)` matches now. */
  match(buffer: Buffer, start: number, end: number): MatchResult<Subscription> {
    return this.#cache.match(buffer, start, end);
  }

  /** Subscriptions there have been, and what the cache of matches does. Not for hot paths. */
  subjectStats(): MatchCacheStats & { readonly inserts: number } {
    return { inserts: this.#insertCount, ...this.#cache.stats() };
  }

  /** Calls `visit` for each subscription. Not for hot paths. */
  forEachSubscription(visit: (subscription: Subscription) => void): void {
    this.#trie.forEach(visit);
  }

  /** Whether anybody subscribes to the subject in `[start, end)`; of a service's answer, where it would go. */
  hasInterest(buffer: Buffer, start: number, end: number): boolean {
    if (isServiceReply(buffer, start, end) && this.sharing !== undefined) {
      return this.sharing.isAnswerWanted(buffer, start, end);
    }
    const { plain, queues } = this.#cache.match(buffer, start, end);
    return plain.length > 0 || queues.length > 0;
  }

  /** The same of a subject as text. Not for hot paths. */
  hasInterestIn(subject: string): boolean {
    const bytes = Buffer.from(subject);
    return this.hasInterest(bytes, 0, bytes.length);
  }

  /** Offers `message` to the members from a random one on, until one takes it. */
  #deliverToOne(members: readonly Subscription[], message: MessageView): boolean {
    let pick = this.#queuePick;
    pick ^= pick << 13;
    pick ^= pick >>> 17;
    pick ^= pick << 5;
    this.#queuePick = pick;
    let index = (pick >>> 1) % members.length;
    for (let tried = 0; tried < members.length; tried++) {
      if ((members[index] as Subscription).deliver(message)) return true;
      if (++index === members.length) index = 0;
    }
    return false;
  }
}
