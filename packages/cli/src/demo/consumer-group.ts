import { type ConsumerMessages, type JsMsg, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Tally } from "./tally.ts";

/** Messages a member has asked for and not yet handled, at most. */
const PULL_COUNT = 500;
/** Pulls are renewed this often, and a server that fell silent is noticed in half of it. */
const PULL_EXPIRES_MS = 5000;

/**
 * Members that share the messages of one durable consumer, each over a connection of its own, and acknowledge each
 * message explicitly. Keeps the tally of what the group has consumed; a message that comes again counts once.
 */
export class ConsumerGroup {
  readonly tally: Tally = new Tally();
  readonly #members: ConsumerMessages[] = [];
  /** One byte a stream sequence, 1 where it was consumed. */
  #seen: Uint8Array = new Uint8Array(1024);
  #redelivered = 0;
  readonly #done: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #target = Number.POSITIVE_INFINITY;

  /** Deliveries beyond the first of a message. */
  get redeliveredCount(): number {
    return this.#redelivered;
  }

  /** Adds a member on a connection of its own. */
  async join(connection: NatsConnection, stream: string, consumer: string): Promise<void> {
    const source = await jetstream(connection).consumers.get(stream, consumer);
    const member = await source.consume({
      max_messages: PULL_COUNT,
      expires: PULL_EXPIRES_MS,
      callback: (message) => this.#onMessage(message),
    });
    this.#members.push(member);
  }

  /** Resolves when the group has consumed `count` different messages. */
  consumed(count: number): Promise<void> {
    this.#target = count;
    if (this.tally.count >= count) this.#done.resolve();
    return this.#done.promise;
  }

  /** Ends the members; what they have not handled stays with the server. */
  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #onMessage(message: JsMsg): void {
    if (message.redelivered) this.#redelivered += 1;
    if (this.#markSeen(message.seq)) {
      this.tally.add(message.subject, message.data);
      if (this.tally.count >= this.#target) this.#done.resolve();
    }
    message.ack();
  }

  /** Whether the sequence is seen for the first time. */
  #markSeen(sequence: number): boolean {
    if (sequence >= this.#seen.length) {
      const larger = new Uint8Array(Math.max(sequence + 1, this.#seen.length * 2));
      larger.set(this.#seen);
      this.#seen = larger;
    }
    if (this.#seen[sequence] === 1) return false;
    this.#seen[sequence] = 1;
    return true;
  }
}
