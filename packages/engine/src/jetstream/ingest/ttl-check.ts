import { type JsApiError, jsError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";

/** `Nats-TTL`, which only a stream with `allow_msg_ttl` takes. */
export function ttlProblem({ headers, isSourced }: Arrival): JsApiError | undefined {
  return !isSourced && headers.asks("ttl") ? jsError(10166) : undefined;
}
