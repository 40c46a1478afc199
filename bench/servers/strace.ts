import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isOnPath } from "./which.ts";

const SYNC_CALLS: readonly string[] = ["fsync", "fdatasync"];

/** Whether syncs can be counted from outside. */
export function isStraceAvailable(): boolean {
  return isOnPath("strace");
}

/** The command that runs `command` and writes a table of its sync calls to `outputFile` at its end. */
export function traceCommand(command: readonly string[], outputFile: string): string[] {
  const filter = `trace=${SYNC_CALLS.join(",")}`;
  return ["strace", "-f", "-c", "--seccomp-bpf", "-o", outputFile, "-e", filter, ...command];
}

/** The process that a tracer runs. */
export async function tracedPid(tracerPid: number): Promise<number> {
  for (;;) {
    const children = await readFile(`/proc/${tracerPid}/task/${tracerPid}/children`, "utf8");
    const pid = Number(children.trim().split(" ")[0]);
    // Until it executes the server, the child is still a copy of the tracer.
    if (pid > 0 && !readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("strace")) return pid;
    await sleep(1);
  }
}

/** Adds up the calls in a table written by `strace -c`; the count is its fourth column. */
export function countSyncs(table: string): number {
  let count = 0;
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (SYNC_CALLS.includes(columns.at(-1) as string)) count += Number(columns[3]);
  }
  return count;
}
