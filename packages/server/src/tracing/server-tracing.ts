import type { Logger } from "@oxbow/base";
import type { Tracing } from "oxbow/internal";
import type { TracingSettings } from "../config/index.ts";
import type { SpanExport } from "./span-export.ts";

/** What spans that are not sent yet may hold up the end of the server. */
const flushTimeoutMs = 3_000;

/**
 * Writes down what the platform and the doors do as spans. OpenTelemetry takes 0.2 s and 25 MiB to load, so that it is loaded
 * once the server listens; doors wait for it, and what the platform does before has no spans.
 */
export class ServerTracing {
  readonly #settings: TracingSettings;
  readonly #logger: Logger;
  #loading: Promise<SpanExport | undefined> | undefined = undefined;
  #loaded: SpanExport | undefined = undefined;

  constructor(settings: TracingSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
  }

  /** `undefined` until it is loaded. */
  get current(): Tracing | undefined {
    return this.#loaded?.tracing;
  }

  /** `undefined` where it can't be loaded, of which the log tells. */
  async load(): Promise<Tracing | undefined> {
    this.#loading ??= this.#load();
    return (await this.#loading)?.tracing;
  }

  /** Sends what there is, within a few seconds. */
  async close(): Promise<void> {
    await (await this.#loading)?.close(flushTimeoutMs);
  }

  async #load(): Promise<SpanExport | undefined> {
    try {
      const { openSpanExport } = await import("./span-export.ts");
      this.#loaded = openSpanExport(this.#settings, this.#logger);
    } catch (error) {
      this.#logger.error({ error: (error as Error).message }, "no spans are written down");
    }
    return this.#loaded;
  }
}
