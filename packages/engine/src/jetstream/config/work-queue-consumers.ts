import { subjectsOverlap } from "../../subjects/subject.ts";
import { type ConsumerConfig, consumerFilters } from "./consumer-config.ts";
import { type JsApiError, jsError } from "./errors.ts";

/** The consumers of a stream, by name. */
export type NamedConsumers = Iterable<readonly [string, { readonly config: ConsumerConfig }]>;

/**
 * Why a work-queue stream that has `count` consumers can't have this one, too: each message is for one consumer, which
 * has to acknowledge it.
 */
export function workQueueProblem(
  config: ConsumerConfig,
  count: number,
  consumers: NamedConsumers,
): JsApiError | undefined {
  if (config.direct || config.sourcing) return undefined;
  if (config.ack_policy !== "explicit" && config.ack_policy !== "flow_control") {
    return jsError(10098);
  }
  if (config.deliver_policy !== "all") return jsError(10101);
  if (count === 0) return undefined;
  if (consumerFilters(config).length === 0) return jsError(10099);
  return isShared(config, consumers) ? jsError(10100) : undefined;
}

/**
 * Whether another consumer wants messages that this one wants. One without filters is not looked at, as in nats-server,
 * which lets an update take the filters off.
 */
export function isShared(config: ConsumerConfig, consumers: NamedConsumers): boolean {
  const filters = consumerFilters(config);
  if (filters.length === 0) return false;
  for (const [name, { config: other }] of consumers) {
    if (name === config.name || other.direct || other.sourcing) continue;
    const others = consumerFilters(other);
    if (others.length === 0) return true;
    if (others.some((own) => filters.some((filter) => subjectsOverlap(own, filter)))) return true;
  }
  return false;
}
