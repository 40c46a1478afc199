import { judge, rateRatio, type Verdict, valuesByRound } from "./bars.ts";
import {
  formatMebibytes,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSpread,
  formatTable,
  NOTHING,
} from "./format.ts";
import type { CaseResult, Column, Measurement, Results } from "./measurement.ts";
import { type Summary, summarize } from "./statistics.ts";

type Metric = (measurement: Measurement) => number | undefined;

function summaryOf(result: CaseResult, column: Column, metric: Metric): Summary | undefined {
  return summarize([...valuesByRound(result, column.id, metric).values()]);
}

function medianOf(result: CaseResult, column: Column, metric: Metric): number | undefined {
  return summaryOf(result, column, metric)?.median;
}

/** Messages per sync of a whole run: from the runs themselves, else from the runs set aside for counting. */
function messagesPerSync(result: CaseResult, column: Column): string {
  const counted = [...result.runs, ...result.countingRuns]
    .filter((run) => run.column === column.id)
    .flatMap((run) => run.measurement?.syncCount ?? []);
  if (counted.length === 0) return NOTHING;
  const syncs = summarize(counted.map((count) => count.syncs))?.median;
  if (syncs === 0) return `0 / ${NOTHING}`;
  const perSync = summarize(counted.map((count) => count.messages / count.syncs));
  return `${formatNumber(syncs)} / ${formatNumber(perSync?.median)}`;
}

/** Share of one core that each load process used, which shows whether the load was the limit. */
function loadShare(result: CaseResult, column: Column): string {
  const roles = result.runs.find((run) => run.measurement?.loadCpu)?.measurement?.loadCpu ?? [];
  return roles
    .map((_, i) => formatPercent(medianOf(result, column, (found) => found.loadCpu?.[i]?.share)))
    .join(" + ");
}

function hasRun(result: CaseResult, column: Column): boolean {
  return result.runs.some((run) => run.column === column.id && run.measurement);
}

/** The first server beside one peer, for every case that both ran. */
function rateTable(results: Results, subject: Column, peer: Column | undefined): string {
  const columns = peer ? [subject, peer] : [subject];
  const head = ["case", ...columns.map((column) => `${column.id} msg/s`)];
  if (peer) head.push("ratio");
  for (const column of columns) {
    head.push(`${column.id} CPU s/M`, "CPU", "load CPU", "RSS MiB", "syncs / msgs per sync");
  }
  const rows: string[][] = [];
  for (const result of results.cases) {
    if (result.group !== "rate" || !columns.every((column) => hasRun(result, column))) continue;
    const row = [result.title];
    for (const column of columns) row.push(formatNumber(medianOf(result, column, (m) => m.rate)));
    if (peer) row.push(formatRatio(rateRatio(result, subject.id, peer.id)));
    for (const column of columns) {
      row.push(
        formatNumber(medianOf(result, column, (m) => m.cpuSecondsPerMillion)),
        formatPercent(medianOf(result, column, (m) => m.serverCpu?.share)),
        loadShare(result, column),
        formatMebibytes(medianOf(result, column, (m) => m.rssBytesMax)),
        messagesPerSync(result, column),
      );
    }
    rows.push(row);
  }
  return rows.length === 0 ? "" : formatTable(head, rows);
}

/** What groups got of what was published meanwhile. */
function deliveryTable(results: Results): string {
  const rows: string[][] = [];
  for (const result of results.cases) {
    for (const column of results.columns) {
      const delivered = summaryOf(result, column, (m) => m.deliveredRate);
      if (delivered === undefined) continue;
      const published = summaryOf(result, column, (m) => m.rate);
      rows.push([result.title, column.id, formatSpread(published), formatSpread(delivered)]);
    }
  }
  const head = ["groups", "server", "published msg/s", "delivered msg/s"];
  return rows.length === 0 ? "" : formatTable(head, rows);
}

function latencyTable(results: Results): string {
  const rows: string[][] = [];
  for (const result of results.cases) {
    for (const column of results.columns) {
      if (!hasRun(result, column)) continue;
      if (medianOf(result, column, (m) => m.latency?.p50) === undefined) continue;
      const target = medianOf(result, column, (m) => m.targetRate);
      rows.push([
        target === undefined ? result.title : `${result.title}, ${formatNumber(target)} msg/s`,
        column.id,
        formatSpread(summaryOf(result, column, (m) => m.latency?.p50)),
        formatSpread(summaryOf(result, column, (m) => m.latency?.p99)),
        formatSpread(summaryOf(result, column, (m) => m.latency?.p999)),
        formatNumber(medianOf(result, column, (m) => m.latency?.max)),
        formatNumber(medianOf(result, column, (m) => m.latency?.sampleCount)),
        formatSpread(summaryOf(result, column, (m) => m.lateness?.p50)),
        formatSpread(summaryOf(result, column, (m) => m.lateness?.p99)),
      ]);
    }
  }
  const head = ["latency", "server", "p50 µs", "p99 µs", "p99.9 µs", "max µs", "samples"];
  return rows.length === 0 ? "" : formatTable([...head, "generator late p50 µs", "p99 µs"], rows);
}

function startTable(results: Results): string {
  const rows: string[][] = [];
  for (const result of results.cases) {
    if (result.group !== "start") continue;
    for (const column of results.columns) {
      if (!hasRun(result, column)) continue;
      rows.push([
        result.title,
        column.id,
        formatSpread(summaryOf(result, column, (m) => m.readyMs)),
        formatMebibytes(medianOf(result, column, (m) => m.rssBytes)),
        formatMebibytes(medianOf(result, column, (m) => m.rssBytesMax)),
      ]);
    }
  }
  const head = ["start", "server", "ready ms", "RSS MiB", "RSS max MiB"];
  return rows.length === 0 ? "" : formatTable(head, rows);
}

/** The demand in words, what was found, and whether it is enough. */
function verdictRow({ bar, summary, isMet }: Verdict): string[] {
  const status = isMet === undefined ? "not measured" : isMet ? "met" : "NOT MET";
  switch (bar.type) {
    case "peer-ratio":
      return [`${bar.caseName} vs ${bar.peer}`, `≥ ${bar.min}×`, formatRatio(summary), status];
    case "own-ratio":
      return [
        `${bar.caseName} vs ${bar.baseCaseName}`,
        `≥ ${bar.min}×`,
        formatRatio(summary),
        status,
      ];
    case "own-rate":
      return [bar.caseName, `≥ ${formatNumber(bar.min)} msg/s`, formatSpread(summary), status];
    case "cpu-difference":
      return [
        `${bar.caseName} over ${bar.baseCaseName}, CPU per message`,
        `< ${bar.endUs} µs`,
        formatSpread(summary),
        status,
      ];
    case "limit": {
      if (bar.metric === "readyMs") {
        return [`${bar.caseName} ready`, `< ${bar.end} ms`, formatSpread(summary), status];
      }
      const found = formatMebibytes(summary?.median);
      return [`${bar.caseName} RSS`, `< ${formatMebibytes(bar.end)} MiB`, found, status];
    }
  }
}

function failures(results: Results): string {
  return results.cases
    .flatMap((result) =>
      [...result.runs, ...result.countingRuns]
        .filter((run) => run.error !== undefined)
        .map((run) => `- ${result.name}, ${run.column}, round ${run.round}: ${run.error}`),
    )
    .join("\n");
}

function heading(results: Results): string {
  const { machine } = results;
  const memory = `${Math.round(machine.memoryBytes / 1024 ** 3)} GiB`;
  return [
    `# Benchmark of ${results.startedAt}`,
    "",
    `- Command: \`${results.command}\``,
    `- Machine: ${machine.cpuModel}, ${machine.cpuCount} cores, ${memory}, ${machine.kernel}, data on ${machine.fileSystem}, Node ${machine.node}`,
    ...results.columns.map(
      ({ id, description, version }) => `- ${id}: ${description} (${version})`,
    ),
    `- ${results.rounds} rounds in turn (A B, B A, …), fresh directories, ${results.secondsWarmup} s warm-up and ${results.secondsMeasured} s measured each, ${results.isPinned ? "server and load pinned to a CPU each" : "server and load share the CPUs"}; took ${Math.round(results.durationMs / 60_000)} min`,
    "- Numbers are medians over the rounds, ratios are per round: median× [min–max]. CPU is of one core.",
    ...disturbance(results),
    ...results.notes.map((note) => `- ${note}`),
  ].join("\n");
}

/** How much of the machine others used while runs were measured; more than a little spoils the numbers. */
function disturbance(results: Results): string[] {
  const shares = summarize(
    results.cases.flatMap((result) =>
      result.runs.flatMap((run) => run.measurement?.otherCpuShare ?? []),
    ),
  );
  if (!shares) return [];
  const [median, max] = [formatPercent(shares.median), formatPercent(shares.max)];
  return [`- Other processes used ${median} of a core in the median run, ${max} in the worst.`];
}

/** The whole report as Markdown. */
export function renderReport(results: Results): string {
  const [subject, ...peers] = results.columns;
  if (!subject) return heading(results);
  const sections: [string, string][] = [];
  for (const peer of peers.length > 0 ? peers : [undefined]) {
    const title = peer ? `Throughput, ${subject.id} and ${peer.id}` : `Throughput, ${subject.id}`;
    sections.push([title, rateTable(results, subject, peer)]);
  }
  sections.push(["Deliveries", deliveryTable(results)]);
  sections.push(["Latency", latencyTable(results)], ["Start and memory", startTable(results)]);
  const verdicts = judge(results);
  if (verdicts.length > 0) {
    const table = formatTable(["bar", "demand", "found", "verdict"], verdicts.map(verdictRow));
    sections.push(["Bars", table]);
  }
  sections.push(["Failures", failures(results)]);
  const texts = sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `## ${title}\n\n${text}`);
  return `${[heading(results), ...texts].join("\n\n")}\n`;
}
