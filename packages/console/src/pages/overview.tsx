import { Anchor, Card, List, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { deadLetterStationsQuestion, groupsQuestion, stationsQuestion } from "../api/questions.ts";
import type { Group, Station, StationOfDeadLetters } from "../api/types.ts";
import { Failure } from "../parts/failure.tsx";
import { Figure } from "../parts/figure.tsx";
import { countText, sizeText } from "../parts/numbers.ts";
import { Snippets } from "../parts/snippets.tsx";

/** How the server is, and what wants to be looked at. */
export function Overview() {
  const { data: all = [], error } = useQuery(stationsQuestion);
  const { data: groups = [] } = useQuery(groupsQuestion);
  const { data: dead = [] } = useQuery(deadLetterStationsQuestion);
  const stations = all.filter(({ isInternal }) => !isInternal);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const deadCount = sum(dead.map(({ count }) => count));
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        Overview
      </Title>
      <Failure error={error} />
      <SimpleGrid cols={{ base: 2, md: 5 }}>
        <Figure label="Stations" value={countText(stations.length)} />
        <Figure label="Messages" value={countText(sum(stations.map((each) => each.messages)))} />
        <Figure label="Stored" value={sizeText(sum(stations.map((each) => each.bytes)))} />
        <Figure label="Waiting for groups" value={countText(sum(groups.map((g) => g.waiting)))} />
        <Figure label="Dead letters" value={countText(deadCount)} isBad={deadCount > 0} />
      </SimpleGrid>
      <Attention stations={stations} groups={groups} dead={dead} />
      <FirstSteps station={stations.find(({ isManaged }) => isManaged)?.name} />
    </Stack>
  );
}

function Attention({
  stations,
  groups,
  dead,
}: {
  readonly stations: readonly Station[];
  readonly groups: readonly Group[];
  readonly dead: readonly StationOfDeadLetters[];
}) {
  const problems = [...stations, ...groups.map((group) => ({ ...group, name: group.station }))]
    .filter(({ problems: found }) => found.length > 0)
    .map(({ name, problems: [first] }) => ({ station: name, text: first ?? "" }));
  const letters = dead.map(({ station, count }) => ({
    station,
    text: `${countText(count)} dead letter${count === 1 ? "" : "s"}`,
  }));
  const found = [...letters, ...problems];
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        What needs attention
      </Title>
      {found.length === 0 ? (
        <Text c="dimmed">Nothing: no dead letters, and nothing is half done.</Text>
      ) : (
        <List>
          {found.map(({ station, text }) => (
            <List.Item key={`${station} ${text}`}>
              <Anchor
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/stations/$station"
                    params={{ station }}
                    search={{ tab: "dead-letters" }}
                  />
                )}
              >
                {station}
              </Anchor>
              : {text}
            </List.Item>
          ))}
        </List>
      )}
    </Card>
  );
}

function FirstSteps({ station }: { readonly station: string | undefined }) {
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
