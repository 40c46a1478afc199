import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { Station } from "oxbow/internal";
import type { Caller } from "../access/caller.ts";
import type { MessageBody, MessageSample } from "../contract/index.ts";
import { SampledTail } from "./sampled-tail.ts";
import { SharedTail } from "./shared-tail.ts";
import { ShownMessages, type ShownQuery } from "./shown-message.ts";
import { StoredMessages } from "./stored-messages.ts";

/** What is to be seen of a station. */
interface SampleQuery extends ShownQuery {
  readonly key?: string | undefined;
  readonly perSecondMax: number;
}

/** The samples of stations that are followed, shared by those who ask on the same connection for the same. */
export class SharedTails {
  readonly #clock: Clock;
  readonly #tails: WeakMap<NatsConnection, Map<string, SharedTail>> = new WeakMap();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What begins with the messages that come from now on. */
  async open(
    caller: Caller,
    station: Station,
    query: SampleQuery,
  ): Promise<Pick<SharedTail, "follow">> {
    const stored = await StoredMessages.open(caller.connection);
    const tails = this.#of(caller.connection);
    const { key = null, perSecondMax, decode = false, preview = null } = query;
    const id = JSON.stringify([station.name, key, perSecondMax, decode, preview]);
    const sampled = new SampledTail(stored, station, query.key, perSecondMax, this.#clock);
    const shown = new ShownMessages(caller.control, query);
    const begin = (): SharedTail => {
      const tail = new SharedTail(
        (signal) => samplesOf(sampled, shown, signal),
        () => tails.delete(id),
      );
      tails.set(id, tail);
      return tail;
    };
    // By then another one may follow it, or have stopped to.
    return { follow: (tell, signal) => (tails.get(id) ?? begin()).follow(tell, signal) };
  }

  #of(connection: NatsConnection): Map<string, SharedTail> {
    const tails = this.#tails.get(connection) ?? new Map<string, SharedTail>();
    this.#tails.set(connection, tails);
    return tails;
  }
}

async function* samplesOf(
  tail: SampledTail,
  shown: ShownMessages,
  signal: AbortSignal,
): AsyncGenerator<MessageSample, void> {
  for await (const { messages, come } of tail.follow(signal)) {
    const bodies: MessageBody[] = [];
    for (const message of messages) bodies.push(await shown.body(message));
    yield { shown: bodies, come };
  }
}
