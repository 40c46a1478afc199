import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { overviewHistoryQuestion } from "../../api/questions.ts";
import { countText, rateText, sizeText } from "../../parts/numbers.ts";
import { ChartCard, OverTime, type Span } from "../../parts/over-time.tsx";

/** How all stations together were. */
export function OverviewCharts({
  span,
  onSpan,
}: {
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}) {
  const { data } = useQuery(overviewHistoryQuestion(span));
  const columns = useMemo(() => {
    const points = data?.points ?? [];
    return {
      times: data && points.map(({ at }) => Date.parse(at)),
      rates: [
        { label: "in", values: points.map(({ inPerSecond }) => inPerSecond) },
        { label: "out", values: points.map(({ outPerSecond }) => outPerSecond) },
      ],
      lag: [{ label: "not acknowledged", values: points.map(({ lagMax }) => lagMax) }],
      bytes: [{ label: "stored", values: points.map(({ bytes }) => bytes) }],
      dead: [{ label: "dead letters", values: points.map(({ deadLetters }) => deadLetters) }],
    };
  }, [data]);
  const { times } = columns;
  return (
    <OverTime title="Over time" span={span} onSpan={onSpan}>
      <ChartCard
        title="Messages per second"
        {...{ times }}
        lines={columns.rates}
        format={rateText}
      />
      <ChartCard title="Waiting for groups" {...{ times }} lines={columns.lag} format={countText} />
      <ChartCard title="Stored" {...{ times }} lines={columns.bytes} format={sizeText} />
      <ChartCard title="Dead letters" {...{ times }} lines={columns.dead} format={countText} />
    </OverTime>
  );
}
