import { formatDurationMs, formatSizeBytes } from "@oxbow/server/units";
import { formatCount } from "../output/print.ts";
import { renderTable } from "../output/table.ts";

/** What came of one data set. */
export interface DatasetResult {
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  /** Messages stored a second, from the first sending to the last acknowledgement. */
  readonly perSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** `undefined` where the server does not say. */
  readonly syncs: number | undefined;
  readonly redelivered: number;
  readonly published: SetSummary;
  readonly consumed: SetSummary;
  /** Messages in the stream at the end. */
  readonly stored: number;
  readonly isMatch: boolean;
}

/** A set of messages in short. */
export interface SetSummary {
  readonly count: number;
  readonly checksum: string;
}

/** The value below which `share` (from 0 to 1) of the values lie; 0 if there are none. */
export function percentile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The table at the end, and the verdict below it. */
export function renderReport(results: readonly DatasetResult[], server: string): string {
  const columns = [
    { title: "stream" },
    { title: "messages", isNumeric: true },
    { title: "size", isNumeric: true },
    { title: "msg/s", isNumeric: true },
    { title: "ack p50", isNumeric: true },
    { title: "ack p99", isNumeric: true },
    { title: "fsyncs", isNumeric: true },
    { title: "msg/fsync", isNumeric: true },
    { title: "redelivered", isNumeric: true },
    { title: "published = consumed" },
  ];
  const rows = results.map((result) => [
    result.stream,
    formatCount(result.messages),
    formatSizeBytes(result.bytes),
    formatCount(result.perSecond),
    formatDurationMs(result.ackP50Ms),
    formatDurationMs(result.ackP99Ms),
    result.syncs === undefined ? "n/a" : formatCount(result.syncs),
    result.syncs === undefined || result.syncs === 0
      ? "n/a"
      : formatCount(result.messages / result.syncs),
    formatCount(result.redelivered),
    matchText(result),
  ]);
  return `${renderTable(columns, rows)}\n${verdict(results, server)}\n`;
}

function matchText({ isMatch, published, consumed, stored }: DatasetResult): string {
  if (isMatch) return `yes, ${published.checksum}`;
  const sides = `${published.checksum} = ${consumed.checksum}`;
  return `NO: ${published.count} published, ${stored} stored, ${consumed.count} consumed, ${sides}`;
}

function verdict(results: readonly DatasetResult[], server: string): string {
  const total = results.reduce((sum, { messages }) => sum + messages, 0);
  const failed = results.filter(({ isMatch }) => !isMatch).map(({ stream }) => stream);
  if (failed.length > 0) return `MISMATCH on ${server} in ${failed.join(", ")}`;
  return `exact match: all ${formatCount(total)} messages on ${server} were stored and consumed once`;
}
