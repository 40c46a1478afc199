import { useQuery } from "@tanstack/react-query";
import type { StationHistoryPoint } from "oxbow/control";
import { stationHistoryQuestion } from "../../api/questions.ts";
import { flowCharts, type HistoryChart, HistoryCharts } from "../../parts/history-charts.tsx";
import { countText, sizeText } from "../../parts/numbers.ts";
import type { Span } from "../../parts/over-time.tsx";

const charts: readonly HistoryChart<StationHistoryPoint>[] = [
  ...flowCharts,
  { title: "Messages kept", lines: { messages: ({ messages }) => messages }, format: countText },
  { title: "Stored", lines: { bytes: ({ bytes }) => bytes }, format: sizeText },
];

/** How a station was. */
export function StationOverTime({
  station,
  span,
  onSpan,
}: {
  readonly station: string;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}) {
  const { data } = useQuery(stationHistoryQuestion(station, span));
  return <HistoryCharts points={data?.points} charts={charts} span={span} onSpan={onSpan} />;
}
