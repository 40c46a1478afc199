import type { OxbowError } from "@oxbow/base";

const nanosecondsPerMs = 1_000_000;

/** What an endpoint has done, as the micro protocol of NATS tells it (ADR-32). */
export class EndpointStats {
  #requests = 0;
  #errors = 0;
  #totalMs = 0;
  #lastError = "";

  count(durationMs: number, error: OxbowError | undefined): void {
    this.#requests += 1;
    this.#totalMs += durationMs;
    if (error === undefined) return;
    this.#errors += 1;
    this.#lastError = `${error.code}: ${error.message}`;
  }

  describe(): Readonly<Record<string, number | string>> {
    const processingTime = Math.round(this.#totalMs * nanosecondsPerMs);
    return {
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: processingTime,
      average_processing_time:
        this.#requests === 0 ? 0 : Math.round(processingTime / this.#requests),
    };
  }
}
