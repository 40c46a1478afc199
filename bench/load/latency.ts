import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { LatencySummary } from "./protocol.ts";

/** Collects latencies with a resolution of a microsecond, up to a minute. */
export class LatencyRecorder {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: 60e6,
    figures: 3,
  });

  /** @param latencyMs - Below the resolution it counts as one microsecond. */
  record(latencyMs: number): void {
    this.#histogram.record(Math.max(1, Math.round(latencyMs * 1000)));
  }

  reset(): void {
    this.#histogram.reset();
  }

  summary(): LatencySummary {
    const histogram = this.#histogram;
    return {
      sampleCount: histogram.count,
      p50: histogram.percentile(50),
      p99: histogram.percentile(99),
      p999: histogram.percentile(99.9),
      max: histogram.max,
    };
  }
}
