import type { Log } from "@oxbow/log";
import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import {
  type ArchivedConsumer,
  type ArchivedMessage,
  StreamArchiveReader,
} from "@oxbow/wire/nats-archive";
import { encodeText } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import { nsToInstantMs } from "../../time/ns-to-ms.ts";
import { parseTimestamp, type Timestamp } from "../../time/timestamp.ts";
import { type ConsumerConfig, storedConsumerConfig } from "../config/consumer-config.ts";
import { parseLifetime } from "../config/lifetime.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import { ConsumerProgress } from "../consumer/consumer-progress.ts";

const TTL = Buffer.from("Nats-TTL");

/** A consumer out of an archive. */
export interface RestoredConsumer {
  readonly name: string;
  readonly config: ConsumerConfig;
  readonly created: Timestamp | undefined;
  readonly progress: ConsumerProgress;
}

/**
 * Fills the log of a stream that nobody sees yet from an archive, in whatever pieces that comes: messages keep their
 * sequences and times.
 */
export class StreamRestoration {
  readonly consumers: RestoredConsumer[] = [];
  /** When the stream was created, where the archive says so. */
  created: Timestamp | undefined = undefined;
  readonly #config: StreamConfig;
  readonly #log: Log;
  readonly #reader: StreamArchiveReader;
  /** Removals that come before their messages have: tombstones follow, marks stand in place. */
  readonly #removed: Set<number> = new Set();
  #lastSequence: number;

  /** @param bounds - First and last sequence, from the request; 0 where it does not say. */
  constructor(config: StreamConfig, log: Log, bounds: readonly [number, number]) {
    this.#config = config;
    this.#log = log;
    this.#lastSequence = bounds[1];
    this.#setFirst(bounds[0]);
    this.#reader = new StreamArchiveReader(config.name, {
      onMeta: (meta) => this.#onMeta(meta as Readonly<Record<string, unknown>>),
      onBounds: (first, last) => {
        this.#setFirst(first);
        this.#lastSequence = Math.max(this.#lastSequence, last);
      },
      onMessage: (message) => this.#onMessage(message),
      onRemoved: (sequence) => this.#onRemoved(sequence),
      onConsumer: (consumer) => this.consumers.push(restoredConsumer(consumer)),
    });
  }

  /** Takes the next bytes. @throws If they make no sense; the restoration is over then. */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The archive is over. @throws If it is not whole. */
  end(): void {
    this.#reader.end();
    const missing = this.#lastSequence - this.#log.lastSequence;
    if (missing > 0) this.#log.skip(this.#log.lastTimestampMs, missing);
  }

  #onMeta({ name, Created: created }: Readonly<Record<string, unknown>>): void {
    if (name !== this.#config.name) throw new Error("stream names do not match");
    if (typeof created === "string") this.created = parseTimestamp(created);
  }

  #setFirst(sequence: number): void {
    if (sequence > 1 && this.#log.lastSequence === 0) this.#log.skipTo(sequence);
  }

  #onMessage({ sequence, timeNs, subject, headers, payload }: ArchivedMessage): void {
    const log = this.#log;
    // Below the first sequence lies what the stream had let go of.
    if (sequence < log.firstSequence || this.#removed.delete(sequence)) return;
    if (sequence <= log.lastSequence) throw new Error(`message ${sequence} out of order`);
    const timeMs = nsToInstantMs(timeNs);
    const missing = sequence - log.lastSequence - 1;
    if (missing > 0) log.skip(timeMs, missing);
    const body = Buffer.concat([headers, payload]);
    const ttl = lifetimeOf(body, headers.length);
    log.append(timeMs, subject, 0, subject.length, body, headers.length, 0, body.length, 1, ttl);
  }

  #onRemoved(sequence: number): void {
    if (sequence > this.#log.lastSequence) {
      this.#lastSequence = Math.max(this.#lastSequence, sequence);
    } else {
      this.#log.remove(sequence);
    }
  }
}

/** The lifetime that a message was stored with, in seconds; 0 for none, or none that can be read. */
function lifetimeOf(body: Buffer, headersSize: number): number {
  const value: HeaderValue = { start: 0, end: 0 };
  if (headersSize === 0 || !findHeader(body, 0, headersSize, TTL, value)) return 0;
  return parseLifetime(body.toString("utf8", value.start, value.end).trim()) ?? 0;
}

/** A consumer with its progress. @throws If its configuration can't be read. */
function restoredConsumer({ name, config, created, state }: ArchivedConsumer): RestoredConsumer {
  const decoded = storedConsumerConfig.decode(Buffer.from(encodeText(config as JsonValue)));
  if (!decoded.ok) {
    throw new Error(`error restoring consumer ["${name}"]: ${decoded.error.description}`);
  }
  const { ackFloor, delivered, pending, redelivered } = state;
  const progress = new ConsumerProgress(delivered.stream + 1, decoded.value.ack_policy !== "none");
  progress.deliveredConsumer = delivered.consumer;
  progress.floorConsumer = ackFloor.consumer;
  progress.floorStream = ackFloor.stream;
  for (const entry of [...pending].sort((a, b) => a.streamSequence - b.streamSequence)) {
    const { consumerSequence, deliveredAtSeconds } = entry;
    progress.pending.set(entry.streamSequence, {
      consumerSequence,
      sinceMs: deliveredAtSeconds * 1000,
    });
  }
  for (const [sequence, count] of redelivered) progress.deliveries.set(sequence, count + 1);
  return {
    name,
    config: decoded.value,
    created: created === undefined ? undefined : parseTimestamp(created),
    progress,
  };
}
