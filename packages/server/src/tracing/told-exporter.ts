import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "@oxbow/base";

type Told = Parameters<SpanExporter["export"]>[1];

/** Says in the log when spans can't be sent: once, until they can be again. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #to: string;
  readonly #logger: Logger;
  /** Spans that were lost since it was told. */
  #lost = 0;

  /** @param to - Where they go. */
  constructor(exporter: SpanExporter, to: string, logger: Logger) {
    this.#exporter = exporter;
    this.#to = to;
    this.#logger = logger;
  }

  export(spans: ReadableSpan[], done: Told): void {
    this.#exporter.export(spans, (result) => {
      if (result.error !== undefined || result.code !== 0) this.#failed(spans.length, result.error);
      else this.#sent();
      // Whose error it is was told: it is nothing for OpenTelemetry to report, too.
      done({ code: 0 });
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #failed(count: number, error: Error | undefined): void {
    const { name = "", message = "" } = error ?? {};
    const fields = { to: this.#to, error: message || name || "it was not taken" };
    if (this.#lost === 0)
      this.#logger.warn(fields, "spans can't be sent, and are lost until they can be");
    this.#lost += count;
  }

  #sent(): void {
    if (this.#lost > 0) this.#logger.info({ lost: this.#lost }, "spans can be sent again");
    this.#lost = 0;
  }
}
