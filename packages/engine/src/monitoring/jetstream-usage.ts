import { JETSTREAM_API_LEVEL } from "../connection/server-info.ts";
import type { Engine } from "../engine.ts";
import type { ResolvedEngineOptions, SyncOptions } from "../engine-options.ts";
import type { JetStream } from "../jetstream/jetstream.ts";

const intervalDefaultNs = 2 * 60 * 1e9;

/** What JetStream was told, as `/varz` and `/jsz` show it. */
export function jetstreamConfig({
  jetstream,
  dataDirectory,
  sync,
}: ResolvedEngineOptions): Record<string, unknown> {
  return {
    max_memory: jetstream.memoryBytesMax,
    max_storage: jetstream.storageBytesMax,
    ...(dataDirectory !== undefined && { store_dir: dataDirectory }),
    ...syncConfig(sync),
    ...(jetstream.domain !== undefined && { domain: jetstream.domain }),
    ...(jetstream.isStrict && { strict: true }),
  };
}

/** As nats-server does, its interval is told beside, without which tools pass over all of it. */
function syncConfig(sync: SyncOptions): object {
  if (sync.mode === "always") return { sync_interval: intervalDefaultNs, sync_always: true };
  return sync.mode === "interval" ? { sync_interval: sync.intervalMs * 1e6 } : {};
}

/** The limits of JetStream that were set. */
export function jetstreamLimits({ jetstream }: ResolvedEngineOptions): Record<string, unknown> {
  const { requestBatchMax, ackPendingMax, duplicateWindowMsMax } = jetstream;
  return {
    ...(requestBatchMax > 0 && { max_request_batch: requestBatchMax }),
    ...(ackPendingMax > 0 && { max_ack_pending: ackPendingMax }),
    ...(duplicateWindowMsMax > 0 && { duplicate_window: duplicateWindowMsMax * 1e6 }),
  };
}

/** What all accounts together use of JetStream. */
export function jetstreamUsage(engine: Engine): Record<string, unknown> {
  const total = { memory: 0, storage: 0, memoryReserved: 0, storageReserved: 0 };
  const api = { level: JETSTREAM_API_LEVEL, total: 0, errors: 0 };
  for (const jetstream of engine.jetstreams) {
    const { memory, storage } = bytesOf(jetstream);
    const { memoryReserved, storageReserved } = jetstream.usage();
    total.memory += memory;
    total.storage += storage;
    total.memoryReserved += memoryReserved;
    total.storageReserved += storageReserved;
    api.total += jetstream.apiTotal;
    api.errors += jetstream.apiErrors;
  }
  return {
    memory: total.memory,
    storage: total.storage,
    reserved_memory: total.memoryReserved,
    reserved_storage: total.storageReserved,
    accounts: engine.jetstreams.length,
    ha_assets: 0,
    api,
  };
}

/** Bytes in the streams of an account, by storage. */
export function bytesOf(jetstream: JetStream): {
  readonly memory: number;
  readonly storage: number;
} {
  let memory = 0;
  let storage = 0;
  for (const { config, log } of jetstream.streams.values()) {
    if (config.storage === "memory") memory += log.bytes;
    else storage += log.bytes;
  }
  return { memory, storage };
}
