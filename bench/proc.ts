import { readFileSync } from "node:fs";

/** `USER_HZ`, which Linux fixes at 100 for everything it shows to programs. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process, with all its threads, has used. Linux only. */
export function processCpuSeconds(pid: number): { user: number; system: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return parseCpuSeconds(stat);
}

/** Reads the 14th and 15th field; the second one is a name in parentheses and may hold spaces. */
export function parseCpuSeconds(stat: string): { user: number; system: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    user: Number(fields[11]) / TICKS_PER_SECOND,
    system: Number(fields[12]) / TICKS_PER_SECOND,
  };
}

/** Resident memory of a process now, and the most it ever was, in bytes. Linux only. */
export function processMemory(pid: number): { rssBytes: number; rssBytesMax: number } {
  return parseMemory(readFileSync(`/proc/${pid}/status`, "latin1"));
}

/** Reads `VmRSS` and `VmHWM`, which are in KiB. */
export function parseMemory(status: string): { rssBytes: number; rssBytesMax: number } {
  const read = (key: string): number => {
    const match = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(status);
    return Number(match?.[1] ?? Number.NaN) * 1024;
  };
  return { rssBytes: read("VmRSS"), rssBytesMax: read("VmHWM") };
}

/** CPU seconds that the whole machine has spent on anything, all cores together. Linux only. */
export function machineBusySeconds(): number {
  return parseBusySeconds(readFileSync("/proc/stat", "latin1"));
}

/**
 * Adds up the first line, `cpu user nice system idle iowait irq softirq steal …`, without idle and waiting.
 * Stolen time counts: another guest used the CPU.
 */
export function parseBusySeconds(stat: string): number {
  const line = stat.slice(0, stat.indexOf("\n"));
  const [user, nice, system, , , irq, softirq, steal] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const ticks = [user, nice, system, irq, softirq, steal].reduce<number>(
    (sum, x) => sum + (x ?? 0),
    0,
  );
  return ticks / TICKS_PER_SECOND;
}
