import { OrderedPartition } from "../../../../src/consume/ordered/ordered-partition.ts";
import type {
  ConsumerFacts,
  OrderedMessage,
  OrderedWorld,
} from "../../../../src/consume/ordered/ordered-world.ts";
import type { SimConsumer, SimDelivery, SimReceiver } from "./sim-consumer.ts";
import type { Chance, VirtualTime } from "./virtual-time.ts";

export interface SimItem extends OrderedMessage {
  readonly generation: number;
}

/** What the application of a member does with a message that it was handed. */
export interface SimApplication {
  started(member: SimMember, item: SimItem): void;
  /** @returns How long it takes, and what comes of it: done, or failed with a time to wait. */
  outcome(item: SimItem): { readonly timeMs: number; readonly retryMs: number | undefined };
  ended(member: SimMember, item: SimItem, isDone: boolean): void;
}

const requestMs = 3_000;
const prefetch = 8;

/** A member with a connection that takes its time, in both directions, and keeps the order in each. */
export class SimMember implements OrderedWorld<SimItem>, SimReceiver {
  readonly name: string;
  isListening = true;
  /** Since when nothing reaches it and nothing leaves it; `undefined` while it is awake. */
  frozenAtMs: number | undefined;
  /** Handled, those that were when it froze for so long that another one has them. */
  readonly excused: WeakSet<SimItem> = new WeakSet<SimItem>();
  /** What the application is at. */
  readonly handled: Set<SimItem> = new Set<SimItem>();
  readonly #partition: OrderedPartition<SimItem>;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #consumer: SimConsumer;
  readonly #application: SimApplication;
  readonly #offered: SimItem[] = [];
  #lateCalls: (() => void)[] = [];
  #isDead = false;
  #arriveAtMs = 0;
  #leaveAtMs = 0;
  #pinId: string | undefined;
  #tag = 0;
  #asked = 0;
  #held = 0;
  #reserved = 0;

  constructor(
    name: string,
    time: VirtualTime,
    chance: Chance,
    consumer: SimConsumer,
    application: SimApplication,
  ) {
    this.name = name;
    this.#time = time;
    this.#chance = chance;
    this.#consumer = consumer;
    this.#application = application;
    this.#partition = new OrderedPartition<SimItem>(this, {
      maxAckTimeMs: consumer.ackWaitMs,
      pinTimeoutMs: consumer.pinTimeoutMs,
    });
    this.ask(undefined);
  }

  /** Its process is gone. */
  die(): void {
    this.#isDead = true;
    this.isListening = false;
    for (const item of this.handled) this.#application.ended(this, item, false);
    this.handled.clear();
  }

  /** It is told to stop, and finishes what it has begun. */
  stop(): void {
    this.#toServer(() => {
      this.isListening = false;
    });
    this.#partition.stop();
  }

  /** Nothing happens in its process for a while. */
  freeze(timeMs: number): void {
    if (this.frozenAtMs !== undefined) return;
    this.frozenAtMs = this.#time.nowMs;
    this.#time.after(timeMs, () => {
      this.frozenAtMs = undefined;
      if (timeMs >= this.#consumer.ackWaitMs / 2) {
        for (const item of this.handled) this.excused.add(item);
      }
      const calls = this.#lateCalls;
      this.#lateCalls = [];
      for (const call of calls) this.#awake(call);
    });
  }

  deliver(delivery: SimDelivery): void {
    this.#toMember(() => {
      this.#asked = Math.max(0, this.#asked - 1);
      this.#held++;
      const say = (word: string): void =>
        this.#toServer(() => {
          if (word === "+ACK") this.#consumer.ack(delivery.sequence);
          else if (word === "-NAK") this.#consumer.nak(delivery.sequence);
          else this.#consumer.working(delivery.sequence);
        });
      this.#partition.receive({ ...delivery, say });
    });
  }

  ended(tag: number, isUnpinned: boolean): void {
    this.#toMember(() => {
      if (tag !== this.#tag) return;
      if (isUnpinned) {
        this.#partition.lose();
        return;
      }
      this.#asked = 0;
      this.#refill();
    });
  }

  nowMs(): number {
    return this.#time.nowMs;
  }

  after(timeMs: number, call: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#time.after(timeMs, () =>
      this.#awake(() => {
        if (!isCancelled) call();
      }),
    );
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  facts(): Promise<ConsumerFacts> {
    return this.#asking(() => this.#consumer.facts());
  }

  stored(sequences: readonly number[]): Promise<ReadonlySet<number>> {
    return this.#asking(() => new Set(sequences));
  }

  ask(pinId: string | undefined): void {
    this.#pinId = pinId;
    this.#tag++;
    this.#asked = 0;
    this.#refill();
  }

  keepPin(): void {
    this.#request(1, false, 100);
  }

  unpin(): Promise<void> {
    return this.#asking(() => this.#consumer.unpin());
  }

  offer(item: SimItem): void {
    this.#offered.push(item);
    this.#time.after(0, () => this.#awake(() => this.#take()));
  }

  release(count: number): void {
    this.#held -= count;
    this.#refill();
  }

  reserve(count: number): void {
    this.#reserved = Math.min(count, this.#consumer.pendingMax);
    this.#refill();
  }

  isOverShare(): boolean {
    return false;
  }

  /** Takes what is offered, as an application does that is fast enough. */
  #take(): void {
    for (let item = this.#offered.shift(); item !== undefined; item = this.#offered.shift()) {
      if (this.#partition.claim(item)) this.#handle(item);
    }
  }

  #handle(item: SimItem): void {
    this.handled.add(item);
    this.#application.started(this, item);
    const { timeMs, retryMs } = this.#application.outcome(item);
    this.#time.after(timeMs, () =>
      this.#awake(() => {
        this.handled.delete(item);
        this.#application.ended(this, item, retryMs === undefined);
        if (retryMs === undefined) {
          const isOurs = this.#partition.isOurs(item);
          if (isOurs) item.say("+ACK");
          this.#partition.settled(item, isOurs ? "acknowledged" : "untold");
        } else this.#partition.failed(item, retryMs);
      }),
    );
  }

  #refill(): void {
    const room = Math.max(prefetch - this.#held, this.#reserved) - this.#asked;
    if (room <= 0 || this.#asked > 0) return;
    this.#asked += room;
    this.#request(room, true, requestMs);
  }

  #request(left: number, hasRoom: boolean, timeMs: number): void {
    const id = this.#pinId ?? "";
    const tag = hasRoom ? this.#tag : -1;
    this.#toServer(() => this.#consumer.request({ id, left, hasRoom, to: this, tag }, timeMs));
  }

  #asking<Answer>(ask: () => Answer): Promise<Answer> {
    return new Promise((resolve) =>
      this.#toServer(() => {
        const answer = ask();
        this.#toMember(() => resolve(answer));
      }),
    );
  }

  #toServer(call: () => void): void {
    const { nowMs } = this.#time;
    this.#leaveAtMs = Math.max(this.#leaveAtMs, nowMs + this.#chance.below(4));
    this.#time.after(this.#leaveAtMs - nowMs, () => {
      if (!this.#isDead) call();
    });
  }

  #toMember(call: () => void): void {
    const { nowMs } = this.#time;
    this.#arriveAtMs = Math.max(this.#arriveAtMs, nowMs + this.#chance.below(4));
    this.#time.after(this.#arriveAtMs - nowMs, () => this.#awake(call));
  }

  #awake(call: () => void): void {
    if (this.#isDead) return;
    if (this.frozenAtMs === undefined) call();
    else this.#lateCalls.push(call);
  }
}
