import type { JsonValue } from "../../json/shape.ts";
import type { AccountJetStreamLimits } from "../../options/accounts.ts";
import { nothingAllowed } from "../account-limits.ts";
import type { JetStream } from "../jetstream.ts";
import type { ApiAnswer, ApiRequest, ApiRoute } from "./route.ts";

/** Requests about the account as a whole. */
export const accountRequests: readonly (readonly [string, ApiRoute])[] = [
  ["INFO", { type: "account_info", args: [0, 0], handle: accountInfo }],
];

function accountInfo({ jetstream }: ApiRequest): ApiAnswer {
  const { tier, limits = nothingAllowed } = jetstream.allowed;
  const { apiLevel, domain } = jetstream.services.server;
  const usage = usageOf(jetstream);
  const own = { ...usage, limits: limitsAnswer(limits) };
  return {
    ...(tier === undefined ? own : { ...usage, limits: limitsAnswer(noLimits) }),
    ...(domain !== undefined && { domain }),
    api: {
      level: apiLevel,
      total: jetstream.apiTotal,
      errors: jetstream.apiErrors,
    },
    ...(tier !== undefined && { tiers: { [tier]: own } }),
  };
}

/** What stands beside the limits of tiers. */
const noLimits: AccountJetStreamLimits = {
  ...nothingAllowed,
  streamsMax: 0,
  consumersMax: 0,
  ackPendingMax: 0,
  memoryStreamBytesMax: 0,
  storageStreamBytesMax: 0,
};

function usageOf(jetstream: JetStream): { readonly [name: string]: JsonValue } {
  let memory = 0;
  let storage = 0;
  let consumers = 0;
  for (const { config, log, consumers: own } of jetstream.streams.values()) {
    if (config.storage === "memory") memory += log.bytes;
    else storage += log.bytes;
    consumers += own.size;
  }
  const { memoryReserved, storageReserved } = jetstream.usage();
  return {
    memory,
    storage,
    reserved_memory: memoryReserved,
    reserved_storage: storageReserved,
    streams: jetstream.streams.size,
    consumers,
  };
}

function limitsAnswer(limits: AccountJetStreamLimits): JsonValue {
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
