import { useQuery } from "@tanstack/react-query";
import type { StationHistoryPoint } from "oxbow/control";
import { stationHistoryQuestion } from "../../api/questions.ts";
import {
  deadLetterChart,
  flowCharts,
  type HistoryChart,
  HistoryCharts,
} from "../../parts/history-charts.tsx";
import { countText, sizeText, spanText } from "../../parts/numbers.ts";
import type { Span } from "../../parts/over-time.tsx";

const charts: readonly HistoryChart<StationHistoryPoint>[] = [
  ...flowCharts,
  { title: "Messages kept", lines: { messages: ({ messages }) => messages }, format: countText },
  { title: "Stored", lines: { bytes: ({ bytes }) => bytes }, format: sizeText },
  { title: "Longest wait", lines: { "oldest that waits": ({ lagMs }) => lagMs }, format: spanText },
  deadLetterChart,
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
