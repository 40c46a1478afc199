import type { CaseGroup, Measurement } from "../measurement.ts";
import type { ServerKind } from "../servers/server.ts";

/** What a case may use in one run. */
export interface CaseEnvironment {
  readonly server: ServerKind;
  readonly columnId: string;
  /** Makes a directory that nothing has used yet; it is removed after the run. */
  newDir(): Promise<string>;
  /** A directory of this server's that stays until the benchmark ends. */
  readonly keptDir: string;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** CPUs to pin to, if asked for. */
  readonly serverCpu: number | undefined;
  readonly loadCpu: number | undefined;
  /** Whether this run counts syncs from outside. */
  readonly countsSyncs: boolean;
  /** Messages of the large store. */
  readonly storeMessageCount: number;
  /**
   * Median rate of a case in the rounds so far, one per server that ran it; servers limited to durable publishing
   * only if asked for.
   */
  ratesOf(caseName: string, includesDurableOnly: boolean): readonly number[];
}

/** One comparison. Names are stable, they appear in results and on the command line. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly group: CaseGroup;
  /** Whether it also runs on servers limited to durable publishing. */
  readonly isDurablePublish: boolean;
  /** Whether the syncs of servers that do not tell are worth a run under a tracer. */
  readonly countsSyncs?: boolean;
  /** Whether it says nothing new unless a server limited to durable publishing takes part. */
  readonly isForDurableOnlyServer?: boolean;
  /** Whether it goes over HTTP, which only servers with a platform speak. */
  readonly needsHttp?: boolean;
  /** A case that must have run before in the same round. */
  readonly needs?: string;
  run(environment: CaseEnvironment): Promise<Measurement>;
}

/** Payload sizes in names and titles. */
export function sizeLabel(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`;
}

/** The stream that cases with a single stream use. */
export const STREAM = "BENCH";

/** Its subjects: a hundred, because one subject would let a server get away with remembering the last. */
export const SUBJECTS: readonly string[] = Array.from({ length: 100 }, (_, i) => `bench.${i}`);
