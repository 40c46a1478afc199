import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
} from "@nats-io/jetstream";
import type { Place } from "./place.ts";
import { isMissing } from "./refusals.ts";

/** In case that the probe is not deleted. */
const idleNs = 5_000_000_000;

/** A place in one stream. */
export interface Spot {
  /** The message that comes next, or a later one. */
  readonly sequence: number;
  /** Messages that come. */
  readonly messages: number;
}

/**
 * Finds places in a stream, and counts what comes behind them, by a consumer that is made for it, asked for nothing, and
 * deleted: it works with any filters, and the server counts from its index.
 */
export class StreamProbe {
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #filters: string[];

  /** @param filters - Subjects of the messages that count; none for all. */
  constructor(manager: JetStreamManager, stream: string, filters: readonly string[]) {
    this.#manager = manager;
    this.#stream = stream;
    this.#filters = [...filters];
  }

  async at(place: Place): Promise<Spot> {
    switch (place.from) {
      case "beginning":
        return this.#ask({ deliver_policy: DeliverPolicy.All });
      case "now":
        return this.#ask({ deliver_policy: DeliverPolicy.New });
      case "sequence":
        return this.#atSequence(place.sequence);
      case "time":
        return this.#ask({
          deliver_policy: DeliverPolicy.StartTime,
          opt_start_time: new Date(place.time).toISOString(),
        });
      case "last":
        return this.#beforeLast(place.messages);
    }
  }

  /** At most behind the last message, as what is published later must not be passed over. */
  async #atSequence(sequence: number): Promise<Spot> {
    const end = await this.at({ from: "now" });
    return sequence >= end.sequence ? end : this.#from(sequence);
  }

  #from(sequence: number): Promise<Spot> {
    return this.#ask({
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence,
    });
  }

  /** Of messages that were removed, or do not match, only the sequences are left: the place is searched by halves. */
  async #beforeLast(messages: number): Promise<Spot> {
    let low = await this.at({ from: "beginning" });
    if (low.messages <= messages) return low;
    let high = (await this.at({ from: "now" })).sequence;
    // With nothing removed and no filter it is this one.
    let sequence = high - messages;
    while (high - low.sequence > 1) {
      const spot = { ...(await this.#from(sequence)), sequence };
      if (spot.messages === messages) return spot;
      if (spot.messages > messages) low = spot;
      else high = sequence;
      sequence = Math.floor((low.sequence + high) / 2);
    }
    return low;
  }

  async #ask(start: Partial<ConsumerConfig>): Promise<Spot> {
    const { consumers } = this.#manager;
    const [one, ...others] = this.#filters;
    const info = await consumers.add(this.#stream, {
      ...start,
      ack_policy: AckPolicy.Explicit,
      inactive_threshold: idleNs,
      mem_storage: true,
      num_replicas: 1,
      ...(one !== undefined && others.length === 0 && { filter_subject: one }),
      ...(others.length > 0 && { filter_subjects: this.#filters }),
    });
    try {
      await consumers.delete(this.#stream, info.name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return { sequence: info.delivered.stream_seq + 1, messages: info.num_pending };
  }
}
