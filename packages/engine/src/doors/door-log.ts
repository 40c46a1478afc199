import type { Clock, LogFields, Logger, Socket } from "@oxbow/base";
import { RateLimit } from "./rate-limit.ts";

/** Lines a second that strangers can have written to the log of a port; more of them only where debugging is on. */
export const refusalLinesMax = 10;

/** What the log hears of those who do not get in at a port. Whoever operates the server should see why. */
export class DoorLog {
  readonly #logger: Logger;
  readonly #rate: RateLimit;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#rate = new RateLimit(clock, refusalLinesMax);
  }

  /** Somebody was sent away for a reason that may be the server's or an honest client's mistake. */
  refused(socket: Socket, reason: string): void {
    if (this.#rate.take()) this.#logger.warn(fieldsOf(socket), reason);
    else this.#logger.debug(fieldsOf(socket), reason);
  }

  /** Somebody came who meant something else, or nothing. */
  ignored(socket: Socket, reason: string): void {
    this.#logger.debug(fieldsOf(socket), reason);
  }
}

function fieldsOf({ remoteAddress, remotePort }: Socket): LogFields {
  const host = remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress;
  return { connection: `${host}:${remotePort}` };
}
