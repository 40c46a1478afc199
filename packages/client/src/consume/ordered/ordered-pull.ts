import type { ConsumerInfo } from "@nats-io/jetstream";
import type { Msg } from "@nats-io/nats-core";
import type { Link } from "../../connection/link.ts";
import { orderedPriorityGroup, pinTimeoutMs } from "../../groups/ordered-by-key.ts";
import { inParallel } from "../../in-parallel.ts";
import type { Routes } from "../../stations/routes.ts";
import { deliveryOf } from "../delivery.ts";
import type { Message } from "../message.ts";
import { Pull } from "../pull.ts";
import type { Source, SourceOptions } from "../source.ts";
import { OrderedPartition } from "./ordered-partition.ts";
import type { ConsumerFacts, OrderedMessage, OrderedWorld } from "./ordered-world.ts";

/** What the official client does not tell of. */
type PinnedInfo = ConsumerInfo & {
  readonly priority_groups?: readonly { readonly pinned_client_id?: string }[];
};

/** The partitions of a station that a member has, of how many. */
export interface PartitionShare {
  readonly partitions: number;
  readonly pulls: Set<OrderedPull>;
}

export interface OrderedPullOptions extends SourceOptions {
  readonly maxAckTimeMs: number;
  /** Of the group: so many messages may have to be kept. */
  readonly maxInFlight: number;
  readonly share: PartitionShare;
}

interface Item extends OrderedMessage {
  readonly message: Message<unknown>;
}

/** Pulls messages of a consumer that is ordered by key, and hands them out when it is their turn. */
export class OrderedPull implements OrderedWorld<Item>, Source {
  readonly #link: Link;
  readonly #routes: Routes;
  readonly #options: OrderedPullOptions;
  readonly #partition: OrderedPartition<Item>;
  readonly #pull: Pull;
  readonly #items = new WeakMap<Message<unknown>, Item>();
  readonly #leave: () => void;
  #pinId: string | undefined;

  constructor(link: Link, routes: Routes, options: OrderedPullOptions) {
    this.#link = link;
    this.#routes = routes;
    this.#options = options;
    const { maxAckTimeMs, share } = options;
    this.#partition = new OrderedPartition<Item>(this, { maxAckTimeMs, pinTimeoutMs });
    share.pulls.add(this);
    this.#pull = new Pull(link, {
      stream: options.stream,
      consumer: options.consumer,
      countMax: this.#prefetch,
      check: options.check,
      onMessage: (raw) => this.#receive(raw, options.toMessage(raw)),
      onEnd: (error) => {
        this.#end();
        options.onEnd(error);
      },
      extra: () => ({
        group: orderedPriorityGroup,
        ...(this.#pinId !== undefined && { id: this.#pinId }),
      }),
      onUnpinned: () => this.#partition.lose(),
    });
    this.#leave = link.use({ onUp: () => this.#partition.refresh() });
  }

  /** Whether a message whose turn it was may be handed out now. */
  claim(message: Message<unknown>): boolean {
    const item = this.#items.get(message);
    return item !== undefined && this.#partition.claim(item);
  }

  /** Whoever stops this one gives back what is not handed out. */
  giveBack(): void {}

  /** Hands out no more, and gives back what is not handed out. */
  async stop(): Promise<void> {
    this.#leave();
    const { share } = this.#options;
    share.pulls.delete(this);
    const stopped = this.#pull.stop();
    this.#partition.stop();
    await stopped;
  }

  nowMs(): number {
    return performance.now();
  }

  after(timeMs: number, call: () => void): () => void {
    const timer = setTimeout(call, timeMs);
    timer.unref();
    return () => clearTimeout(timer);
  }

  async facts(): Promise<ConsumerFacts> {
    const { stream, consumer } = this.#options;
    const manager = await this.#routes.manager();
    const info: PinnedInfo = await manager.consumers.info(stream, consumer);
    const { max_deliver: maxDeliveries = -1 } = info.config;
    return {
      pinId: info.priority_groups?.[0]?.pinned_client_id ?? "",
      pending: info.num_ack_pending,
      consumerSequence: info.delivered.consumer_seq,
      consumerFloor: info.ack_floor.consumer_seq,
      requests: info.num_waiting,
      maxDeliveries: maxDeliveries > 0 ? maxDeliveries : null,
    };
  }

  async stored(sequences: readonly number[]): Promise<ReadonlySet<number>> {
    const { streams } = await this.#routes.manager();
    const { stream } = this.#options;
    const found = await inParallel(sequences, async (seq) =>
      (await streams.getMessage(stream, { seq })) === null ? 0 : seq,
    );
    return new Set(found.filter((seq) => seq > 0));
  }

  ask(pinId: string | undefined): void {
    this.#pinId = pinId;
    this.#pull.askAnew();
  }

  keepPin(): void {
    this.#pull.keepPin();
  }

  async unpin(): Promise<void> {
    const { stream, consumer } = this.#options;
    const subject = `$JS.API.CONSUMER.UNPIN.${stream}.${consumer}`;
    const body = JSON.stringify({ group: orderedPriorityGroup });
    const answer = (await this.#link.nc.request(subject, body)).json<{ error?: object }>();
    if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  }

  offer({ message }: Item): void {
    this.#options.onMessage(message);
  }

  release(count: number): void {
    if (count !== 0) this.#pull.release(count);
  }

  reserve(count: number): void {
    this.#pull.reserve(Math.min(count, this.#options.maxInFlight));
  }

  isOverShare(requests: number): boolean {
    const { partitions, pulls } = this.#options.share;
    const others = Math.max(0, requests - this.#pull.requests);
    const pinned = [...pulls].filter((pull) => pull.#partition.isPinned).length;
    return others > 0 && pinned > Math.ceil(partitions / (others + 1));
  }

  get #prefetch(): number {
    return Math.min(this.#options.prefetch, this.#options.maxInFlight);
  }

  #receive(raw: Msg, message: Message<unknown> | undefined): void {
    const delivery = deliveryOf(raw.reply ?? "");
    if (message === undefined || delivery === undefined) {
      this.release(1);
      return;
    }
    const { sequence, consumerSequence, attempt } = delivery;
    const item: Item = {
      message,
      sequence,
      consumerSequence,
      attempt,
      key: message.key ?? "",
      pinId: raw.headers?.get("Nats-Pin-Id") ?? "",
      say: (word) => this.#say(raw.reply ?? "", word),
    };
    message.keeper = {
      isOurs: () => this.#partition.isOurs(item),
      settled: (outcome) => this.#partition.settled(item, outcome),
      failed: (delayMs) => this.#partition.failed(item, delayMs),
    };
    this.#items.set(message, item);
    this.#partition.receive(item);
  }

  /** Now or never: said late, it could be about what somebody else has by then. */
  #say(reply: string, word: string): void {
    if (this.#link.isUp && !this.#link.nc.isClosed()) this.#link.nc.publish(reply, word);
  }

  #end(): void {
    this.#leave();
    this.#options.share.pulls.delete(this);
    this.#partition.stop();
  }
}
