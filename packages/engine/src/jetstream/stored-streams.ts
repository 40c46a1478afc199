import { ByteReader, type DurableState } from "@oxbow/log";
import { Consumer } from "./consumer/consumer.ts";
import type { JetStreamServices } from "./services.ts";
import type { StoredNames } from "./stored-names.ts";
import { Stream } from "./stream/stream.ts";
import { decodeStreamState } from "./stream/stream-state.ts";

/** Brings back the streams and consumers of one account that the store holds. */
export class StoredStreams {
  readonly #services: JetStreamServices;
  readonly #names: StoredNames;
  readonly #streams: Map<string, Stream>;

  /** @param streams - Where they are put, by name. */
  constructor(services: JetStreamServices, names: StoredNames, streams: Map<string, Stream>) {
    this.#services = services;
    this.#names = names;
    this.#streams = streams;
  }

  async restore(): Promise<void> {
    const { store } = this.#services;
    this.#dropUnfinished();
    const states = store.states;
    for (const state of states) {
      const name = this.#names.streamOf(state.key);
      if (name !== undefined) await this.#restoreStream(state, name);
    }
    const unread = new Set<string>();
    for (const state of states) {
      const names = this.#names.consumerOf(state.key);
      if (names === undefined) continue;
      if (!this.#restoreConsumer(state, names.stream, names.consumer)) unread.add(names.stream);
    }
    // What a consumer still needs that can't be read, nobody knows.
    for (const stream of this.#streams.values()) {
      if (!unread.has(stream.name)) stream.reviewRetention();
    }
  }

  /** Lets go of streams whose restoration did not come to its end. */
  #dropUnfinished(): void {
    const { store, logger } = this.#services;
    for (const state of store.states) {
      const stream = this.#names.restorationOf(state.key);
      if (stream === undefined) continue;
      const log = store.log(this.#names.log(stream));
      if (log !== undefined) store.deleteLog(log);
      state.delete();
      logger.warn({ stream }, "a stream that was being restored when the server stopped is gone");
    }
  }

  async #restoreStream(state: DurableState, name: string): Promise<void> {
    const services = this.#services;
    const log = services.store.log(this.#names.log(name));
    const recovered = state.recovered;
    // A stream's delta is its whole configuration; the last one counts.
    const bytes = recovered?.deltas.at(-1) ?? recovered?.snapshot;
    const stored = bytes === undefined ? undefined : decodeStreamState(new ByteReader(bytes));
    if (log === undefined || stored === undefined) {
      services.logger.error({ stream: name }, "the stored configuration of a stream can't be read");
      return;
    }
    const stream = new Stream(services, stored.config, stored.created, log, state);
    this.#streams.set(name, stream);
    await stream.restoreDuplicates();
    stream.start();
  }

  /** False if the consumer can't be read. */
  #restoreConsumer(state: DurableState, streamName: string, name: string): boolean {
    const services = this.#services;
    const stream = this.#streams.get(streamName);
    const recovered = state.recovered;
    if (stream === undefined || recovered === undefined) return false;
    const deltas = recovered.deltas.map((delta) => new ByteReader(delta));
    const snapshot = new ByteReader(recovered.snapshot);
    const consumer = Consumer.restore(services, stream, name, snapshot, deltas);
    if (consumer === undefined) {
      services.logger.error({ stream: streamName, consumer: name }, "a consumer can't be read");
      return false;
    }
    stream.addConsumer(consumer);
    consumer.start(state);
    return true;
  }
}
