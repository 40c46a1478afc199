import {
  Alert,
  Button,
  Card,
  Group,
  Modal,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { groupLagQuestion, stationGroupsQuestion } from "../../../api/questions.ts";
import type { Consumer, Group as ConsumerGroup } from "../../../api/types.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { DataTable, numbers } from "../../../parts/data-table.tsx";
import { Facts } from "../../../parts/facts.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { Figure } from "../../../parts/figure.tsx";
import { clockText, countText, spanText } from "../../../parts/numbers.ts";
import { useConfirmed } from "../../../parts/use-confirmed.ts";
import { GroupForm } from "./group-form.tsx";
import { GroupHistory } from "./group-history.tsx";
import { Members } from "./members.tsx";
import { PauseForm } from "./pause-form.tsx";
import { RewindForm } from "./rewind-form.tsx";

type Deed = "edit" | "pause" | "rewind";

const titles: Readonly<Record<Deed, string>> = {
  edit: "Settings of the group",
  pause: "Pause the group",
  rewind: "Rewind the group",
};

/** One group: how far it is, who its members are, what it is told to do, and what can be done. */
export function GroupDetails({
  group,
  members,
}: {
  readonly group: ConsumerGroup;
  readonly members: readonly Consumer[];
}) {
  const { name, station, pausedUntil, waiting, inFlight, redelivered, problems } = group;
  const [deed, setDeed] = useState<Deed>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: lag } = useQuery(groupLagQuestion(station, name));
  const where = path`/stations/${station}/groups/${name}`;
  const refresh = (): Promise<void> =>
    queries.invalidateQueries({ queryKey: ["station", station] });
  const close = (): void => setDeed(undefined);
  const done = async (): Promise<void> => {
    close();
    await refresh();
  };
  const resume = useMutation({
    mutationFn: () => ask("POST", `${where}/resume`),
    onSuccess: refresh,
  });
  const removal = useConfirmed(() => ask("DELETE", where), {
    stale: { queryKey: ["station", station] },
    onDone: async () => {
      // Nothing is asked any more about what there is no longer.
      queries.setQueryData(stationGroupsQuestion(station).queryKey, (groups) =>
        groups?.filter((each) => each.name !== name),
      );
      queries.removeQueries({ queryKey: ["station", station, "groups", name] });
      await navigate({
        to: "/stations/$station",
        params: { station },
        search: { tab: "groups" },
        replace: true,
      });
    },
  });
  return (
    <Card withBorder component="section" aria-label={`Group ${name}`}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4" style={{ overflowWrap: "anywhere" }}>
            {name}
          </Title>
          <Group gap="xs">
            {pausedUntil === null ? (
              <Button variant="default" onClick={() => setDeed("pause")}>
                Pause
              </Button>
            ) : (
              <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
                Resume
              </Button>
            )}
            <Button variant="default" onClick={() => setDeed("edit")}>
              Edit
            </Button>
            <Button variant="default" onClick={() => setDeed("rewind")}>
              Rewind
            </Button>
            <Button variant="light" color="red" onClick={() => removal.ask()}>
              Delete
            </Button>
          </Group>
        </Group>
        {group.settings.description !== "" && <Text size="sm">{group.settings.description}</Text>}
        <Failure error={resume.error} />
        {pausedUntil !== null && (
          <Alert color="yellow" title={`Paused until ${clockText(pausedUntil)}`}>
            Nothing is delivered until then. What is in flight can still be acknowledged.
          </Alert>
        )}
        {problems.length > 0 && (
          <Alert color="red" title="Half done">
            {problems.join("; ")}. Doing the same again, or editing the group, heals it.
          </Alert>
        )}
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          <Figure label="Waiting" value={countText(waiting)} />
          <Figure
            label="Behind"
            value={lag === undefined ? "–" : lag.ageMs === 0 ? "up to date" : spanText(lag.ageMs)}
          />
          <Figure label="In flight" value={countText(inFlight)} />
          <Figure label="Redelivered" value={countText(redelivered)} isBad={redelivered > 0} />
        </SimpleGrid>
        <GroupHistory station={station} group={name} />
        <Members members={members} />
        <Partitions group={group} />
        <GroupFacts group={group} />
      </Stack>
      <Modal opened={deed !== undefined} onClose={close} title={deed && titles[deed]} size="lg">
        {deed === "edit" && (
          <GroupForm station={station} group={group} onDone={() => void done()} />
        )}
        {deed === "pause" && <PauseForm where={where} onDone={() => void done()} />}
        {deed === "rewind" && <RewindForm group={group} where={where} onDone={() => void done()} />}
      </Modal>
      <Confirm title="Delete the group" action="Delete" typed={name} {...removal.confirm}>
        <Text>
          The group is deleted with its place in the station: the {countText(waiting + inFlight)}{" "}
          messages that it has not acknowledged are not delivered to it.
          {members.length > 0 &&
            ` It has ${members.length === 1 ? "a member" : `${members.length} members`}, which get nothing any more.`}
        </Text>
      </Confirm>
    </Card>
  );
}

function Partitions({ group: { partitions } }: { readonly group: ConsumerGroup }) {
  if (partitions.length < 2) return null;
  return (
    <DataTable
      heads={[
        "Partition",
        numbers("Waiting"),
        numbers("In flight"),
        numbers("Redelivered"),
        numbers("Delivered to"),
        numbers("Acknowledged to"),
      ]}
      minWidth={560}
      mah={360}
      verticalSpacing={4}
      aria-label="Partitions"
    >
      {partitions.map((each) => (
        <Table.Tr key={each.number} className="tabular">
          <Table.Td>{each.number}</Table.Td>
          <Table.Td ta="right">{countText(each.waiting)}</Table.Td>
          <Table.Td ta="right">{countText(each.inFlight)}</Table.Td>
          <Table.Td ta="right">{countText(each.redelivered)}</Table.Td>
          <Table.Td ta="right">{each.deliveredSequence}</Table.Td>
          <Table.Td ta="right">{each.acknowledgedSequence}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

function GroupFacts({ group: { settings, createdAt } }: { readonly group: ConsumerGroup }) {
  const { keys, maxAckTimeMs, maxDeliveries, backoffMs, maxInFlight, orderedByKey } = settings;
  const facts: readonly (readonly [string, string])[] = [
    ["Takes", keys.length === 0 ? "every message" : `keys ${keys.join(", ")}`],
    ["Time to acknowledge", spanText(maxAckTimeMs)],
    [
      "Delivered at most",
      maxDeliveries === null ? "for ever" : `${maxDeliveries} times, then a dead letter`,
    ],
    [
      "Delivered again after",
      backoffMs.length === 0 ? spanText(maxAckTimeMs) : backoffMs.map(spanText).join(", then "),
    ],
    [
      "In flight at most",
      maxInFlight === null ? "any number" : `${countText(maxInFlight)} of each partition`,
    ],
    ["Order", orderedByKey ? "one message of a key at a time" : "as members take them"],
    ["Created", clockText(createdAt)],
  ];
  return <Facts facts={facts} names={170} maw={620} aria-label="Settings" />;
}
