import type { LogLimits } from "@oxbow/log";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { StreamConfig } from "../config/stream-config.ts";

/** The limits of a configuration, in the log's words. */
export function logLimits(config: StreamConfig): LogLimits {
  const limit = (value: number): number => (value > 0 ? value : Number.POSITIVE_INFINITY);
  return {
    countMax: limit(config.max_msgs),
    bytesMax: limit(config.max_bytes),
    ageMsMax: config.max_age > 0n ? nsToMs(config.max_age) : Number.POSITIVE_INFINITY,
    perSubjectMax: limit(config.max_msgs_per_subject),
    honoursTtls: config.allow_msg_ttl,
  };
}
