import { availableParallelism } from "node:os";
import type { ProcessFacts } from "@oxbow/engine";

/** Share of one core this process has used since it was last asked, in percent. */
export class CpuMeter {
  #usage: NodeJS.CpuUsage = process.cpuUsage();
  #atMs: number = performance.now();
  #percent = 0;

  percent(): number {
    const nowMs = performance.now();
    // Two questions in a row would measure nothing.
    if (nowMs - this.#atMs >= 1000) {
      const { user, system } = process.cpuUsage(this.#usage);
      this.#percent = Math.round((user + system) / (nowMs - this.#atMs)) / 10;
      this.#usage = process.cpuUsage();
      this.#atMs = nowMs;
    }
    return this.#percent;
  }
}

/** What the system says about this process now. */
export function measureProcess(
  cpu: CpuMeter,
): Pick<ProcessFacts, "memoryBytes" | "cpuPercent" | "coresCount"> {
  return {
    memoryBytes: process.memoryUsage.rss(),
    cpuPercent: cpu.percent(),
    coresCount: availableParallelism(),
  };
}
