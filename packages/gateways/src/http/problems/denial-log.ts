import type { Clock, Logger, OxbowError } from "@oxbow/base";
import type { FastifyRequest } from "fastify";
import { pathOf } from "./path-of.ts";

/** Lines of the log about who was refused, in a second. More of them tell nothing more. */
export const denialLinesMax = 10;

const secondMs = 1_000;
const codes: ReadonlySet<string> = new Set([
  ...["LOGIN_FAILED", "LOGIN_PAUSED", "ORIGIN_DENIED", "HOST_DENIED", "ACCESS_DENIED"],
]);

/** Writes down who was not let in, or may not do what was asked for (ASVS 16.3.1, 16.3.2): never with what. */
export class DenialLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #left = 0;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** To be told of every error that is answered. */
  tell({ method, url, socket }: FastifyRequest, { code }: OxbowError): void {
    if (!codes.has(code)) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs >= secondMs) {
      if (this.#left > 0)
        this.#logger.warn({ requests: this.#left }, "more HTTP requests were refused");
      [this.#sinceMs, this.#lines, this.#left] = [nowMs, 0, 0];
    }
    if (this.#lines >= denialLinesMax) {
      this.#left += 1;
      return;
    }
    this.#lines += 1;
    const { remoteAddress: address } = socket;
    // As JSON where it has spaces: a path writes no line of its own.
    const path = pathOf(url).slice(0, 256);
    this.#logger.warn({ code, address, method, path }, "an HTTP request was refused");
  }
}
