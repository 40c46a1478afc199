import { type JsApiError, jsError } from "./errors.ts";
import type { StreamConfig } from "./stream-config.ts";

/** What an account may use of JetStream: the lower of the account's and the server's limits. -1 is no limit. */
export interface JetStreamLimits {
  readonly streamsMax: number;
  /** Consumers of one stream, where the stream itself does not say less. */
  readonly consumersMax: number;
  /** Greatest `max_ack_pending` of a consumer. */
  readonly ackPendingMax: number;
  /** The server's part of that, which is looked at first. */
  readonly serverAckPendingMax: number;
  /** Greatest `max_batch` of a pull consumer. */
  readonly requestBatchMax: number;
  /** Bytes that all memory streams together may reserve with `max_bytes`. */
  readonly memoryBytesMax: number;
  /** Bytes that all file streams together may reserve with `max_bytes`. */
  readonly storageBytesMax: number;
  /** Greatest `max_bytes` of a memory stream. */
  readonly memoryStreamBytesMax: number;
  /** Greatest `max_bytes` of a file stream. */
  readonly storageStreamBytesMax: number;
  /** Whether every stream must have `max_bytes`. */
  readonly requiresMaxBytes: boolean;
  /** Greatest `duplicate_window`, in nanoseconds; 0 is no limit. */
  readonly duplicateWindowMax: bigint;
}

/** No limits at all. */
export const unlimited: JetStreamLimits = {
  streamsMax: -1,
  consumersMax: -1,
  ackPendingMax: -1,
  serverAckPendingMax: -1,
  requestBatchMax: -1,
  memoryBytesMax: -1,
  storageBytesMax: -1,
  memoryStreamBytesMax: -1,
  storageStreamBytesMax: -1,
  requiresMaxBytes: false,
  duplicateWindowMax: 0n,
};

/** What the account uses already, without the stream that is being created or updated. */
export interface JetStreamUsage {
  readonly streamCount: number;
  /** Sum of `max_bytes` of the other memory streams that have one. */
  readonly memoryReserved: number;
  /** Sum of `max_bytes` of the other file streams that have one. */
  readonly storageReserved: number;
}

/** Whether there is room for one more stream: error 10027 if not. */
export function streamCountProblem(
  limits: JetStreamLimits,
  usage: JetStreamUsage,
): JsApiError | undefined {
  const isFull = limits.streamsMax > 0 && usage.streamCount >= limits.streamsMax;
  return isFull ? jsError(10027) : undefined;
}

/** Whether what a stream reserves fits beside the others: error 10026, 10028 or 10047 if not. */
export function reservationProblem(
  config: Pick<StreamConfig, "max_consumers" | "max_bytes" | "storage">,
  limits: JetStreamLimits,
  usage: JetStreamUsage,
): JsApiError | undefined {
  if (limits.consumersMax > 0 && config.max_consumers > limits.consumersMax) return jsError(10026);
  const bytes = Math.max(config.max_bytes, 1); // A stream without a limit needs some room, too.
  const fits = (reserved: number, max: number): boolean => max < 0 || reserved + bytes <= max;
  if (config.storage === "memory") {
    return fits(usage.memoryReserved, limits.memoryBytesMax) ? undefined : jsError(10028);
  }
  return fits(usage.storageReserved, limits.storageBytesMax) ? undefined : jsError(10047);
}
