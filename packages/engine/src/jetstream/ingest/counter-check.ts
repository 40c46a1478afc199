import { type JsApiError, jsError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";

/** `Nats-Incr`, which only a stream of counters takes. */
export function incrementProblem({ headers }: Arrival): JsApiError | undefined {
  return headers.asks("increment") ? jsError(10168) : undefined;
}
