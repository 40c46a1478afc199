import type { ByteReader, ByteWriter } from "@oxbow/log";
import type { Timestamp } from "../../time/timestamp.ts";
import { type StreamConfig, storedStreamConfig } from "../config/stream-config.ts";

/** Writes what the store keeps of a stream. */
export function encodeStreamState(
  writer: ByteWriter,
  config: StreamConfig,
  created: Timestamp,
): void {
  writer.integer(1);
  writer.blob(storedStreamConfig.encode(config));
  writer.integer(created.seconds);
  writer.integer(created.nanos);
}

/** Reads what {@link encodeStreamState} wrote; `undefined` if it can't be read. */
export function decodeStreamState(
  reader: ByteReader,
): { config: StreamConfig; created: Timestamp } | undefined {
  const version = reader.integer();
  const config = storedStreamConfig.decode(reader.blob());
  const created = { seconds: reader.integer(), nanos: reader.integer(), offsetMinutes: 0 };
  if (version !== 1 || reader.failed || !config.ok) return undefined;
  return { config: config.value, created };
}
