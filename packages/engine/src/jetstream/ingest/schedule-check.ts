import { type JsApiError, jsError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";

/** `Nats-Schedule`, which only a stream with `allow_msg_schedules` takes. */
export function scheduleProblem({ headers, isSourced }: Arrival): JsApiError | undefined {
  return !isSourced && headers.asks("schedule") ? jsError(10188) : undefined;
}
