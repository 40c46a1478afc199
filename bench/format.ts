import type { Summary } from "./statistics.ts";

/** What stands in a table where there is nothing to say. */
export const NOTHING = "–";

/** Three significant digits, with thousands separated: `1,230,000`, `12.3`, `0.123`. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOTHING;
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** `1.23× [1.10–1.31]`. */
export function formatRatio(summary: Summary | undefined): string {
  if (!summary) return NOTHING;
  const [median, min, max] = [summary.median, summary.min, summary.max].map(twoDigits);
  return `${median}× [${min}–${max}]`;
}

/** `1,230 [1,100–1,310]`, without a range where there was one value only. */
export function formatSpread(summary: Summary | undefined): string {
  if (!summary) return NOTHING;
  if (summary.count === 1) return formatNumber(summary.median);
  return `${formatNumber(summary.median)} [${formatNumber(summary.min)}–${formatNumber(summary.max)}]`;
}

/** Two decimals, fewer from a hundred on. */
function twoDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

export function formatMebibytes(bytes: number | undefined): string {
  return bytes === undefined ? NOTHING : `${Math.round(bytes / 1024 / 1024)}`;
}

export function formatPercent(share: number | undefined): string {
  return share === undefined ? NOTHING : `${Math.round(share * 100)} %`;
}

/** A Markdown table with padded cells, so that it reads well in a terminal too; the first column is text. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    Math.max(3, cell.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths
      .map((width, i) =>
        i === 0 ? (cells[i] ?? "").padEnd(width) : (cells[i] ?? "").padStart(width),
      )
      .join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
