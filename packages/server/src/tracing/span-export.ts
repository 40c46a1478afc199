import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "@oxbow/base";
import type { Tracing } from "oxbow/internal";
import { openTelemetry } from "oxbow/opentelemetry";
import type { TracingSettings } from "../config/index.ts";
import { programVersion } from "../program-version.ts";
import { ToldExporter } from "./told-exporter.ts";

/** Spans on their way to where they are looked at. */
export interface SpanExport {
  readonly tracing: Tracing;
  /** Sends what there is, and ends. What takes longer is lost. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Has spans sent by OTLP over HTTP, from a bounded queue: where nobody takes them they are lost, and nothing waits for them.
 * Nothing is registered with OpenTelemetry, as the process may be an application with spans of its own.
 */
export function openSpanExport(settings: TracingSettings, logger: Logger): SpanExport {
  const { url, headers, isCompressed, resource, timeoutMs } = settings;
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    ...(isCompressed && { compression: "gzip" as never }),
  });
  const processor = new BatchSpanProcessor({
    exporter: new ToldExporter(exporter, new URL(url).host, logger),
    scheduledDelayMillis: settings.delayMs,
    maxQueueSize: settings.queueMax,
    maxExportBatchSize: settings.batchMax,
    exportTimeoutMillis: timeoutMs + 1_000,
  });
  const version = programVersion();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.version": version, ...resource }),
    sampler: samplerOf(settings),
    spanProcessors: [processor],
  });
  const kept = new AsyncLocalStorage<Context>();
  return {
    tracing: openTelemetry({
      tracer: provider.getTracer("oxbow", version),
      contexts: {
        active: () => kept.getStore() ?? ROOT_CONTEXT,
        with: (context, work) => kept.run(context, work),
      },
    }),
    close: (graceMs) => closed(provider, graceMs),
  };
}

function samplerOf({ sampler: { ratio, isParentBased } }: TracingSettings): Sampler {
  const root = new TraceIdRatioBasedSampler(ratio);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

async function closed(provider: TracerProvider, timeoutMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  // What could not be sent was told.
  await Promise.race([provider.shutdown().catch(() => undefined), late]);
  clearTimeout(timer);
}
