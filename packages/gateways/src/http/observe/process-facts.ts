import { readdir } from "node:fs/promises";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Exposition } from "./exposition.ts";
import { families } from "./families.ts";

const nsPerSecond = 1e9;
const delayResolutionMs = 20;

/** What is known of this process. It is measured from the first time that somebody asks. */
export class ProcessFacts {
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  #utilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  async write(to: Exposition): Promise<void> {
    const { user, system } = process.cpuUsage();
    to.add(families.cpu, {}, (user + system) / 1e6);
    to.add(families.startTime, {}, Math.round(performance.timeOrigin) / 1_000);
    const memory = process.memoryUsage();
    to.add(families.residentBytes, {}, memory.rss);
    to.add(families.heapUsed, {}, memory.heapUsed);
    to.add(families.heapTotal, {}, memory.heapTotal);
    to.add(families.externalBytes, {}, memory.external);
    to.add(families.openFiles, {}, await openFiles());
    this.#writeDelay(to);
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    to.add(families.loopUtilization, {}, utilization);
  }

  close(): void {
    this.#delay.disable();
  }

  /** What it measures is how far apart its own timer fires. */
  #writeDelay(to: Exposition): void {
    const isMeasured = this.#delay.count > 0;
    for (const quantile of [50, 90, 99, 100]) {
      const ns = isMeasured ? this.#delay.percentile(quantile) : 0;
      const lateSeconds = Math.max(0, ns / nsPerSecond - delayResolutionMs / 1_000);
      to.add(families.loopDelay, { quantile: String(quantile / 100) }, lateSeconds);
    }
    this.#delay.reset();
  }
}

/** `null` where the system does not tell. */
async function openFiles(): Promise<number | null> {
  try {
    return (await readdir("/proc/self/fd")).length;
  } catch {
    return null;
  }
}
