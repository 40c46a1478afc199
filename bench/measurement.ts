import type { LatencySummary, RoleName } from "./load/protocol.ts";

/** CPU use of one process over the measured interval. */
export interface CpuUse {
  userS: number;
  systemS: number;
  /** Of one core: 1 is one core fully used. */
  share: number;
}

/** Syncs of a whole run, from start to stop, and the messages that were made durable by them. */
export interface SyncCount {
  syncs: number;
  messages: number;
}

/** What one run of one case on one server found out. */
export interface Measurement {
  /** Completed and verified messages per second. */
  rate?: number;
  /** Of a case that publishes while groups consume: messages per second that came to all groups together. */
  deliveredRate?: number;
  /** Length of the measured interval in milliseconds, and the messages in it. */
  durationMs?: number;
  messages?: number;
  serverCpu?: CpuUse;
  /** Server CPU seconds per million messages. */
  cpuSecondsPerMillion?: number;
  loadCpu?: readonly (CpuUse & { role: RoleName })[];
  /** What everything else on the machine used, in cores: a run is only as good as this is low. */
  otherCpuShare?: number;
  /** Resident memory at the end of the interval, and the most since the start, in bytes. */
  rssBytes: number;
  rssBytesMax: number;
  latency?: LatencySummary;
  /** Messages per second that an open-loop case asked for. */
  targetRate?: number;
  /** By how much the load generator itself was late; it is part of `latency`. */
  lateness?: LatencySummary;
  /** From the start of the process until JetStream answered. */
  readyMs?: number;
  syncCount?: SyncCount;
}

/** One run in its place in the schedule. */
export interface Run {
  column: string;
  /** From 1. */
  round: number;
  measurement?: Measurement;
  /** Why there is no measurement. */
  error?: string;
}

/** How the results of a case are compared. */
export type CaseGroup = "rate" | "latency" | "start";

/** All runs of a case. */
export interface CaseResult {
  name: string;
  title: string;
  group: CaseGroup;
  runs: Run[];
  /** Runs under a tracer that counted syncs; their rates mean nothing. */
  countingRuns: Run[];
}

/** A server as it took part; `id` tells two columns with the same server apart. */
export interface Column {
  id: string;
  server: string;
  description: string;
  version: string;
}

/** What a reader needs to judge the numbers. */
export interface Machine {
  cpuModel: string;
  cpuCount: number;
  memoryBytes: number;
  kernel: string;
  fileSystem: string;
  node: string;
}

/** Everything a benchmark run produced. */
export interface Results {
  startedAt: string;
  durationMs: number;
  command: string;
  machine: Machine;
  columns: readonly Column[];
  rounds: number;
  secondsMeasured: number;
  secondsWarmup: number;
  isPinned: boolean;
  notes: readonly string[];
  cases: readonly CaseResult[];
}
