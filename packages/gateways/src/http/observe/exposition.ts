/** Which text format is written. */
type ExpositionFormat = "prometheus" | "openmetrics";

/** What a family of series is. Of a counter the name has no `_total`, which its series get. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  readonly help: string;
}

type Labels = Readonly<Record<string, string>>;

/** A histogram with counts of each bucket, which has one more than there are bounds. */
export interface HistogramSample {
  readonly boundsSeconds: readonly number[];
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

interface Series {
  readonly family: Family;
  readonly lines: string[];
}

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * Writes series in the text format of Prometheus, or of OpenMetrics: each family once, with its help and its type before all
 * of its series, whichever order they come in. What would be more than the bound is left out, and counted.
 */
export class Exposition {
  readonly #format: ExpositionFormat;
  readonly #seriesMax: number;
  readonly #families: Map<string, Series> = new Map();
  #count = 0;
  #left = 0;

  constructor(format: ExpositionFormat, seriesMax: number) {
    this.#format = format;
    this.#seriesMax = seriesMax;
  }

  /** Series that had no room. */
  get leftOut(): number {
    return this.#left;
  }

  /** Adds one value of a counter or a gauge; `null`, which nobody knows, is none. */
  add(family: Family, labels: Labels, value: number | null): void {
    if (value === null) return;
    const suffix = { counter: "_total", info: "_info", gauge: "", histogram: "" }[family.type];
    this.#line(family, suffix, labels, value);
  }

  addHistogram(family: Family, labels: Labels, sample: HistogramSample): void {
    let total = 0;
    sample.counts.forEach((count, index) => {
      total += count;
      const bound = sample.boundsSeconds[index];
      const le = bound === undefined ? "+Inf" : numberText(bound, this.#format);
      this.#line(family, "_bucket", { ...labels, le }, total);
    });
    this.#line(family, "_sum", labels, sample.sumSeconds);
    this.#line(family, "_count", labels, total);
  }

  get text(): string {
    const isOpen = this.#format === "openmetrics";
    const parts: string[] = [];
    for (const { family, lines } of this.#families.values()) {
      const { type, help } = family;
      const suffix = isOpen
        ? ""
        : { counter: "_total", info: "_info", gauge: "", histogram: "" }[type];
      const name = family.name + suffix;
      const said = !isOpen && type === "info" ? "gauge" : type;
      parts.push(
        `# HELP ${name} ${escaped(help, isOpen)}\n# TYPE ${name} ${said}\n${lines.join("")}`,
      );
    }
    return parts.join("") + (isOpen ? "# EOF\n" : "");
  }

  #line(family: Family, suffix: string, labels: Labels, value: number): void {
    if (this.#count >= this.#seriesMax) {
      this.#left += 1;
      return;
    }
    this.#count += 1;
    let series = this.#families.get(family.name);
    if (series === undefined) {
      series = { family, lines: [] };
      this.#families.set(family.name, series);
    }
    const number = numberText(value, this.#format);
    series.lines.push(`${family.name}${suffix}${labelsText(labels)} ${number}\n`);
  }
}

/** Which format somebody takes. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  return /application\/openmetrics-text/i.test(accept ?? "") ? "openmetrics" : "prometheus";
}

function labelsText(labels: Labels): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`);
  return all.length === 0 ? "" : `{${all.join(",")}}`;
}

/** Also what has no place in one line. */
function escaped(text: string, hasQuotes: boolean): string {
  const safe = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return hasQuotes ? safe.replaceAll('"', '\\"') : safe;
}

function numberText(value: number, format: ExpositionFormat): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (Number.isNaN(value)) return "NaN";
  const text = String(value);
  return format === "openmetrics" && Number.isInteger(value) && !/[.e]/.test(text)
    ? `${text}.0`
    : text;
}
