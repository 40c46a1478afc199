import { Alert, Anchor, Badge, Code, Group, Stack, Text, Timeline, Title } from "@mantine/core";
import {
  IconArrowForwardUp,
  IconCheck,
  IconDatabase,
  IconGitFork,
  IconSkull,
  IconTruckDelivery,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import {
  type JourneyEvent,
  type JourneyGroup,
  type JourneyPlace,
  type JourneyProducer,
  type JourneyRelative,
  journeyQuestion,
  type MessageJourney,
} from "../../api/journeys.ts";
import { Failure } from "../../parts/failure.tsx";
import { countText, preciseClockText } from "../../parts/numbers.ts";

/** The way of one message: where it came from, what became of it, and what came of it. */
export function Journey({ station, partition, sequence }: JourneyPlace) {
  const { data: journey, error } = useQuery(journeyQuestion({ station, partition, sequence }));
  if (journey === undefined) {
    return error === null ? (
      <Text c="dimmed">Following the message…</Text>
    ) : (
      <Failure error={error} />
    );
  }
  return (
    <Stack gap="lg">
      <Origin journey={journey} />
      <Part title="What happened">
        <Events events={journey.events} />
      </Part>
      <Part title="Consumer groups">
        {journey.groups.length === 0 && <Text c="dimmed">No group consumes this partition.</Text>}
        {journey.groups.map((group) => (
          <GroupFate key={group.group} station={station} fate={group} />
        ))}
      </Part>
      {journey.children.length > 0 && (
        <Part title="What came of it">
          <Relatives relatives={journey.children} />
        </Part>
      )}
      {journey.gaps.length > 0 && (
        <Alert color="yellow" title="Not everything could be looked at">
          {journey.gaps.map((gap) => (
            <Text key={gap} size="sm">
              {gap}
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </section>
  );
}

function Origin({ journey }: { readonly journey: MessageJourney }) {
  const { producer, parents, traceId, isTraceNamed, whereabouts } = journey;
  return (
    <Part title="Where it comes from">
      {producer === null ? (
        <Text>
          It has no stamp: a plain client published it, or one that does not say who it is.
        </Text>
      ) : (
        <ProducerFacts producer={producer} />
      )}
      {parents.length > 0 && (
        <div>
          <Text size="sm" c="dimmed">
            It came from, the nearest first
          </Text>
          <Relatives relatives={parents} />
        </div>
      )}
      {traceId !== null && (
        <Text size="sm">
          Trace <Code>{traceId}</Code> {isTraceNamed ? "goes on here." : "begins here."}
        </Text>
      )}
      <Text size="sm">Now it is {whereabouts}.</Text>
    </Part>
  );
}

const doors: Readonly<Record<string, string>> = {
  sdk: "typed client",
  cli: "command line",
  http: "HTTP",
  memphis: "Memphis gateway",
  ingest: "ingest URL",
  resend: "resent dead letter",
};

function ProducerFacts({ producer }: { readonly producer: JourneyProducer }) {
  const { door, name, user, address, library, connection } = producer;
  const facts = [
    user === null ? undefined : `as user ${user}`,
    address === null ? undefined : `from ${address}`,
    library === null ? undefined : `with ${library}`,
    connection === null ? undefined : `on connection ${connection}`,
  ].filter((fact) => fact !== undefined);
  return (
    <div>
      <Group gap="xs">
        <Text fw={600}>{name ?? "No name"}</Text>
        <Badge variant="light">{doors[door] ?? door}</Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {facts.length > 0 && `${facts.join(", ")}. `}As its stamp says, which is what its door has
        written.
      </Text>
    </div>
  );
}

const looks = {
  stored: { label: "Stored", color: "blue", icon: IconDatabase },
  delivered: { label: "Delivered", color: "cyan", icon: IconTruckDelivery },
  failed: { label: "Failed", color: "orange", icon: IconX },
  acknowledged: { label: "Acknowledged", color: "teal", icon: IconCheck },
  "given up": { label: "Given up", color: "red", icon: IconSkull },
  resent: { label: "Resent", color: "violet", icon: IconArrowForwardUp },
  derived: { label: "Derived", color: "violet", icon: IconGitFork },
} as const satisfies Readonly<Record<JourneyEvent["kind"], unknown>>;

function Events({ events }: { readonly events: readonly JourneyEvent[] }) {
  if (events.length === 0) return <Text c="dimmed">Nothing is written down of it any more.</Text>;
  return (
    <Timeline active={events.length} bulletSize={26} lineWidth={2}>
      {events.map((event, index) => {
        const { kind, at, group, attempt, text, to } = event;
        const { label, color, icon: Icon } = looks[kind];
        const what = [
          group === null ? undefined : `group ${group}`,
          attempt === null ? undefined : `delivery ${attempt}`,
        ].filter((each) => each !== undefined);
        return (
          <Timeline.Item
            // Two of the same kind may be at the same time.
            // biome-ignore lint/suspicious/noArrayIndexKey: nothing is ever put in between
            key={`${index} ${at} ${kind}`}
            color={color}
            bullet={<Icon size={14} aria-hidden />}
            title={what.length === 0 ? label : `${label}: ${what.join(", ")}`}
          >
            {text !== null && <Text size="sm">{text}</Text>}
            {to !== null && <PlaceLink place={to} />}
            <Text size="xs" c="dimmed" className="tabular">
              {preciseClockText(at)}
            </Text>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

const stateColors = {
  waiting: "gray",
  "in flight": "blue",
  delivered: "blue",
  acknowledged: "teal",
  "given up": "red",
  "passed over": "gray",
} as const satisfies Readonly<Record<JourneyGroup["state"], string>>;

function GroupFate({ station, fate }: { readonly station: string; readonly fate: JourneyGroup }) {
  const { group, state, certainty, why, attempts, deadLetter } = fate;
  return (
    <div>
      <Group gap="xs">
        <Text fw={600}>{group}</Text>
        <Badge variant="light" color={stateColors[state]}>
          {state}
        </Badge>
        <Badge variant={certainty === "exact" ? "outline" : "default"}>
          {certainty === "exact" ? "written down" : "inferred"}
        </Badge>
        {attempts !== null && (
          <Text size="sm" className="tabular">
            {attempts === 1 ? "delivered once" : `delivered ${countText(attempts)} times`}
          </Text>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {why}
      </Text>
      {deadLetter !== null && (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/stations/$station"
              params={{ station }}
              search={{ tab: "dead-letters" }}
            />
          )}
        >
          Dead letter {deadLetter}
        </Anchor>
      )}
    </div>
  );
}

function Relatives({ relatives }: { readonly relatives: readonly JourneyRelative[] }) {
  return (
    <Stack gap={4}>
      {relatives.map((relative) => {
        const { station, partition, sequence, how, time } = relative;
        return (
          <Group key={`${station} ${partition} ${sequence}`} gap="xs">
            <PlaceLink place={relative} />
            <Text size="sm" c="dimmed">
              {how}, {time === null ? "not there any more" : preciseClockText(time)}
            </Text>
          </Group>
        );
      })}
    </Stack>
  );
}

function PlaceLink({ place: { station, partition, sequence } }: { readonly place: JourneyPlace }) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/stations/$station/messages/$partition/$sequence"
          params={{ station, partition: String(partition), sequence: String(sequence) }}
        />
      )}
    >
      {station} {partition}:{sequence}
    </Anchor>
  );
}
