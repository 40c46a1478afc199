import { Stack, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { GroupHistoryPoint, History } from "oxbow/control";
import { ask, path } from "../../../api/ask.ts";
import { Chart } from "../../../parts/loaded.tsx";
import { countText } from "../../../parts/numbers.ts";

const height = 180;

function historyQuestion(station: string, group: string) {
  return queryOptions({
    queryKey: ["station", station, "groups", group, "history"],
    queryFn: () =>
      ask<History<GroupHistoryPoint>>("GET", path`/stations/${station}/groups/${group}/history`),
    refetchInterval: 10_000,
  });
}

/** How far a group was behind in the last hour. */
export function GroupHistory({
  station,
  group,
}: {
  readonly station: string;
  readonly group: string;
}) {
  const { data } = useQuery(historyQuestion(station, group));
  const points = data?.points ?? [];
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">
        Not acknowledged, in the last hour
      </Text>
      <Chart
        label={`Messages that ${group} had not acknowledged, in the last hour`}
        times={points.map(({ at }) => Date.parse(at))}
        lines={[
          { label: "behind", values: points.map(({ lag }) => lag) },
          { label: "in flight", values: points.map(({ inFlight }) => inFlight) },
        ]}
        format={(value) => countText(Math.round(value))}
        height={height}
      />
    </Stack>
  );
}
