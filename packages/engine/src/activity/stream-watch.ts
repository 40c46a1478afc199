import type { Consumer } from "../jetstream/consumer/consumer.ts";
import type { JetStream } from "../jetstream/jetstream.ts";
import type { Stream } from "../jetstream/stream/stream.ts";
import { timestampText } from "../time/clock-time.ts";

/** A durable consumer, as it is now. */
export interface WatchedConsumer {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Deliveries since it was made, and up to which of them all are acknowledged. */
  readonly delivered: number;
  readonly acknowledged: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly redelivered: number;
  /** Messages that may be worked on at a time; 0 for any number. */
  readonly inFlightMax: number;
  /** Of deliveries since the server started. */
  readonly deliveredBytes: number;
  /** When the oldest message was stored that is not acknowledged; 0 if there is none. */
  readonly oldestAtMs: number;
}

/** A stream, as it is now. */
export interface WatchedStream {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** When it was made, as it is told. */
  readonly created: string;
  readonly lastSequence: number;
  readonly messages: number;
  readonly bytes: number;
  /** Of messages that were stored since the server started. */
  readonly storedBytes: number;
  /** Beyond which new messages are refused; `null` where they are not. */
  readonly messagesMax: number | null;
  readonly bytesMax: number | null;
  readonly consumers: readonly WatchedConsumer[];
}

/** What is different from when it was looked before. */
export interface StreamNews {
  readonly changed: readonly WatchedStream[];
  readonly gone: readonly string[];
}

/** What was seen of a stream: numbers that can't stay the same when something happens to it. */
interface Seen {
  readonly stream: Stream;
  lastSequence: number;
  messages: number;
  bytes: number;
  consumers: number;
  /** Of all its consumers: all of these only grow, while they are the same consumers. */
  progress: number;
}

/**
 * Tells which streams of an account have changed. To look takes a few comparisons for each stream and consumer, and no
 * memory: ten thousand that are idle cost a few milliseconds.
 */
export class StreamWatch {
  readonly #jetstream: () => JetStream | undefined;
  readonly #seen: Map<string, Seen> = new Map();

  /** @param jetstream - Of the account, which may come and go. */
  constructor(jetstream: () => JetStream | undefined) {
    this.#jetstream = jetstream;
  }

  /** The first time, all streams are new. */
  look(): StreamNews {
    const changed: WatchedStream[] = [];
    const streams = this.#jetstream()?.streams;
    for (const stream of streams?.values() ?? []) {
      if (this.#hasChanged(stream)) changed.push(watched(stream));
    }
    const gone: string[] = [];
    if (this.#seen.size > (streams?.size ?? 0)) {
      for (const name of this.#seen.keys()) if (streams?.has(name) !== true) gone.push(name);
      for (const name of gone) this.#seen.delete(name);
    }
    return { changed, gone };
  }

  #hasChanged(stream: Stream): boolean {
    const { log, consumers } = stream;
    let progress = 0;
    for (const consumer of consumers.values()) progress += progressOf(consumer);
    const seen = this.#seen.get(stream.name);
    if (
      seen?.stream === stream &&
      seen.lastSequence === log.lastSequence &&
      seen.messages === log.count &&
      seen.bytes === log.bytes &&
      seen.consumers === consumers.size &&
      seen.progress === progress
    ) {
      return false;
    }
    this.#seen.set(stream.name, {
      stream,
      lastSequence: log.lastSequence,
      messages: log.count,
      bytes: log.bytes,
      consumers: consumers.size,
      progress,
    });
    return true;
  }
}

/** Weights tell apart what moves from one to the other. */
function progressOf({ progress }: Consumer): number {
  const { deliveredConsumer, floorConsumer, pending, deliveries, nextSequence } = progress;
  return (
    deliveredConsumer * 3 +
    floorConsumer * 5 +
    pending.size * 7 +
    deliveries.size * 11 +
    nextSequence
  );
}

function watched(stream: Stream): WatchedStream {
  const { name, config, created, log } = stream;
  const refusedBeyond = (max: number): number | null =>
    config.discard === "new" && max > 0 ? max : null;
  const durable = [...stream.consumers.values()].filter(
    (consumer) => consumer.config.durable_name !== "",
  );
  return {
    name,
    metadata: config.metadata ?? {},
    created: timestampText(created),
    lastSequence: log.lastSequence,
    messages: log.count,
    bytes: log.bytes,
    storedBytes: stream.storedBytes,
    messagesMax: refusedBeyond(config.max_msgs),
    bytesMax: refusedBeyond(config.max_bytes),
    consumers: durable.map(watchedConsumer),
  };
}

function watchedConsumer(consumer: Consumer): WatchedConsumer {
  const { name, config, progress, pendingCount } = consumer;
  return {
    name,
    metadata: config.metadata ?? {},
    delivered: progress.deliveredConsumer,
    acknowledged: progress.shownFloor.consumer,
    waiting: pendingCount,
    inFlight: progress.pending.size,
    redelivered: config.max_deliver === 1 ? 0 : progress.deliveries.size,
    inFlightMax: Math.max(0, config.max_ack_pending),
    deliveredBytes: consumer.deliveredBytes,
    oldestAtMs: consumer.oldestWaitingMs,
  };
}
