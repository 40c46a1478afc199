import { KeyLanes, type Outcome } from "./key-lanes.ts";
import type { ConsumerFacts, OrderedMessage, OrderedWorld } from "./ordered-world.ts";

export interface OrderedTimes {
  readonly maxAckTimeMs: number;
  readonly pinTimeoutMs: number;
}

/** Times per max ack time that the server is told what is held, and asked whether this member still has the partition. */
const timesPerAckTime = 3;
const tickMinMs = 10;
/** Of the max ack time: for so long after an answer messages are handed out, which leaves some for what is on its way. */
const leaseShare = 0.75;
const pollFirstMs = 50;
const pollMostMs = 1_000;

/**
 * A partition of a group that is ordered by key, at one member (ADR-0014). The server gives it to one member at a time, which it
 * pins. That one hands out messages in order per key ({@link KeyLanes}), once all that members before it had is settled, and
 * while it is known to have the partition.
 */
export class OrderedPartition<Item extends OrderedMessage> {
  readonly #world: OrderedWorld<Item>;
  readonly #times: OrderedTimes;
  readonly #lanes: KeyLanes<Item>;
  readonly #tickMs: number;
  readonly #retries = new Map<Item, () => void>();
  /** Until when the server certainly gives it to nobody else. */
  readonly #oursUntilMs = new WeakMap<Item, number>();
  #pinId: string | undefined;
  #lastPinId = "";
  /** Whether members before it have nothing left. */
  #isClear = false;
  #leaseUntilMs = Number.NEGATIVE_INFINITY;
  #lastConsumerSequence = 0;
  #maxDeliveries: number | null = null;
  #workedAtMs: number;
  /** The delivery that the pin began with. */
  #firstConsumerSequence = 0;
  #pollMs = pollFirstMs;
  #cancelTick: () => void = () => undefined;
  #isChecking = false;
  #isOver = false;
  #overShareCount = 0;

  constructor(world: OrderedWorld<Item>, times: OrderedTimes) {
    this.#world = world;
    this.#times = times;
    this.#lanes = new KeyLanes((item) => world.offer(item));
    const shortest = Math.min(times.maxAckTimeMs, times.pinTimeoutMs);
    this.#tickMs = Math.max(tickMinMs, shortest / timesPerAckTime);
    this.#workedAtMs = world.nowMs();
  }

  /** Whether the server has pinned this member, as far as is known. */
  get isPinned(): boolean {
    return this.#pinId !== undefined;
  }

  /** A message came. */
  receive(item: Item): void {
    if (this.#isOver) {
      if (item.pinId === this.#lastPinId && this.#hasLease) item.say("-NAK");
      return;
    }
    if (item.pinId !== this.#pinId) this.#begin(item.pinId, item.consumerSequence);
    else if (item.consumerSequence <= this.#lastConsumerSequence) this.#rewound();
    this.#lastConsumerSequence = item.consumerSequence;
    this.#oursUntilMs.set(item, this.#world.nowMs() + this.#times.maxAckTimeMs);
    const before = this.#lanes.keptCount;
    const isNew = this.#lanes.add(item, item.attempt > 1);
    if (!isNew) item.say("+ACK");
    if (this.#lanes.keptCount === before) this.#world.release(1);
    this.#reserve();
  }

  /** Whether what was offered may be handed out now. */
  claim(item: Item): boolean {
    if (!this.#hasLease) this.#lanes.isOpen = false;
    return this.#lanes.claim(item);
  }

  /**
   * Whether a message that is out is still this member's. One that was not heard of for the max ack time, with nothing but its
   * process to blame, must not speak of what another one may have by now.
   */
  isOurs(item: Item): boolean {
    return this.#world.nowMs() < (this.#oursUntilMs.get(item) ?? 0);
  }

  /** The application is done with it, or has given it up. */
  settled(item: Item, outcome: Outcome): void {
    this.#change(() => this.#lanes.finish(item, outcome));
    this.#endIfIdle();
  }

  /** The application could not handle it: it comes again, after a time. */
  failed(item: Item, delayMs: number): void {
    const isLast = this.#maxDeliveries !== null && item.attempt >= this.#maxDeliveries;
    const isOurs = this.isOurs(item);
    if (this.#isOver || isLast || !isOurs) {
      if (isOurs) item.say("-NAK");
      this.#change(() => this.#lanes.finish(item, isOurs ? "given up" : "untold"));
      this.#endIfIdle();
      return;
    }
    if (!this.#lanes.fail(item)) {
      item.say("-NAK");
      return;
    }
    const again = (): void => {
      this.#retries.delete(item);
      this.#change(() => this.#lanes.retry(item)?.say("-NAK"));
    };
    if (delayMs <= 0) again();
    else this.#retries.set(item, this.#world.after(delayMs, again));
  }

  /** The server says that this member's pin counts no more. */
  lose(): void {
    if (this.#pinId === undefined) return;
    this.#giveBack();
    this.#pinId = undefined;
    this.#isClear = false;
    this.#leaseUntilMs = Number.NEGATIVE_INFINITY;
    this.#reserve();
    this.#world.ask(undefined);
  }

  /** No more is handed out; what is not out is given back. What is out stays with this member until it is settled. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const wasPinned = this.#pinId !== undefined;
    this.#giveBack();
    if (wasPinned) void this.#world.unpin().catch(() => undefined);
    this.#pinId = undefined;
    this.#endIfIdle();
  }

  /** Tells and asks now, as after a reconnect. */
  refresh(): void {
    this.#pollMs = pollFirstMs;
    this.#schedule(0);
  }

  /** Another pin: everything before it may be with somebody else by now, and is forgotten but for what is out. */
  #begin(pinId: string, first: number): void {
    this.#forget();
    this.#pinId = pinId;
    this.#lastPinId = pinId;
    this.#isClear = false;
    this.#firstConsumerSequence = first;
    this.#lastConsumerSequence = 0;
    this.#leaseUntilMs = Number.NEGATIVE_INFINITY;
    this.#overShareCount = 0;
    this.#world.ask(pinId);
    this.refresh();
  }

  /** All in flight is forgotten, and all comes again from another place on. */
  #rewound(): void {
    for (const item of this.#lanes.held) this.#oursUntilMs.delete(item);
    this.#forget();
    this.#firstConsumerSequence = 1;
    this.#open();
  }

  #forget(): Item[] {
    let dropped: Item[] = [];
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
    this.#change(() => {
      dropped = this.#lanes.restart();
    });
    return dropped;
  }

  /** Only what is known to be this member's yet: another one may be at work with the rest. */
  #giveBack(): void {
    const isOurs = this.#hasLease;
    for (const item of this.#forget()) if (isOurs) item.say("-NAK");
  }

  #change(change: () => void): void {
    const before = this.#lanes.keptCount;
    change();
    this.#world.release(before - this.#lanes.keptCount);
    this.#reserve();
  }

  #schedule(timeMs: number): void {
    this.#cancelTick();
    this.#cancelTick = this.#world.after(timeMs, () => this.#tick());
  }

  #tick(): void {
    this.#sayWorking();
    const pinId = this.#pinId;
    if (pinId !== undefined && !this.#isChecking) {
      this.#isChecking = true;
      void this.#check(pinId)
        // What can't be found out now is asked again with the next tick; until then nothing is taken for granted.
        .catch(() => undefined)
        .finally(() => {
          this.#isChecking = false;
          if (this.#pinId === pinId) this.#world.keepPin(pinId);
        });
    }
    if (pinId === undefined && !this.#lanes.isOut) return;
    const isWaiting = pinId !== undefined && !this.#isClear;
    this.#schedule(isWaiting ? Math.min(this.#pollMs, this.#tickMs) : this.#tickMs);
    this.#pollMs = Math.min(pollMostMs, this.#pollMs * 2);
  }

  /** While it waits for others it looks more often than it has something to say. */
  #sayWorking(): void {
    const nowMs = this.#world.nowMs();
    if (!this.#isClear && nowMs - this.#workedAtMs < this.#tickMs * 0.9) return;
    this.#workedAtMs = nowMs;
    for (const item of this.#lanes.held) {
      if (!this.isOurs(item)) continue;
      this.#oursUntilMs.set(item, nowMs + this.#times.maxAckTimeMs);
      item.say("+WPI");
    }
  }

  async #check(pinId: string): Promise<void> {
    const workedAtMs = this.#workedAtMs;
    const lastWhenAsked = this.#lastConsumerSequence;
    const facts = await this.#world.facts();
    if (this.#pinId !== pinId) return;
    if (facts.pinId !== pinId) {
      this.lose();
      return;
    }
    this.#maxDeliveries = facts.maxDeliveries;
    if (facts.consumerSequence < lastWhenAsked && this.#lastConsumerSequence >= lastWhenAsked) {
      this.#lastConsumerSequence = facts.consumerSequence;
      this.#rewound();
    }
    this.#lanes.ageDone();
    const isClear = this.#isClear || facts.consumerFloor >= this.#firstConsumerSequence - 1;
    if ((!isClear || this.#lanes.awaited > 0) && (await this.#isNothingElsewhere(facts))) {
      if (this.#pinId !== pinId) return;
      this.#change(() => this.#lanes.forgetAwaited());
      this.#clear();
    }
    if (this.#pinId !== pinId) return;
    if (isClear) this.#clear();
    this.#leaseUntilMs = workedAtMs + this.#times.maxAckTimeMs * leaseShare;
    this.#open();
    if (this.#isClear) await this.#share(facts);
  }

  /**
   * Whether all that the server counts as in flight is here. Of what is here it does not count what was removed from the station
   * since.
   */
  async #isNothingElsewhere({ pending, consumerSequence }: ConsumerFacts): Promise<boolean> {
    const counted = this.#lanes.kept.filter((item) => item.consumerSequence <= consumerSequence);
    if (counted.length < pending) return false;
    const stored = await this.#world.stored(counted.map(({ sequence }) => sequence));
    return stored.size >= pending;
  }

  #clear(): void {
    if (this.#isClear) return;
    this.#isClear = true;
    this.#reserve();
  }

  /** Until members before it have nothing left, any number may come again that they had. */
  #reserve(): void {
    const isWaiting = this.#pinId !== undefined && !this.#isClear;
    this.#world.reserve(isWaiting ? Number.POSITIVE_INFINITY : this.#lanes.awaited);
  }

  /** Whether it is certain that this member has the partition. */
  get #hasLease(): boolean {
    return this.#world.nowMs() < this.#leaseUntilMs;
  }

  #open(): void {
    this.#lanes.isOpen = this.#isClear && this.#hasLease;
  }

  /** Leaves the partition to others if this member has more than its share, and they still ask after a while. */
  async #share({ requests }: ConsumerFacts): Promise<void> {
    const isOver = this.#world.isOverShare(requests);
    this.#overShareCount = isOver ? this.#overShareCount + 1 : 0;
    if (this.#overShareCount < 2) return;
    this.#overShareCount = 0;
    try {
      // First this: what is given back before would come back here.
      await this.#world.unpin();
    } catch {
      return;
    }
    this.lose();
  }

  #endIfIdle(): void {
    if (this.#isOver && !this.#lanes.isOut) this.#cancelTick();
  }
}
