import { Anchor, Card, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { browseQuestion, deadLetterStationsQuestion, totalsQuestion } from "../api/questions.ts";
import { Failure } from "../parts/failure.tsx";
import { Figure } from "../parts/figure.tsx";
import { countText, sizeText } from "../parts/numbers.ts";
import { spanOf } from "../parts/over-time.tsx";
import { type SnippetStation, Snippets } from "../parts/snippets.tsx";
import { NeedsAttention } from "./overview/attention.tsx";
import { OverviewCharts } from "./overview/overview-charts.tsx";

const overviewRoute = getRouteApi("/");

/** How the server is, and what wants to be looked at. */
export function Overview() {
  const { span } = overviewRoute.useSearch();
  const navigate = useNavigate();
  const { data: totals, error } = useQuery(totalsQuestion);
  const { data: newest } = useQuery(
    browseQuestion({ sort: "createdAt", isDescending: true, limit: 20 }),
  );
  const { data: dead = [] } = useQuery(deadLetterStationsQuestion);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const deadCount = sum(dead.map(({ count }) => count));
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        Overview
      </Title>
      <Failure error={error} />
      <SimpleGrid cols={{ base: 2, md: 5 }}>
        <Figure label="Stations" value={countText(totals?.stations ?? 0)} />
        <Figure label="Messages" value={countText(totals?.messages ?? 0)} />
        <Figure label="Stored" value={sizeText(totals?.bytes ?? 0)} />
        <Figure label="Waiting for groups" value={countText(totals?.waiting ?? 0)} />
        <Figure label="Dead letters" value={countText(deadCount)} isBad={deadCount > 0} />
      </SimpleGrid>
      <NeedsAttention unfinished={totals?.unfinished ?? []} dead={dead} />
      <OverviewCharts
        span={spanOf(span)}
        onSpan={(value) =>
          void navigate({ to: "/", search: value === "1h" ? {} : { span: value }, replace: true })
        }
      />
      <FirstSteps station={newest?.items.find(({ isManaged }) => isManaged)} />
    </Stack>
  );
}

function FirstSteps({ station }: { readonly station: SnippetStation | undefined }) {
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        First steps
      </Title>
      {station === undefined ? (
        <Text>
          There is no station yet.{" "}
          <Anchor renderRoot={(props) => <Link {...props} to="/stations" />}>Create one</Anchor>,
          then put messages into it from here, the command line, or your program.
        </Text>
      ) : (
        <Snippets station={station} />
      )}
    </Card>
  );
}
