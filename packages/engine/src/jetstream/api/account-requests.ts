import type { JsonValue } from "../config/json-shape.ts";
import type { JetStreamLimits } from "../config/limits.ts";
import type { ApiAnswer, ApiRequest, ApiRoute } from "./route.ts";

/** Requests about the account as a whole. */
export const accountRequests: readonly (readonly [string, ApiRoute])[] = [
  ["INFO", { type: "account_info", args: [0, 0], handle: accountInfo }],
];

function accountInfo({ jetstream }: ApiRequest): ApiAnswer {
  let memory = 0;
  let storage = 0;
  let consumers = 0;
  for (const { config, log, consumers: own } of jetstream.streams.values()) {
    if (config.storage === "memory") memory += log.bytes;
    else storage += log.bytes;
    consumers += own.size;
  }
  const { memoryReserved, storageReserved } = jetstream.usage();
  const { apiLevel } = jetstream.services.server;
  return {
    memory,
    storage,
    reserved_memory: memoryReserved,
    reserved_storage: storageReserved,
    streams: jetstream.streams.size,
    consumers,
    limits: limitsAnswer(jetstream.limits),
    api: { level: apiLevel, total: jetstream.apiTotal, errors: jetstream.apiErrors },
  };
}

function limitsAnswer(limits: JetStreamLimits): JsonValue {
  return {
    max_memory: limits.memoryBytesMax,
    max_storage: limits.storageBytesMax,
    max_streams: limits.streamsMax,
    max_consumers: limits.consumersMax,
    max_ack_pending: limits.ackPendingMax,
    memory_max_stream_bytes: limits.memoryStreamBytesMax,
    storage_max_stream_bytes: limits.storageStreamBytesMax,
    max_bytes_required: limits.requiresMaxBytes,
  };
}
