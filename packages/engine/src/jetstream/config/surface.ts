import type { ConsumerConfig } from "./consumer-config.ts";
import { type JsApiError, jsError } from "./errors.ts";
import type { StreamConfig } from "./stream-config.ts";

/** Integers that can be larger on the wire than a double holds exactly. */
const streamIntegers = [
  "max_consumers",
  "max_msgs",
  "max_bytes",
  "max_msgs_per_subject",
  "first_seq",
] as const;
const originIntegers = ["opt_start_seq"] as const;
const consumerIntegers = [
  "opt_start_seq",
  "max_deliver",
  "max_waiting",
  "max_ack_pending",
  "max_batch",
  "max_bytes",
] as const;

/** What in `config` this server does not do, as error 10052: never accepted and then ignored. */
export function unsupportedInStream(config: StreamConfig): JsApiError | undefined {
  const { mirror, sources } = config;
  const origins = mirror === null ? sources : [mirror, ...sources];
  for (const origin of origins) {
    const problem = unsupported(origin, originIntegers);
    if (problem !== undefined) return problem;
  }
  return unsupported(config, streamIntegers);
}

/** What in `config` this server does not do, as error 10052: never accepted and then ignored. */
export function unsupportedInConsumer(config: ConsumerConfig): JsApiError | undefined {
  return unsupported(config, consumerIntegers);
}

function unsupported<Name extends string, Config extends Readonly<Record<Name, number>>>(
  config: Config,
  integers: readonly Name[],
): JsApiError | undefined {
  const large = integers.find((name) => config[name] > Number.MAX_SAFE_INTEGER);
  if (large === undefined) return undefined;
  return jsError(10052, {
    err: `${large} beyond ${Number.MAX_SAFE_INTEGER} is not supported by this server`,
  });
}
