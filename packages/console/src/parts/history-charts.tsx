import type { StationHistoryPoint } from "oxbow/control";
import { useMemo } from "react";
import { countText, rateText } from "./numbers.ts";
import { ChartCard, OverTime, type Span } from "./over-time.tsx";

/** A chart of what stands in the points of a history. */
export interface HistoryChart<Point> {
  readonly title: string;
  /** Its lines: what each is called, and its value at a point. */
  readonly lines: Readonly<Record<string, (point: Point) => number | null>>;
  readonly format: (value: number) => string;
}

/** What is looked at first, of one station as of all of them. */
export const flowCharts: readonly HistoryChart<StationHistoryPoint>[] = [
  {
    title: "Messages per second",
    lines: { in: ({ inPerSecond }) => inPerSecond, out: ({ outPerSecond }) => outPerSecond },
    format: rateText,
  },
  {
    title: "Waiting for groups",
    lines: { "not acknowledged": ({ lagMax }) => lagMax },
    format: countText,
  },
];

export const deadLetterChart: HistoryChart<StationHistoryPoint> = {
  title: "Dead letters",
  lines: { "dead letters": ({ deadLetters }) => deadLetters },
  format: countText,
};

/** A history, drawn. */
export function HistoryCharts<Point extends { readonly at: string }>({
  points,
  charts,
  span,
  onSpan,
}: {
  /** `undefined` while they are not known. */
  readonly points: readonly Point[] | undefined;
  /** The same ones each time that it is drawn. */
  readonly charts: readonly HistoryChart<Point>[];
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}) {
  const times = useMemo(() => points?.map(({ at }) => Date.parse(at)), [points]);
  const drawn = useMemo(
    () =>
      charts.map(({ title, lines, format }) => ({
        title,
        format,
        lines: Object.entries(lines).map(([label, read]) => ({
          label,
          values: points?.map(read) ?? [],
        })),
      })),
    [charts, points],
  );
  return (
    <OverTime title="Over time" span={span} onSpan={onSpan}>
      {drawn.map((chart) => (
        <ChartCard key={chart.title} times={times} {...chart} />
      ))}
    </OverTime>
  );
}
