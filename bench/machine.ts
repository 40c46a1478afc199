import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { resolve } from "node:path";
import type { Machine } from "./measurement.ts";

/** Describes the machine, and the file system that holds the data directories. */
export function describeMachine(dataDir: string): Machine {
  const processors = cpus();
  return {
    cpuModel: processors[0]?.model ?? "unknown",
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    fileSystem: fileSystemOf(readFileSync("/proc/mounts", "utf8"), resolve(dataDir)),
    node: process.versions.node,
  };
}

/** Type of the file system whose mount point is the longest prefix of `path`. */
export function fileSystemOf(mounts: string, path: string): string {
  let best = "";
  let found = "unknown";
  for (const line of mounts.split("\n")) {
    const [, point, kind] = line.split(" ");
    if (point === undefined || kind === undefined) continue;
    const prefix = point.endsWith("/") ? point : `${point}/`;
    if (`${path}/`.startsWith(prefix) && point.length >= best.length) {
      best = point;
      found = kind;
    }
  }
  return found;
}
