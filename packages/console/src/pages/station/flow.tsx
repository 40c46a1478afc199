import { Badge, Card, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { stationConsumersQuestion, stationProducersQuestion } from "../../api/questions.ts";
import type { Consumer, Group as ConsumerGroup, Producer, Station } from "../../api/types.ts";
import { flowSeconds } from "../../parts/flow-seconds.ts";
import { countText, sizeText } from "../../parts/numbers.ts";

const shownMax = 8;

/** Who puts messages in on the left, what is there in the middle, who takes them on the right. */
export function Flow({
  station,
  groups,
}: {
  readonly station: Station;
  readonly groups: readonly ConsumerGroup[];
}) {
  const { data: producers = [] } = useQuery(stationProducersQuestion(station.name));
  const { data: consumers = [] } = useQuery(stationConsumersQuestion(station.name));
  const written = station.partitions.reduce((sum, { lastSequence }) => sum + lastSequence, 0);
  const rate = useRate(written);
  const taken = consumers.reduce((sum, each) => sum + (each.messagesPerSecond ?? 0), 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where there is no room it is pushed sideways, by keys, too
    <section className="flow" aria-label="Flow" tabIndex={0}>
      <Part title="Producers" count={producers.length}>
        {producers.length === 0 && <Text c="dimmed">Nobody produces now.</Text>}
        {producers.slice(0, shownMax).map((producer) => (
          <Member key={producer.id} member={producer} />
        ))}
      </Part>
      <Pipe perSecond={rate} />
      <Part title="Station">
        <Text size="xl" fw={650} className="tabular">
          {countText(station.messages)} {station.messages === 1 ? "message" : "messages"}
        </Text>
        <Text size="sm" className="tabular">
          {countText(Math.round(rate))} coming in per second
        </Text>
        <Text size="sm" c="dimmed">
          {sizeText(station.bytes)} in {station.partitions.length}{" "}
          {station.partitions.length === 1 ? "partition" : "partitions"}, {countText(written)}{" "}
          written so far
        </Text>
      </Part>
      <Pipe perSecond={taken} />
      <Part title="Consumer groups" count={groups.length}>
        {groups.length === 0 && <Text c="dimmed">Nobody consumes this station yet.</Text>}
        {groups.slice(0, shownMax).map((group) => (
          <GroupState
            key={group.name}
            group={group}
            members={consumers.filter((each) => each.group === group.name)}
          />
        ))}
      </Part>
    </section>
  );
}

function Part({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: number;
  readonly children: ReactNode;
}) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Text size="sm" c="dimmed" mb={4}>
        {title}
        {count !== undefined && count > shownMax && `: ${shownMax} of ${countText(count)}`}
      </Text>
      <Stack gap={8}>{children}</Stack>
    </Card>
  );
}

function Member({ member }: { readonly member: Producer | Consumer }) {
  const { name, library, version, isConnected, messagesPerSecond } = member;
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text size="sm" truncate title={[library, version, member.address].join(" ")}>
        {name === "" ? (library ?? "no name") : name}
      </Text>
      <Badge variant="light" color={isConnected ? "teal" : "gray"} className="tabular" miw={70}>
        {isConnected ? `${countText(Math.round(messagesPerSecond ?? 0))} / s` : "left"}
      </Badge>
    </Group>
  );
}

function GroupState({
  group: { name, waiting, inFlight, pausedUntil },
  members,
}: {
  readonly group: ConsumerGroup;
  readonly members: readonly Consumer[];
}) {
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600} truncate>
          {name}
        </Text>
        {pausedUntil !== null && <Badge variant="default">paused</Badge>}
      </Group>
      <Text size="sm" className="tabular" {...(waiting === 0 && { c: "dimmed" })}>
        {countText(waiting)} waiting, {countText(inFlight)} in flight,{" "}
        {["no members", "1 member"][members.length] ?? `${members.length} members`}
      </Text>
      {members.slice(0, shownMax).map((member) => (
        <Member key={member.id} member={member} />
      ))}
    </div>
  );
}

/** What flows from one part to the next: the more there is, the faster it goes by. The numbers beside it say how much. */
function Pipe({ perSecond }: { readonly perSecond: number }) {
  const isFlowing = perSecond > 0;
  return (
    <div
      aria-hidden
      className="flow-pipe"
      {...(isFlowing && {
        "data-flowing": true,
        style: { animationDuration: `${flowSeconds(perSecond)}s` },
      })}
    />
  );
}

/** How much a count rises in a second, between the last two times it was told. */
function useRate(count: number): number {
  const last = useRef({ count, atMs: performance.now(), rate: 0 });
  const nowMs = performance.now();
  const spanMs = nowMs - last.current.atMs;
  if (spanMs >= 1_000) {
    const rate = Math.max(0, ((count - last.current.count) * 1000) / spanMs);
    last.current = { count, atMs: nowMs, rate };
  }
  return last.current.rate;
}
