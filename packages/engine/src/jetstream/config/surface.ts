import type { ConsumerConfig } from "./consumer-config.ts";
import { type JsApiError, jsError } from "./errors.ts";
import type { StreamConfig, StreamSource } from "./stream-config.ts";

/**
 * What of nats-server's configuration surface this server does not do. Asking for it is refused, never accepted and then
 * ignored. An entry goes when the behaviour comes.
 */
interface Unsupported<Config> {
  /** The words before `is not supported by this server`. */
  readonly feature: string;
  isAsked(config: Config): boolean;
}

const streamFeatures: readonly Unsupported<StreamConfig>[] = [
  { feature: "mirror consumer", isAsked: ({ mirror }) => mirror !== null && hasConsumer(mirror) },
  { feature: "source consumer", isAsked: ({ sources }) => sources.some(hasConsumer) },
];

/** Whether an origin's messages come by a consumer that exists already (ADR-60). */
function hasConsumer({ consumer }: StreamSource): boolean {
  return consumer !== null;
}

/** Integers that can be larger on the wire than a double holds exactly. */
const streamIntegers = [
  "max_consumers",
  "max_msgs",
  "max_bytes",
  "max_msgs_per_subject",
  "first_seq",
] as const;
const consumerIntegers = [
  "opt_start_seq",
  "max_deliver",
  "max_waiting",
  "max_ack_pending",
  "max_batch",
  "max_bytes",
] as const;

/** The first thing in `config` that this server does not do, as error 10052. */
export function unsupportedInStream(config: StreamConfig): JsApiError | undefined {
  return unsupported(config, streamFeatures, streamIntegers);
}

/** The first thing in `config` that this server does not do, as error 10052. */
export function unsupportedInConsumer(config: ConsumerConfig): JsApiError | undefined {
  return unsupported(config, [], consumerIntegers);
}

function unsupported<Name extends string, Config extends Readonly<Record<Name, number>>>(
  config: Config,
  features: readonly Unsupported<Config>[],
  integers: readonly Name[],
): JsApiError | undefined {
  const asked = features.find((entry) => entry.isAsked(config));
  if (asked !== undefined) {
    return jsError(10052, { err: `${asked.feature} is not supported by this server` });
  }
  const large = integers.find((name) => config[name] > Number.MAX_SAFE_INTEGER);
  if (large === undefined) return undefined;
  return jsError(10052, {
    err: `${large} beyond ${Number.MAX_SAFE_INTEGER} is not supported by this server`,
  });
}
