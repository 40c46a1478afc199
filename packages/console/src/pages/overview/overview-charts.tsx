import { useQuery } from "@tanstack/react-query";
import type { OverviewHistoryPoint } from "oxbow/control";
import { overviewHistoryQuestion } from "../../api/questions.ts";
import { flowCharts, type HistoryChart, HistoryCharts } from "../../parts/history-charts.tsx";
import { countText, sizeText } from "../../parts/numbers.ts";
import type { Span } from "../../parts/over-time.tsx";

const charts: readonly HistoryChart<OverviewHistoryPoint>[] = [
  ...flowCharts,
  { title: "Stored", lines: { stored: ({ bytes }) => bytes }, format: sizeText },
  {
    title: "Dead letters",
    lines: { "dead letters": ({ deadLetters }) => deadLetters },
    format: countText,
  },
];

/** How all stations together were. */
export function OverviewCharts({
  span,
  onSpan,
}: {
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}) {
  const { data } = useQuery(overviewHistoryQuestion(span));
  return <HistoryCharts points={data?.points} charts={charts} span={span} onSpan={onSpan} />;
}
