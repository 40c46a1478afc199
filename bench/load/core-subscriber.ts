import { Connection, type ConnectionHandler } from "./connection.ts";
import { CREDIT_SUBJECT } from "./core-publisher.ts";
import type { RoleOptions } from "./protocol.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["core-subscriber"];

/** One subscription on a connection of its own; checks that every message arrives once, in order and unchanged. */
class Subscriber implements ConnectionHandler {
  readonly #payloads: Payloads;
  readonly #context: RoleContext;
  readonly #onReadEnd: () => void;
  connection: Connection | undefined;
  receivedCount = 0;

  constructor(payloads: Payloads, context: RoleContext, onReadEnd: () => void) {
    this.#payloads = payloads;
    this.#context = context;
    this.#onReadEnd = onReadEnd;
  }

  async open(options: Options): Promise<void> {
    this.connection = await Connection.openSubscribed(options.port, options.subject, this);
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    if (
      frame.payloadEnd - frame.payloadStart !== this.#payloads.size ||
      !this.#payloads.matches(this.receivedCount, buffer, frame.payloadStart)
    ) {
      this.#context.fail(new Error(`message ${this.receivedCount} is missing or changed`));
      return;
    }
    this.receivedCount++;
  }

  onReadEnd(): void {
    this.#onReadEnd();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }
}

/** Receives everything on every connection, and tells the publisher what has arrived on all of them. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const payloads = new Payloads(options.payloadSize);
  const subscribers: Subscriber[] = [];
  let creditedCount = 0;

  const onReadEnd = (): void => {
    if (subscribers.length < options.connectionCount) return; // Handshakes are still going on.
    let arrivedCount = Number.POSITIVE_INFINITY;
    for (const subscriber of subscribers) {
      arrivedCount = Math.min(arrivedCount, subscriber.receivedCount);
    }
    if (arrivedCount - creditedCount < options.creditEvery) return;
    creditedCount = arrivedCount;
    const text = String(arrivedCount);
    subscribers[0]?.connection?.write(`PUB ${CREDIT_SUBJECT} ${text.length}\r\n${text}\r\n`);
  };

  for (let i = 0; i < options.connectionCount; i++) {
    const subscriber = new Subscriber(payloads, context, onReadEnd);
    await subscriber.open(options);
    subscribers.push(subscriber);
  }
  const count = (): number =>
    subscribers.reduce((sum, subscriber) => sum + subscriber.receivedCount, 0);
  return {
    start: () => {},
    count,
    async finish() {
      // The publisher has stopped and was answered its PING, so its messages are ahead of these PONGs.
      for (const subscriber of subscribers) await subscriber.connection?.flush();
      for (const subscriber of subscribers) subscriber.connection?.close();
      return { total: count() };
    },
  };
}
