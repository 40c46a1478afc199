import type { StationRequest } from "@oxbow/platform";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

type DeadLetterReason = NonNullable<StationRequest["deadLetterReasons"]>[number];

const dayMs = 24 * 60 * 60 * 1000;
const defaultAgeMs = 3_600_000;
const defaultWindowMs = 120_000;
const windowMinMs = 100;
const partitionsMax = 1000;
const number = z.number().nullish();
const text = z.string().nullish();

/** What an SDK sends to have a station made. Some write `schemaverse` with a capital. */
export interface MemphisStationRequest {
  readonly name: string;
  readonly retention_type?: string | null | undefined;
  readonly retention_value?: number | null | undefined;
  readonly storage_type?: string | null | undefined;
  readonly replicas?: number | null | undefined;
  readonly idempotency_window_in_ms?: number | null | undefined;
  readonly schema_name?: string | null | undefined;
  readonly partitions_number?: number | null | undefined;
  readonly dls_configuration?: Record<string, boolean | null | undefined> | null | undefined;
  readonly dls_station?: string | null | undefined;
}

export const stationRequestShape: z.ZodType<MemphisStationRequest> = z.object({
  name: z.string(),
  retention_type: text,
  retention_value: number,
  storage_type: text,
  replicas: number,
  idempotency_window_in_ms: number,
  schema_name: text,
  partitions_number: number,
  dls_configuration: z.record(z.string(), z.boolean().nullish()).nullish(),
  dls_station: text,
});

/**
 * What is added to the tenant's defaults for the station that is made where somebody produces to one that there is not, or
 * consumes from it.
 */
export function defaultsBeside({ maxAgeMs = defaultAgeMs }: StationRequest): StationRequest {
  return {
    maxAgeMs,
    duplicateWindowMs: maxAgeMs > 0 ? Math.min(defaultWindowMs, maxAgeMs) : defaultWindowMs,
  };
}

/**
 * The settings of the station that is asked for.
 *
 * @throws Refusal
 */
export function stationSettings(request: MemphisStationRequest): StationRequest {
  const partitions = partitionsOf(request);
  const retention = retentionOf(request, partitions);
  return {
    ...retention,
    partitions,
    storage: storageOf(request),
    replicas: replicasOf(request.replicas ?? 0),
    deadLetterReasons: deadLetterReasonsOf(request),
    duplicateWindowMs: windowOf(request, retention.maxAgeMs ?? 0),
  };
}

/** SDKs say of two kinds whether they become dead letters; what is not said is so. */
function deadLetterReasonsOf({
  dls_configuration: given,
}: MemphisStationRequest): DeadLetterReason[] {
  const { poison, schemaverse, Schemaverse = schemaverse } = given ?? {};
  const ofGroups: DeadLetterReason[] = poison === false ? [] : ["exhausted", "terminated"];
  return Schemaverse === false ? ofGroups : [...ofGroups, "refused"];
}

function partitionsOf({ partitions_number: count, name }: MemphisStationRequest): number {
  const partitions = count ?? 0;
  if (partitions === 0) {
    throw new Refusal("you are using an old SDK, make sure to update your SDK");
  }
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= partitionsMax)
    return partitions;
  throw new Refusal(
    `cannot create station with ${partitions} partitions (max:${partitionsMax} min:1): Station -  ${name}, `,
  );
}

/** Limits of messages and bytes are those of each partition. */
function retentionOf(
  { retention_type: type, retention_value: value }: MemphisStationRequest,
  partitions: number,
): StationRequest {
  const amount = value ?? 0;
  const isAge = type === "message_age_sec" || type === undefined || type === null || type === "";
  if (type === "ack_based") return { untilAcknowledged: true, maxAgeMs: 0 };
  if (!isAge && type !== "messages" && type !== "bytes") {
    throw new Refusal(
      "retention type can be one of the following message_age_sec/messages/bytes/ack_based",
    );
  }
  if (amount <= 0) return { maxAgeMs: defaultAgeMs };
  if (isAge) return { maxAgeMs: Math.round(amount * 1000) };
  const limit = Math.round(amount) * partitions;
  return type === "messages"
    ? { maxAgeMs: 0, maxMessages: limit }
    : { maxAgeMs: 0, maxBytes: limit };
}

function storageOf({ storage_type: type }: MemphisStationRequest): "file" | "memory" {
  if (type === undefined || type === null || type === "" || type === "file") return "file";
  if (type === "memory") return "memory";
  throw new Refusal("storage type can be one of the following file/memory");
}

/** An even number of copies decides nothing that the odd one below does not. */
function replicasOf(replicas: number): number {
  if (replicas <= 0) return 1;
  if (replicas === 2 || replicas === 4) return 3;
  return Math.min(replicas, 5);
}

function windowOf(
  { idempotency_window_in_ms: given }: MemphisStationRequest,
  maxAgeMs: number,
): number {
  const windowMs = given ?? 0;
  if (windowMs > dayMs) throw new Refusal("idempotency window can not exceed 24 hours");
  if (maxAgeMs > 0 && windowMs > maxAgeMs) {
    throw new Refusal("idempotency window cannot be greater than the station retention");
  }
  if (windowMs <= 0) return maxAgeMs > 0 ? Math.min(defaultWindowMs, maxAgeMs) : defaultWindowMs;
  return Math.max(windowMinMs, Math.round(windowMs));
}
