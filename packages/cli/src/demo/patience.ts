import { setTimeout as delay } from "node:timers/promises";
import { JetStreamApiError } from "@nats-io/jetstream";
import { CommandFailure } from "../failures.ts";

const RETRY_MS = 250;
const PATIENCE_MS = 60_000;
/** JetStream's code of an answer that says "not now", as a server gives that is only coming up. */
const UNAVAILABLE_STATUS = 503;

/**
 * Makes a call that may be made twice until the server answers it, for a minute: while a server is being started
 * again, calls are lost, time out, or meet a server that does not serve streams yet. Refusals are not retried.
 */
export async function patiently<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isRefusal =
        error instanceof CommandFailure ||
        (error instanceof JetStreamApiError && error.status !== UNAVAILABLE_STATUS);
      if (isRefusal || performance.now() > deadlineMs) throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}
