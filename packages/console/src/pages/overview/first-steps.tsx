import { Button, Card, Skeleton, Stack, Text, Timeline, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { browseQuestion, schemasQuestion } from "../../api/questions.ts";
import type { PlatformTotals } from "../../api/types.ts";
import { useMay } from "../../parts/may.tsx";
import { Snippets } from "../../parts/snippets.tsx";

interface Step {
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly body?: ReactNode;
}

/** From nothing to messages that flow, are checked, and are healed: what is done already, and what comes next. */
export function FirstSteps({ totals }: { readonly totals: PlatformTotals }) {
  const may = useMay();
  const { data: newest, isPending } = useQuery(
    browseQuestion({ sort: "createdAt", isDescending: true, limit: 20 }),
  );
  const { data: schemas = [] } = useQuery(schemasQuestion);
  const station = newest?.items.find(({ isManaged }) => isManaged);
  const steps: readonly Step[] = [
    {
      title: "Create a station",
      text: "It keeps messages in their order, for all who want them. A name is all that it needs.",
      isDone: totals.stations > 0,
      body: totals.stations === 0 && may("station.create") && (
        <Button renderRoot={(props) => <Link {...props} to="/stations" search={newStation} />}>
          Create a station
        </Button>
      ),
    },
    {
      title: "Put messages in, and take them out",
      text:
        station === undefined
          ? "Your station will have code for it that works when it is pasted, in your language."
          : `This works when it is pasted, with ${station.name}:`,
      isDone: totals.messages > 0,
      body: station !== undefined && <Snippets station={station} />,
    },
    {
      title: "Say what messages look like",
      text: "A schema can be made of messages that are there. What does not fit is refused, and its producer is told why.",
      isDone: schemas.length > 0,
      body: station !== undefined && schemas.length === 0 && (
        <StationLink station={station.name} tab="schema" text={`Schema of ${station.name}`} />
      ),
    },
    {
      title: "Heal what went wrong",
      text: "What was refused, or what a group could not deal with, waits as a dead letter with its reason: change it, and send it again.",
      isDone: false,
      body: station !== undefined && (
        <StationLink
          station={station.name}
          tab="dead-letters"
          text={`Dead letters of ${station.name}`}
        />
      ),
    },
  ];
  return (
    <Card withBorder component="section" aria-label="First steps">
      <Title order={2} size="h4" mb="md">
        First steps
      </Title>
      {isPending ? (
        <Skeleton height={320} />
      ) : (
        <Timeline bulletSize={24} lineWidth={2} active={doneUntil(steps)}>
          {steps.map(({ title, text, isDone, body }) => (
            <Timeline.Item
              key={title}
              title={title}
              bullet={isDone ? <IconCheck size={14} aria-label="Done" /> : undefined}
            >
              <Stack gap="xs" align="stretch">
                <Text size="sm" c="dimmed">
                  {text}
                </Text>
                {body !== undefined && body !== false && <div>{body}</div>}
              </Stack>
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Card>
  );
}

/** The last step before the first that is to be done; -1 if there is none. */
function doneUntil(steps: readonly Step[]): number {
  return steps.findIndex(({ isDone }) => !isDone) - 1;
}

const newStation = { new: "station" };

function StationLink({
  station,
  tab,
  text,
}: {
  readonly station: string;
  readonly tab: string;
  readonly text: string;
}) {
  return (
    <Button
      size="xs"
      variant="light"
      renderRoot={(props) => (
        <Link {...props} to="/stations/$station" params={{ station }} search={{ tab }} />
      )}
    >
      {text}
    </Button>
  );
}
