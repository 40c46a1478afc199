/** The benchmark: `npm run bench`, see `bench/README.md`. */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { judge } from "./bars.ts";
import { allCases, selectCases } from "./cases/catalog.ts";
import { formatNumber } from "./format.ts";
import { describeMachine } from "./machine.ts";
import type { CaseResult, Column, Results, Run } from "./measurement.ts";
import { type BenchOptions, HELP, parseOptions } from "./options.ts";
import { renderReport } from "./report.ts";
import { type Contestant, Runner } from "./runner.ts";
import { serverKind } from "./servers/catalog.ts";
import { killAllServers } from "./servers/server-process.ts";
import { isOnPath } from "./servers/which.ts";

const RESULTS_DIR: string = fileURLToPath(new URL("./results/", import.meta.url));
const DATA_DIR: string = fileURLToPath(new URL("./.data/", import.meta.url));

/** Finds the servers that are there; the others are left out with a note, except the first, which must be there. */
async function findContestants(
  options: BenchOptions,
): Promise<{ contestants: Contestant[]; notes: string[] }> {
  const contestants: Contestant[] = [];
  const notes: string[] = [];
  for (const [index, name] of options.servers.entries()) {
    const kind = serverKind(name);
    const version = await kind.version();
    if (version === undefined) {
      if (index === 0) throw new Error(`the server "${name}" is not there`);
      notes.push(`${name} was not found and is left out`);
      continue;
    }
    const isRepeated = options.servers.indexOf(name) !== index;
    const id = isRepeated ? `${name}#${index + 1}` : name;
    const column: Column = { id, server: name, description: kind.description, version };
    contestants.push({ column, kind });
    if (kind.syncCounting === "never") notes.push(`${id}: syncs not counted, there is no strace`);
  }
  return { contestants, notes };
}

function printRun(result: CaseResult, run: Run): void {
  const { measurement } = run;
  let text = `failed: ${run.error}`;
  if (measurement?.readyMs !== undefined) text = `ready in ${formatNumber(measurement.readyMs)} ms`;
  else if (measurement?.latency && measurement.targetRate) {
    text = `p50 ${formatNumber(measurement.latency.p50)} µs, p99 ${formatNumber(measurement.latency.p99)} µs`;
  } else if (measurement) text = `${formatNumber(measurement.rate)} msg/s`;
  const time = new Date().toTimeString().slice(0, 8);
  process.stdout.write(
    `${time}  round ${run.round}  ${result.name.padEnd(20)}  ${run.column.padEnd(10)}  ${text}\n`,
  );
}

async function writeResults(results: Results, report: string, name: string): Promise<string> {
  await mkdir(RESULTS_DIR, { recursive: true });
  const base = join(RESULTS_DIR, `${results.startedAt.slice(0, 10)}-${name}`);
  await writeFile(`${base}.json`, `${JSON.stringify(results, undefined, 1)}\n`);
  await writeFile(`${base}.md`, report);
  return base;
}

/** Interrupted: no server may stay behind, and no gigabytes of data. */
function cleanUpOnSignal(dataDir: string): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      // All at once and synchronously, so that no further run can begin.
      killAllServers();
      rmSync(dataDir, { recursive: true, force: true });
      process.exit(130);
    });
  }
}

async function compare(options: BenchOptions, args: readonly string[]): Promise<number> {
  if (options.isPinned && !isOnPath("taskset")) throw new Error("--pin needs taskset");
  const cases = selectCases(allCases, options.only);
  const { contestants, notes } = await findContestants(options);
  const parentDir = options.dir ?? DATA_DIR;
  await mkdir(parentDir, { recursive: true });
  const dataDir = await mkdtemp(join(parentDir, "bench-"));
  cleanUpOnSignal(dataDir);
  const startedAtMs = Date.now();
  const runner = new Runner(options, cases, contestants, dataDir, printRun);
  const machine = describeMachine(dataDir);
  try {
    await runner.run();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  const results: Results = {
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: Date.now() - startedAtMs,
    command: ["npm run bench --", ...args].join(" "),
    machine,
    columns: contestants.map(({ column }) => column),
    rounds: options.rounds,
    secondsMeasured: options.secondsMeasured,
    secondsWarmup: options.secondsWarmup,
    isPinned: options.isPinned,
    notes,
    cases: runner.results,
  };
  const report = renderReport(results);
  const base = await writeResults(results, report, options.name);
  process.stdout.write(`\n${report}\nWritten to ${base}.json and .md\n`);
  const hasFailed = results.cases.some((result) => result.runs.some((run) => run.error));
  const isUnmet = judge(results).some((verdict) => verdict.isMet === false);
  return hasFailed || (options.isCheck && isUnmet) ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.isHelp) process.stdout.write(HELP);
  else if (options.isList) {
    for (const { name, title } of allCases) process.stdout.write(`${name.padEnd(20)}  ${title}\n`);
  } else return compare(options, args);
  return 0;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 1;
  },
);
