import { Anchor, Badge, Card, List, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { attentionQuestion, healthQuestion } from "../../api/questions.ts";
import type { Attention, PlatformTotals, StationOfDeadLetters } from "../../api/types.ts";
import { countText, spanText } from "../../parts/numbers.ts";

interface Item {
  readonly station: string;
  readonly tab: string;
  readonly text: string;
  readonly isGrowing?: boolean;
}

/** What somebody should look at, and why, each with where to. */
export function NeedsAttention({
  unfinished,
  dead,
}: {
  readonly unfinished: PlatformTotals["unfinished"];
  readonly dead: readonly StationOfDeadLetters[];
}) {
  const { data: attention } = useQuery(attentionQuestion);
  const { data: health } = useQuery(healthQuestion);
  const wrong = (health?.checks ?? []).filter(({ isOk }) => !isOk);
  const found: Item[] = [
    ...(attention?.items ?? []).map(itemOf),
    ...dead.map(({ station, count }) => ({
      station,
      tab: "dead-letters",
      text: `${countText(count)} dead letter${count === 1 ? "" : "s"}`,
    })),
    ...unfinished.map(({ station, group, problem }) => ({
      station,
      tab: "settings",
      text: group === null ? problem : `group ${group}: ${problem}`,
    })),
  ];
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        What needs attention
      </Title>
      {wrong.map(({ name, reason }) => (
        <Text key={name} c="red" fw={600}>
          The server is not well: {reason ?? name}
        </Text>
      ))}
      {found.length + wrong.length === 0 ? (
        <Text c="dimmed">
          Nothing: no group falls behind, there are no dead letters, and nothing is half done.
        </Text>
      ) : (
        <List>
          {found.map(({ station, tab, text, isGrowing }) => (
            <List.Item key={`${station} ${text}`}>
              <Anchor
                renderRoot={(props) => (
                  <Link {...props} to="/stations/$station" params={{ station }} search={{ tab }} />
                )}
              >
                {station}
              </Anchor>
              : {text}
              {isGrowing === true && (
                <Badge color="red" size="sm" ml="xs">
                  growing
                </Badge>
              )}
            </List.Item>
          ))}
        </List>
      )}
    </Card>
  );
}

function itemOf({ kind, station, group, count, ageMs, isGrowing }: Attention): Item {
  const messages = `${countText(count)} message${count === 1 ? "" : "s"}`;
  const texts = {
    groupBehind: `group ${group} is ${spanText(ageMs ?? 0)} behind, with ${messages} that it has not acknowledged`,
    groupStuck: `group ${group} has ${messages} in hand, as many as it may: it gets more once it has acknowledged one`,
    stationFull: `it has ${count} % of what it may have, and refuses new messages when it is full`,
  };
  const tab = kind === "stationFull" ? "settings" : "groups";
  return { station, tab, text: texts[kind], ...(isGrowing === true && { isGrowing }) };
}
