import { Badge, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import {
  deadLetterCausesQuestion,
  stationGroupsQuestion,
  stationQuestion,
  stationSchemaQuestion,
} from "../api/questions.ts";
import { Missing } from "../parts/missing.tsx";
import { countText } from "../parts/numbers.ts";
import { type Span, spanOf } from "../parts/over-time.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Snippets } from "../parts/snippets.tsx";
import { Flow } from "./station/flow.tsx";
import { Messages } from "./station/messages.tsx";

const Groups = lazy(() =>
  import("./station/groups/groups.tsx").then((it) => ({ default: it.Groups })),
);
const DeadLetters = lazy(() =>
  import("./station/dead-letters/dead-letters.tsx").then((it) => ({ default: it.DeadLetters })),
);
const StationOverTime = lazy(() =>
  import("./station/over-time.tsx").then((it) => ({ default: it.StationOverTime })),
);
const StationSchema = lazy(() =>
  import("./station/schema.tsx").then((it) => ({ default: it.StationSchema })),
);
const Settings = lazy(() =>
  import("./station/settings/settings.tsx").then((it) => ({ default: it.Settings })),
);
const StationAudit = lazy(() =>
  import("./station/audit.tsx").then((it) => ({ default: it.StationAudit })),
);

const stationRoute = getRouteApi("/stations/$station");

/** One station: what comes in, what is there, who takes it, and what went wrong. */
export function StationPage() {
  const { station: name } = stationRoute.useParams();
  const { tab = "messages", span, ...finding } = stationRoute.useSearch();
  const navigate = useNavigate();
  const { data: station, error } = useQuery(stationQuestion(name));
  const { data: groups = [] } = useQuery(stationGroupsQuestion(name));
  const { data: schema } = useQuery(stationSchemaQuestion(name));
  const { data: dead } = useQuery(deadLetterCausesQuestion(name));
  if (station === undefined) return <Missing error={error} to="/stations" />;
  const letters = dead?.count ?? 0;
  const attachment = schema?.attachment ?? null;
  const show = (value: string | null): void =>
    void navigate({
      to: "/stations/$station",
      params: { station: name },
      search: value === null ? {} : { tab: value },
      replace: true,
    });
  const showSpan = (value: Span): void =>
    void navigate({
      to: "/stations/$station",
      params: { station: name },
      search: { tab, ...(value !== "1h" && { span: value }) },
      replace: true,
    });
  return (
    <Stack gap="lg">
      <PageHead
        title={station.name}
        beside={
          <>
            {!station.isManaged && <Badge variant="default">stream of a plain client</Badge>}
            {attachment !== null && (
              <Badge
                variant="light"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/stations/$station"
                    params={{ station: name }}
                    search={{ tab: "schema" }}
                  />
                )}
              >
                schema {attachment.schema}
              </Badge>
            )}
          </>
        }
      />
      {station.problems.map((problem) => (
        <Text key={problem} c="red">
          {problem}
        </Text>
      ))}
      <Flow station={station} groups={groups} />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="messages">Messages</Tabs.Tab>
          <Tabs.Tab value="groups">Groups</Tabs.Tab>
          <Tabs.Tab
            value="dead-letters"
            rightSection={
              letters > 0 && (
                <Badge color="red" size="sm">
                  {countText(letters)}
                </Badge>
              )
            }
          >
            Dead letters
          </Tabs.Tab>
          <Tabs.Tab value="schema">Schema</Tabs.Tab>
          <Tabs.Tab value="over-time">Over time</Tabs.Tab>
          <Tabs.Tab value="code">Code</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          <Tabs.Tab value="audit">Audit</Tabs.Tab>
        </Tabs.List>
        <Suspense key={name} fallback={<Skeleton height={240} mt="md" />}>
          <Tabs.Panel value="messages" pt="md">
            <Messages station={station} />
          </Tabs.Panel>
          <Tabs.Panel value="dead-letters" pt="md">
            <DeadLetters
              station={station.name}
              finding={finding}
              onFind={(changes) =>
                void navigate({
                  to: "/stations/$station",
                  params: { station: name },
                  search: {
                    tab,
                    ...Object.fromEntries(
                      Object.entries(changes).filter(([, value]) => value !== undefined),
                    ),
                  },
                  replace: true,
                })
              }
            />
          </Tabs.Panel>
          <Tabs.Panel value="groups" pt="md">
            <Groups station={station} chosen={finding.group} />
          </Tabs.Panel>
          <Tabs.Panel value="schema" pt="md">
            <StationSchema station={station.name} />
          </Tabs.Panel>
          <Tabs.Panel value="audit" pt="md">
            <StationAudit station={station.name} />
          </Tabs.Panel>
          <Tabs.Panel value="over-time" pt="md">
            <StationOverTime station={station.name} span={spanOf(span)} onSpan={showSpan} />
          </Tabs.Panel>
          <Tabs.Panel value="code" pt="md">
            <Snippets station={{ ...station, partitions: station.partitions.length }} />
          </Tabs.Panel>
          <Tabs.Panel value="settings" pt="md">
            <Settings station={station} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </Stack>
  );
}
