import type { ByteReader, ByteWriter } from "@oxbow/log";
import type { Timestamp } from "../../time/timestamp.ts";
import { type ConsumerConfig, storedConsumerConfig } from "../config/consumer-config.ts";
import { ConsumerProgress } from "./consumer-progress.ts";

const FORMAT = 1;

/** What the store keeps of a consumer. */
export interface ConsumerRecord {
  readonly config: ConsumerConfig;
  readonly created: Timestamp;
  readonly progress: ConsumerProgress;
}

/** Writes all of it; the changes that the progress remembers are in it, and forgotten. */
export function encodeConsumer(
  writer: ByteWriter,
  { config, created, progress }: ConsumerRecord,
): void {
  writer.integer(FORMAT);
  writer.blob(storedConsumerConfig.encode(config));
  writer.integer(created.seconds);
  writer.integer(created.nanos);
  progress.encodeSnapshot(writer);
}

/** Reads what {@link encodeConsumer} wrote, and the changes after it; `undefined` if it can't be read. */
export function decodeConsumer(
  snapshot: ByteReader,
  deltas: readonly ByteReader[],
): ConsumerRecord | undefined {
  const format = snapshot.integer();
  const config = storedConsumerConfig.decode(snapshot.blob());
  const created = { seconds: snapshot.integer(), nanos: snapshot.integer(), offsetMinutes: 0 };
  if (format !== FORMAT || !config.ok) return undefined;
  const progress = new ConsumerProgress(1, config.value.ack_policy !== "none");
  if (!progress.restoreSnapshot(snapshot)) return undefined;
  for (const delta of deltas) progress.restoreDelta(delta);
  return { config: config.value, created, progress };
}
