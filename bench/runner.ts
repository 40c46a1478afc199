import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { valuesByRound } from "./bars.ts";
import type { BenchCase, CaseEnvironment } from "./cases/case.ts";
import type { CaseResult, Column, Run } from "./measurement.ts";
import type { BenchOptions } from "./options.ts";
import { schedule } from "./schedule.ts";
import type { ServerKind } from "./servers/server.ts";
import { summarize } from "./statistics.ts";

/** A run that counts syncs is short: the count per message is what matters. */
const COUNTING_SECONDS = 1;

/** A server in the place it has in the comparison. */
export interface Contestant {
  column: Column;
  kind: ServerKind;
}

/** Runs the schedule and collects what comes out. A run that fails is recorded, and the next one goes ahead. */
export class Runner {
  readonly results: CaseResult[];
  readonly #options: BenchOptions;
  readonly #cases: readonly BenchCase[];
  readonly #contestants: readonly Contestant[];
  readonly #baseDir: string;
  readonly #onRun: (result: CaseResult, run: Run) => void;

  /** @param baseDir - Where data directories are made; exists. */
  constructor(
    options: BenchOptions,
    cases: readonly BenchCase[],
    contestants: readonly Contestant[],
    baseDir: string,
    onRun: (result: CaseResult, run: Run) => void,
  ) {
    this.#options = options;
    this.#contestants = contestants;
    this.#baseDir = baseDir;
    this.#onRun = onRun;
    const hasDurableOnly = contestants.some(({ kind }) => kind.isDurableOnly);
    this.#cases = cases.filter((benchCase) => hasDurableOnly || !benchCase.isForDurableOnlyServer);
    this.results = this.#cases.map(({ name, title, group }) => ({
      name,
      title,
      group,
      runs: [],
      countingRuns: [],
    }));
  }

  async run(): Promise<void> {
    const { rounds } = this.#options;
    for (const at of schedule(rounds, this.#cases.length, this.#contestants.length)) {
      const contestant = this.#contestants[at.columnIndex] as Contestant;
      const benchCase = this.#cases[at.caseIndex] as BenchCase;
      if (contestant.kind.isDurableOnly && !benchCase.isDurablePublish) continue;
      if (benchCase.needsHttp === true && !contestant.kind.hasPlatform) continue;
      await this.#runOnce(benchCase, contestant, at.round, false);
    }
    if (this.#options.countsSyncs) await this.#countSyncs();
  }

  /** Repeats the durable publishing cases, once each, on servers whose syncs are counted from outside. */
  async #countSyncs(): Promise<void> {
    for (const benchCase of this.#cases) {
      if (!benchCase.countsSyncs) continue;
      for (const contestant of this.#contestants) {
        if (contestant.kind.syncCounting !== "on-request") continue;
        if (contestant.kind.isDurableOnly && !benchCase.isDurablePublish) continue;
        await this.#runOnce(benchCase, contestant, 1, true);
      }
    }
  }

  async #runOnce(
    benchCase: BenchCase,
    contestant: Contestant,
    round: number,
    countsSyncs: boolean,
  ): Promise<void> {
    const { column } = contestant;
    const run: Run = { column: column.id, round };
    const dirs: string[] = [];
    try {
      const environment = this.#environment(contestant, countsSyncs, dirs);
      run.measurement = await benchCase.run(environment);
    } catch (error) {
      run.error = (error as Error).message;
    }
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
    const result = this.results.find(({ name }) => name === benchCase.name) as CaseResult;
    (countsSyncs ? result.countingRuns : result.runs).push(run);
    this.#onRun(result, run);
  }

  #environment(contestant: Contestant, countsSyncs: boolean, dirs: string[]): CaseEnvironment {
    const options = this.#options;
    const seconds = countsSyncs ? COUNTING_SECONDS : options.secondsMeasured;
    return {
      server: contestant.kind,
      columnId: contestant.column.id,
      keptDir: join(this.#baseDir, `kept-${contestant.column.id.replaceAll("/", "_")}`),
      newDir: async () => {
        await mkdir(this.#baseDir, { recursive: true });
        const dir = await mkdtemp(join(this.#baseDir, "run-"));
        dirs.push(dir);
        return dir;
      },
      warmupMs: (countsSyncs ? Math.min(options.secondsWarmup, 0.2) : options.secondsWarmup) * 1000,
      measureMs: seconds * 1000,
      serverCpu: options.isPinned ? 0 : undefined,
      loadCpu: options.isPinned ? 1 : undefined,
      countsSyncs,
      storeMessageCount: options.messages,
      ratesOf: (caseName, includesDurableOnly) => this.#ratesOf(caseName, includesDurableOnly),
    };
  }

  #ratesOf(caseName: string, includesDurableOnly: boolean): number[] {
    const result = this.results.find(({ name }) => name === caseName);
    return this.#contestants
      .filter(({ kind }) => includesDurableOnly || !kind.isDurableOnly)
      .flatMap(({ column }) => {
        const rates = valuesByRound(result, column.id, (measurement) => measurement.rate);
        return summarize([...rates.values()])?.median ?? [];
      });
  }
}
