import {
  DiscardPolicy,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { groupOfConsumer, inParallel, isMissing, membershipOf } from "oxbow/internal";
import { letterStream } from "../dead-letters/places.ts";
import type { ConsumerSample, HistoryNews, HistorySource, StreamSample } from "./history-source.ts";
import { historyLimits } from "./limits.ts";
import { isOfStation } from "./observed-source.ts";

/**
 * Asks any server that speaks NATS with JetStream: for all its streams, and for the consumers of those that have some.
 * The more streams there are, the less often.
 */
export class AskedSource implements HistorySource {
  readonly #manager: JetStreamManager;
  readonly #before: Map<string, string> = new Map();
  #skipsLeft = 0;

  constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  async look(): Promise<HistoryNews | undefined> {
    if (this.#skipsLeft > 0) {
      this.#skipsLeft -= 1;
      return undefined;
    }
    const all = await Array.fromAsync(this.#manager.streams.list());
    this.#skipsLeft = Math.floor(all.length / historyLimits.askedStreamsMax);
    const letters = all.find(({ config }) => config.name === letterStream);
    const stations = all.filter(({ config: { name } }) => isOfStation(name));
    const samples = await inParallel(stations, (info) => this.#sample(info));
    const changed = samples.filter((sample) => {
      const text = JSON.stringify(sample);
      const isSame = this.#before.get(sample.stream) === text;
      this.#before.set(sample.stream, text);
      return !isSame;
    });
    const present = new Set(samples.map(({ stream }) => stream));
    const gone = [...this.#before.keys()].filter((stream) => !present.has(stream));
    for (const stream of gone) this.#before.delete(stream);
    return { changed, gone, deadLetters: letters?.state.messages ?? 0 };
  }

  async #sample({ config, created, state }: StreamInfo): Promise<StreamSample> {
    return {
      stream: config.name,
      station: membershipOf(config)?.station ?? config.name,
      partition: membershipOf(config)?.partition ?? 1,
      created,
      lastSequence: state.last_seq,
      messages: state.messages,
      bytes: state.bytes,
      storedBytes: null,
      messagesMax: refusedBeyond(config, config.max_msgs),
      bytesMax: refusedBeyond(config, config.max_bytes),
      consumers: state.consumer_count === 0 ? [] : await this.#consumers(config.name),
    };
  }

  async #consumers(stream: string): Promise<ConsumerSample[]> {
    try {
      const infos = await Array.fromAsync(this.#manager.consumers.list(stream));
      return infos
        .filter(({ config }) => (config.durable_name ?? "") !== "")
        .map((info) => ({
          group: groupOfConsumer(info.config) ?? info.name,
          delivered: info.delivered.consumer_seq,
          acknowledged: info.ack_floor.consumer_seq,
          waiting: info.num_pending,
          inFlight: info.num_ack_pending,
          redelivered: info.num_redelivered,
          inFlightMax: Math.max(0, info.config.max_ack_pending ?? 0),
          deliveredBytes: null,
          oldestAtMs: info.num_pending + info.num_ack_pending === 0 ? 0 : null,
        }));
    } catch (error) {
      // Gone since it was listed.
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

function refusedBeyond({ discard }: StreamConfig, max: number): number | null {
  return discard === DiscardPolicy.New && max > 0 ? max : null;
}
