import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { stationHistoryQuestion } from "../../api/questions.ts";
import { countText, rateText, sizeText } from "../../parts/numbers.ts";
import { ChartCard, OverTime, type Span } from "../../parts/over-time.tsx";

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
  const columns = useMemo(() => {
    const points = data?.points ?? [];
    return {
      times: data && points.map(({ at }) => Date.parse(at)),
      rates: [
        { label: "in", values: points.map(({ inPerSecond }) => inPerSecond) },
        { label: "out", values: points.map(({ outPerSecond }) => outPerSecond) },
      ],
      lag: [{ label: "not acknowledged", values: points.map(({ lagMax }) => lagMax) }],
      messages: [{ label: "messages", values: points.map(({ messages }) => messages) }],
      bytes: [{ label: "bytes", values: points.map(({ bytes }) => bytes) }],
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
      <ChartCard title="Messages kept" {...{ times }} lines={columns.messages} format={countText} />
      <ChartCard title="Stored" {...{ times }} lines={columns.bytes} format={sizeText} />
    </OverTime>
  );
}
