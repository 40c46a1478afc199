import { SimpleGrid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { deadLetterStationsQuestion, totalsQuestion } from "../api/questions.ts";
import type { PlatformTotals } from "../api/types.ts";
import { Failure } from "../parts/failure.tsx";
import { Figure } from "../parts/figure.tsx";
import { countText, sizeText } from "../parts/numbers.ts";
import { spanOf } from "../parts/over-time.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { NeedsAttention } from "./overview/attention.tsx";
import { FirstSteps } from "./overview/first-steps.tsx";
import { OverviewCharts } from "./overview/overview-charts.tsx";

const overviewRoute = getRouteApi("/");

/** How the server is, and what wants to be looked at. */
export function Overview() {
  const { data: totals, error } = useQuery(totalsQuestion);
  return (
    <Stack gap="lg">
      <PageHead title="Overview" />
      <Failure error={error} />
      {totals !== undefined && <Known totals={totals} />}
      {totals === undefined && error === null && <Skeleton height={480} />}
    </Stack>
  );
}

function Known({ totals }: { readonly totals: PlatformTotals }) {
  const { span } = overviewRoute.useSearch();
  const navigate = useNavigate();
  const { data: dead = [] } = useQuery(deadLetterStationsQuestion);
  const deadCount = dead.reduce((sum, { count }) => sum + count, 0);
  // Nothing moves while it is looked at: where it stands is decided when the page is opened.
  const [isNew] = useState(totals.messages === 0);
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 5 }}>
        <Figure label="Stations" value={countText(totals.stations)} />
        <Figure label="Messages" value={countText(totals.messages)} />
        <Figure label="Stored" value={sizeText(totals.bytes)} />
        <Figure label="Waiting for groups" value={countText(totals.waiting)} />
        <Figure label="Dead letters" value={countText(deadCount)} isBad={deadCount > 0} />
      </SimpleGrid>
      {isNew && <FirstSteps totals={totals} />}
      <NeedsAttention unfinished={totals.unfinished} dead={dead} />
      <OverviewCharts
        span={spanOf(span)}
        onSpan={(value) =>
          void navigate({ to: "/", search: value === "1h" ? {} : { span: value }, replace: true })
        }
      />
      {!isNew && <FirstSteps totals={totals} />}
    </>
  );
}
