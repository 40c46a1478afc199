import {
  Alert,
  Anchor,
  Autocomplete,
  Card,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Switch,
  Text,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type LineageGraph, lineageQuestion } from "../api/journeys.ts";
import { Failure } from "../parts/failure.tsx";
import { countText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { LineageTable } from "./lineage/lineage-table.tsx";

const LineagePicture = lazy(() =>
  import("./lineage/lineage-picture.tsx").then((module) => ({ default: module.LineagePicture })),
);
const lineageRoute = getRouteApi("/lineage");

/** Who puts messages where, and where they go from there. What is shown of it stands in the address. */
export function Lineage() {
  const { station, view, parties } = lineageRoute.useSearch();
  const navigate = useNavigate();
  const isNarrow = useMediaQuery("(max-width: 47.99em)") ?? false;
  const shown = view ?? (isNarrow ? "table" : "picture");
  const isPlain = parties === "off";
  const { data, error } = useQuery({
    ...lineageQuestion(station),
    placeholderData: keepPreviousData,
  });
  const change = (changes: Readonly<Record<string, string | undefined>>): void => {
    void navigate({
      to: "/lineage",
      search: (before) => ({ ...before, ...changes }),
      replace: true,
    });
  };
  const graph = data && (isPlain ? withoutParties(data) : data);
  return (
    <Stack>
      <PageHead title="Lineage">
        <SegmentedControl
          aria-label="How the lineage is shown"
          value={shown}
          onChange={(value) => change({ view: value })}
          data={[
            { value: "picture", label: "Picture" },
            { value: "table", label: "Table" },
          ]}
        />
      </PageHead>
      <Group align="end">
        <StationFilter
          key={station ?? ""}
          station={station}
          graph={data}
          onChange={(name) => change({ station: name })}
        />
        <Switch
          label="Producers and members"
          checked={!isPlain}
          onChange={({ currentTarget }) =>
            change({ parties: currentTarget.checked ? undefined : "off" })
          }
          mb={8}
        />
      </Group>
      <Failure error={error} />
      {graph !== undefined && graph.gaps.length > 0 && (
        <Alert color="yellow" variant="light" py="xs">
          {graph.gaps.map((gap) => (
            <Text key={gap} size="sm">
              {gap}
            </Text>
          ))}
        </Alert>
      )}
      {graph !== undefined &&
        (graph.nodes.length === 0 ? (
          <Empty station={station} />
        ) : shown === "table" ? (
          <LineageTable graph={graph} />
        ) : (
          <>
            <Suspense fallback={<Skeleton h={480} />}>
              <LineagePicture graph={graph} />
            </Suspense>
            <Text size="sm" c="dimmed">
              {graph.stations === 1 ? "One station" : `${countText(graph.stations)} stations`} in
              all. Lines move where messages flow. The table says the same in words.
            </Text>
          </>
        ))}
    </Stack>
  );
}

function StationFilter({
  station,
  graph,
  onChange,
}: {
  readonly station: string | undefined;
  readonly graph: LineageGraph | undefined;
  readonly onChange: (station: string | undefined) => void;
}) {
  const [text, setText] = useState(station ?? "");
  const names = (graph?.nodes ?? []).filter(({ kind }) => kind === "station");
  const choose = (name: string): void => onChange(name === "" ? undefined : name);
  return (
    <Autocomplete
      label="Station"
      placeholder="All, the busiest first"
      value={text}
      onChange={setText}
      onOptionSubmit={choose}
      onClear={() => choose("")}
      onKeyDown={({ key }) => {
        if (key === "Enter") choose(text.trim());
      }}
      data={names.map(({ name }) => name)}
      limit={20}
      clearable
      w={280}
    />
  );
}

function Empty({ station }: { readonly station: string | undefined }) {
  return (
    <Card withBorder>
      <Text>
        {station === undefined
          ? "Nothing flows yet. "
          : `There is no station ${station}, or none that you may see. `}
        <Anchor renderRoot={(props) => <Link {...props} to="/stations" />}>
          {station === undefined ? "Make a station" : "Look at the stations"}
        </Anchor>
        {station === undefined && ", produce to it, and it is drawn here."}
      </Text>
    </Card>
  );
}

/** Only stations, groups and what is between. */
function withoutParties(graph: LineageGraph): LineageGraph {
  const nodes = graph.nodes.filter(({ kind }) => kind !== "producer" && kind !== "consumer");
  const kept = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  return { ...graph, nodes, edges };
}
