import { getHeapStatistics } from "node:v8";
import type { ProcessVariables } from "@oxbow/engine";
import { redactArguments } from "./command-line/redact-arguments.ts";

/**
 * What this process publishes about itself. Of Go's memory statistics those are there that Node has as well, in bytes;
 * `Alloc` and `Sys` are of the heap of JavaScript and of the whole process.
 */
export function processVariables(): ProcessVariables {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const { total_physical_size: committed } = getHeapStatistics();
  return {
    cmdline: redactArguments(process.argv),
    memstats: {
      Alloc: heapUsed,
      Sys: rss,
      HeapAlloc: heapUsed,
      HeapSys: heapTotal,
      HeapIdle: Math.max(0, heapTotal - heapUsed),
      HeapInuse: heapUsed,
      HeapReleased: Math.max(0, heapTotal - committed),
    },
  };
}

/** Where the one thread of JavaScript is, and what the process waits for. */
export function describeStacks(): string {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const waiting = [...counts].map(([name, count]) => `${name}: ${count}`).sort();
  const stack = (new Error().stack ?? "").split("\n").slice(1);
  return ["main thread [running]:", ...stack, "", "waiting for:", ...waiting, ""].join("\n");
}
