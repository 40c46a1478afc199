import { useQuery } from "@tanstack/react-query";
import type { StationHistoryPoint } from "oxbow/control";
import { overviewHistoryQuestion } from "../../api/questions.ts";
import {
  deadLetterChart,
  flowCharts,
  type HistoryChart,
  HistoryCharts,
} from "../../parts/history-charts.tsx";
import { sizeText } from "../../parts/numbers.ts";
import type { Span } from "../../parts/over-time.tsx";

const charts: readonly HistoryChart<StationHistoryPoint>[] = [
  ...flowCharts,
  { title: "Stored", lines: { stored: ({ bytes }) => bytes }, format: sizeText },
  deadLetterChart,
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
