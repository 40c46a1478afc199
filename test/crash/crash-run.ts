import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HistoryChecker, type HistoryEvent, SimRandom, type Violation } from "@oxbow/testkit";
import { type ServerProgram, TestServer } from "@oxbow/testkit/servers";
import { openConnection } from "./connection.ts";
import { HistoryFile } from "./history-file.ts";
import { LoadProcess } from "./load-process.ts";
import { PlantedLoss } from "./planted-loss.ts";
import { readStream } from "./stream-reader.ts";
import { createStreams } from "./streams.ts";
import { streamPlans } from "./workload.ts";

/** How long after the load has begun the broker is killed, in milliseconds. */
const KILL_DELAY_MS = { min: 20, max: 800 };

/** Share of the restarts that are killed as well, before the broker may have recovered, and after how long. */
const RECOVERY_KILL = { share: 0.25, delayMsMax: 600 };

export interface CrashOptions {
  readonly program: ServerProgram;
  /** Kills under load; a few of the restarts after them are killed too. */
  readonly killCount: number;
  readonly seed: string;
  /** Whether the disk forgets at the last kill what was acknowledged just before. */
  readonly isLossPlanted: boolean;
  /** Takes a line of progress. */
  readonly print: (line: string) => void;
}

/** What a run found, and where the evidence lies if it found something. */
export interface CrashOutcome {
  readonly violations: readonly Violation[];
  /** Why the run could not go on: the broker did not start, did not answer, or miscounted. */
  readonly failure: Error | undefined;
  /**
   * Nothing was found; or, where a loss was planted, that acknowledged messages are gone was found at the kill at which
   * the disk forgets.
   */
  readonly isPassed: boolean;
  readonly eventCount: number;
  /** The history, line by line; removed if the run is passed. */
  readonly historyPath: string;
  /** The broker's data; removed if the run is passed. */
  readonly dataDirectory: string;
  /** What the broker printed since it was last started. */
  readonly serverOutput: string;
}

/** Loads, kills, restarts and checks a broker, until something is wrong or all kills are done. */
export async function runCrashes(options: CrashOptions): Promise<CrashOutcome> {
  const server = await TestServer.start(options.program, { syncInterval: "always" });
  const directory = await mkdtemp(join(tmpdir(), "oxbow-crash-"));
  const run = new CrashRun(options, server, directory);
  let failure: Error | undefined;
  try {
    await run.run();
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  await run.end();
  const { violations, eventCount, historyPath } = run;
  const isClean = failure === undefined && violations.length === 0;
  const isPassed = options.isLossPlanted ? run.isPlantedLossCaught : isClean;
  if (isPassed) {
    await server.close();
    await rm(directory, { recursive: true });
  } else {
    await server.kill();
  }
  const { dataDirectory, output: serverOutput } = server;
  return {
    violations,
    failure,
    isPassed,
    eventCount,
    historyPath,
    dataDirectory,
    serverOutput,
  };
}

class CrashRun {
  readonly historyPath: string;
  readonly #options: CrashOptions;
  readonly #server: TestServer;
  readonly #random: SimRandom;
  readonly #history: HistoryFile;
  readonly #load: LoadProcess;
  readonly #plantedLoss: PlantedLoss;
  /** The broker's id keeps a message unique for the whole run, so what is sent again must be stored once. */
  readonly #checker = new HistoryChecker({ isDeduplicated: true });
  #eventCount = 0;
  #hasForgotten = false;

  constructor(options: CrashOptions, server: TestServer, directory: string) {
    this.historyPath = join(directory, "history.jsonl");
    this.#options = options;
    this.#server = server;
    this.#random = new SimRandom(options.seed).fork("killer");
    this.#history = new HistoryFile(this.historyPath);
    this.#load = new LoadProcess(this.historyPath, options.seed);
    this.#plantedLoss = new PlantedLoss(server.dataDirectory, join(directory, "remembered"));
  }

  get violations(): readonly Violation[] {
    return this.#checker.violations;
  }

  get isPlantedLossCaught(): boolean {
    return this.#hasForgotten && this.violations.some(({ rule }) => rule === "I1");
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  async run(): Promise<void> {
    const { killCount, isLossPlanted } = this.#options;
    await createStreams(this.#server.url);
    for (let kill = 1; kill <= killCount; kill += 1) {
      await this.#crash(kill, isLossPlanted && kill === killCount);
      if (this.violations.length > 0) return;
    }
    await this.#finish();
  }

  async end(): Promise<void> {
    await this.#load.close();
    this.#history.close();
  }

  /** One life of the broker: load, a kill, a restart, and a look at everything that is left. */
  async #crash(kill: number, isLossPlanted: boolean): Promise<void> {
    const delayMs = Math.round(this.#random.between(KILL_DELAY_MS.min, KILL_DELAY_MS.max));
    this.#history.flush();
    await this.#load.tell({ type: "run", url: this.#server.url });
    await delay(delayMs);
    if (isLossPlanted) await this.#plantLoss();
    await this.#server.kill();
    await this.#load.tell({ type: "pause" });
    if (isLossPlanted) {
      await this.#plantedLoss.forget();
      this.#hasForgotten = true;
    }
    const seen = this.#takeHistory();
    const restart = await this.#restart();
    const read = await this.#readStreams();
    const { print, killCount } = this.#options;
    print(`kill ${kill}/${killCount} after ${delayMs} ms: ${seen}; ${restart}; ${read}`);
  }

  /** Has the broker acknowledge something that the disk will have forgotten. */
  async #plantLoss(): Promise<void> {
    const { pid } = this.#server;
    if (pid === undefined) throw new Error("there is no broker to plant a loss under");
    await this.#plantedLoss.remember(pid);
    await this.#load.tell({ type: "await-ack" });
  }

  /** Starts the broker again; at times it is killed in the middle of that, and started once more. */
  async #restart(): Promise<string> {
    let how = "";
    if (this.#random.chance(RECOVERY_KILL.share)) {
      const delayMs = this.#random.below(RECOVERY_KILL.delayMsMax);
      // It may have become ready before; then the kill meets a broker that serves nobody yet.
      const starting = this.#server.restart().catch(() => undefined);
      await delay(delayMs);
      await this.#server.kill();
      await starting;
      how = `, killed after ${delayMs} ms and started again`;
    }
    const startMs = performance.now();
    await this.#server.restart();
    this.#record({ type: "restarted" });
    return `restarted in ${Math.round(performance.now() - startMs)} ms${how}`;
  }

  /** Sends again what is open, reads everything, and lets every consumer finish. */
  async #finish(): Promise<void> {
    const { url } = this.#server;
    this.#history.flush();
    await this.#load.tell({ type: "settle", url });
    const settled = this.#takeHistory();
    const read = await this.#readStreams();
    this.#history.flush();
    await this.#load.tell({ type: "drain", url });
    this.#options.print(`end: ${settled}; ${read}; ${this.#takeHistory()}`);
  }

  async #readStreams(): Promise<string> {
    const startMs = performance.now();
    await using connection = await openConnection(this.#server.url);
    let count = 0;
    for (const { name } of streamPlans) {
      count += await readStream(connection, name, this.#random, (event) => this.#record(event));
    }
    return `${count} messages read in ${Math.round(performance.now() - startMs)} ms`;
  }

  /** Checks an event of this process, and adds it to the history. */
  #record(event: HistoryEvent): void {
    this.#history.record(event);
    this.#check(event);
  }

  /** Checks what the load process has added to the history, and says how much that is. */
  #takeHistory(): string {
    const counts: Partial<Record<HistoryEvent["type"], number>> = {};
    for (const event of this.#history.readNew()) {
      counts[event.type] = (counts[event.type] ?? 0) + 1;
      this.#check(event);
    }
    const shown = ["submitted", "acked", "delivered", "ack-confirmed", "removed"] as const;
    return shown.map((type) => `${counts[type] ?? 0} ${type}`).join(", ");
  }

  #check(event: HistoryEvent): void {
    this.#checker.check(event);
    this.#eventCount += 1;
  }
}
