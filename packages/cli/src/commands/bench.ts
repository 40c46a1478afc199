import { formatDurationMs, formatSizeBytes } from "@oxbow/server/units";
import { Argument, Command, InvalidArgumentError } from "commander";
import { sizeBytes, wholeNumber } from "../arguments.ts";
import type { Measurement } from "../bench/cases.ts";
import { withConnection } from "../client/connect.ts";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { formatCount, note, print, printJson } from "../output/print.ts";
import { renderTable } from "../output/table.ts";
import { withStations } from "../platform/station-client.ts";

const caseNames = [
  ...["pubsub", "request", "publish", "publish-sync", "consume"],
  ...["produce", "group"],
] as const;
type CaseName = (typeof caseNames)[number];

interface BenchOptions extends ClientOptions {
  readonly messages: number;
  readonly size: number;
  readonly json?: boolean;
}

/** `oxbow bench`. */
export function createCommand(): Command {
  const command = new Command("bench")
    .description(
      "Measure a server with one client process: plain NATS, streams, and stations (produce, group), which are left out " +
        "where nobody keeps them. The numbers are those of server and client together on this " +
        "machine, and a quick look: npm run bench compares servers with care.",
    )
    .addArgument(
      new Argument(
        "[case...]",
        `what to measure: ${caseNames.join(", ")}; all without it`,
      ).argParser(Object.assign(addCase, { words: caseNames })),
    )
    .option("--messages <count>", "messages a case", wholeNumber(1, 10_000_000), 100_000)
    .option("--size <size>", "bytes of a message", sizeBytes, 128)
    .option("--json", "print the results as JSON");
  return withClientOptions(command)
    .addHelpText(
      "after",
      exampleText([
        "oxbow bench",
        "oxbow bench publish consume --size 1KiB --messages 50000",
        "oxbow bench produce group",
        "oxbow bench --server nats://127.0.0.1:4333 --json",
      ]),
    )
    .action(runBench);
}

function addCase(text: string, previous: readonly CaseName[] = []): readonly CaseName[] {
  const found = caseNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`Write one of ${caseNames.join(", ")}.`);
  return [...previous, found];
}

interface BenchResult extends Measurement {
  readonly name: string;
  readonly title: string;
}

async function runBench(names: readonly CaseName[], options: BenchOptions): Promise<void> {
  const isChosen = ({ name }: { readonly name: string }): boolean =>
    names.length === 0 || names.some((wanted) => wanted === name);
  const results = [
    ...(await runPlain(isChosen, options)),
    ...(await runStations(isChosen, names.length > 0, options)),
  ];
  if (options.json === true)
    for (const result of results) printJson(resultJson(result, options.size));
  else print(renderResults(results, options.size));
}

type Chooser = (each: { readonly name: string }) => boolean;

async function runPlain(isChosen: Chooser, options: BenchOptions): Promise<BenchResult[]> {
  const { benchCases } = await import("../bench/cases.ts");
  const chosen = benchCases.filter(isChosen);
  if (chosen.length === 0) return [];
  return withConnection(options, "oxbow bench", (publisher) =>
    withConnection(options, "oxbow bench", (subscriber) =>
      measure(chosen, { publisher, subscriber }, options),
    ),
  );
}

/** @param isDemanded - Whether they were named: else a server without a platform is none to complain about. */
async function runStations(
  isChosen: Chooser,
  isDemanded: boolean,
  options: BenchOptions,
): Promise<BenchResult[]> {
  const { stationCases } = await import("../bench/station-cases.ts");
  const chosen = stationCases.filter(isChosen);
  if (chosen.length === 0) return [];
  return withStations(options, "oxbow bench", async (client) => {
    const isThere = await client.admin.platform.info().then(
      () => true,
      () => false,
    );
    if (!isThere && !isDemanded) return [];
    return measure(chosen, { client }, options);
  });
}

interface Case<Setup> {
  readonly name: string;
  readonly title: string;
  run(setup: Setup & { messages: number; payload: Uint8Array }): Promise<Measurement>;
}

async function measure<Setup>(
  cases: readonly Case<Setup>[],
  setup: Setup,
  { messages, size, json }: BenchOptions,
): Promise<BenchResult[]> {
  const payload = Buffer.alloc(size, "x");
  const measured: BenchResult[] = [];
  for (const { name, title, run } of cases) {
    if (json !== true) note(`measuring: ${title}`);
    measured.push({ name, title, ...(await run({ ...setup, messages, payload })) });
  }
  return measured;
}

function resultJson(result: BenchResult, size: number): unknown {
  const { name, messages, seconds } = result;
  const { p50Ms, p99Ms } = latency(result);
  return { case: name, size, messages, seconds, perSecond: messages / seconds, p50Ms, p99Ms };
}

function renderResults(results: readonly BenchResult[], size: number): string {
  const columns = [
    { title: "case" },
    { title: "messages", isNumeric: true },
    { title: "msg/s", isNumeric: true },
    { title: "bytes/s", isNumeric: true },
    { title: "p50", isNumeric: true },
    { title: "p99", isNumeric: true },
  ];
  const rows = results.map((result) => {
    const perSecond = result.messages / result.seconds;
    const { p50Ms, p99Ms } = latency(result);
    return [
      result.title,
      formatCount(result.messages),
      formatCount(perSecond),
      formatSizeBytes(perSecond * size),
      p50Ms === null ? "" : formatDurationMs(p50Ms),
      p99Ms === null ? "" : formatDurationMs(p99Ms),
    ];
  });
  return renderTable(columns, rows);
}

/** `null` where a case has no answers to wait for. */
function latency({ latenciesMs }: Measurement): { p50Ms: number | null; p99Ms: number | null } {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number): number | null => sorted[Math.floor(sorted.length * share)] ?? null;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
