import type { StoredMsg } from "@nats-io/jetstream";
import type { Clock } from "@oxbow/base";
import type { ReplayedMessage, Station } from "oxbow/internal";
import {
  filterOf,
  isShown,
  partitionsOf,
  replayed,
  type ScannedPartition,
} from "./scanned-partition.ts";
import type { StoredMessages } from "./stored-messages.ts";

/** How often it is looked for more: while messages come, and while none do. */
const busyMs = 100;
const idleMs = 400;

/** Messages that have come to a station since it was looked before. */
interface TailSample {
  readonly messages: readonly ReplayedMessage<unknown>[];
  /** Those that have come, whether they are among `messages` or not. */
  readonly come: number;
}

/**
 * Follows a station for people: it looks again and again for the first few messages that have come, and leaves out the
 * others. What it costs does not depend on what the station takes, unlike that of a consumer.
 */
export class SampledTail {
  readonly #stored: StoredMessages;
  readonly #places: readonly ScannedPartition[];
  readonly #key: string | undefined;
  readonly #countMax: number;
  readonly #clock: Clock;
  /** The sequence that is looked at next, of each place. */
  readonly #next: number[];

  /** @param perSecondMax - Messages that are wanted in a second, all partitions together. */
  constructor(
    stored: StoredMessages,
    station: Station,
    key: string | undefined,
    perSecondMax: number,
    clock: Clock,
  ) {
    this.#stored = stored;
    this.#places = partitionsOf(station);
    this.#key = key;
    this.#clock = clock;
    const eachTime = (perSecondMax * busyMs) / 1_000;
    this.#countMax = Math.max(1, Math.floor(eachTime / Math.max(1, this.#places.length)));
    this.#next = this.#places.map(({ partition }) => partition.lastSequence + 1);
  }

  /** Goes on until it is aborted. */
  async *follow(signal: AbortSignal): AsyncGenerator<TailSample, void> {
    while (!signal.aborted) {
      const samples = await Promise.all(this.#places.map((_, index) => this.#look(index)));
      const messages = samples.flatMap((each) => each.messages);
      const come = samples.reduce((sum, each) => sum + each.come, 0);
      if (come > 0) {
        messages.sort((a, b) => a.time.getTime() - b.time.getTime());
        yield { messages, come };
      }
      await this.#pause(come > 0 ? busyMs : idleMs, signal);
    }
  }

  async #look(index: number): Promise<TailSample> {
    const place = this.#places[index] as ScannedPartition;
    const { stream } = place.partition;
    const next = this.#next[index] ?? 1;
    const filter = filterOf(place, this.#key);
    const { messages, pending } = await this.#stored.first(stream, next, this.#countMax, filter);
    const last = messages.at(-1);
    if (last === undefined) return { messages: [], come: 0 };
    this.#next[index] = (pending > 0 ? await this.#stored.lastSequence(stream) : last.seq) + 1;
    const isTold = ({ subject }: StoredMsg): boolean => isShown(subject, place);
    const told = messages.filter(isTold).map((each) => replayed(each, place));
    return { messages: told, come: told.length + pending };
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) return Promise.resolve();
    const timer = this.#clock.setTimer(ms, resolve);
    signal.addEventListener(
      "abort",
      () => {
        timer.cancel();
        resolve();
      },
      { once: true },
    );
    return promise;
  }
}
