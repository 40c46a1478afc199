import { Anchor, Badge, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import {
  groupLagQuestion,
  stationConsumersQuestion,
  stationGroupsQuestion,
} from "../../../api/questions.ts";
import type { Station } from "../../../api/types.ts";
import { DataTable, numbers } from "../../../parts/data-table.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { NewButton } from "../../../parts/new-button.tsx";
import { clockText, countText, spanText } from "../../../parts/numbers.ts";
import { GroupDetails } from "./group-details.tsx";
import { GroupForm } from "./group-form.tsx";

/** How far behind is asked of so many groups: it costs the server a message of each partition. */
const lagsMax = 25;

/** Who consumes a station: how far each group is, and what can be done about it. */
export function Groups({
  station,
  chosen,
}: {
  readonly station: Station;
  /** The group that is shown, of the address. */
  readonly chosen: string | undefined;
}) {
  const { data: groups = [], error, isPending } = useQuery(stationGroupsQuestion(station.name));
  const { data: consumers = [] } = useQuery(stationConsumersQuestion(station.name));
  const lags = useQueries({
    queries: groups.slice(0, lagsMax).map(({ name }) => groupLagQuestion(station.name, name)),
  });
  const [isCreating, setCreating] = useState(false);
  const shown = groups.find(({ name }) => name === chosen);
  return (
    <Stack>
      <Failure error={error} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={640}>
          Each group gets every message, and its members share them; groups take no messages from
          each other.
        </Text>
        <NewButton variant="light" onClick={() => setCreating(true)}>
          New group
        </NewButton>
      </Group>
      {!isPending && groups.length === 0 && (
        <Text c="dimmed">
          Nobody consumes this station yet. A group makes itself when a program consumes with its
          name (see Code), or is made here, so that messages wait for it from now on.
        </Text>
      )}
      {groups.length > 0 && (
        <DataTable
          heads={[
            "Group",
            numbers("Waiting"),
            numbers("Behind"),
            numbers("In flight"),
            numbers("Redelivered"),
            numbers("Members"),
            "Last active",
          ]}
          minWidth={620}
          highlightOnHover
        >
          {groups.map((group, index) => {
            const { name, waiting, inFlight, redelivered, pausedUntil, problems } = group;
            const ageMs = lags[index]?.data?.ageMs;
            return (
              <Table.Tr
                key={name}
                {...(name === chosen && { bg: "var(--mantine-color-default-hover)" })}
              >
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <Anchor
                      fz="sm"
                      renderRoot={(props) => (
                        <Link
                          {...props}
                          to="/stations/$station"
                          params={{ station: station.name }}
                          search={{ tab: "groups", group: name }}
                          aria-current={name === chosen ? "true" : undefined}
                        />
                      )}
                    >
                      {name}
                    </Anchor>
                    {pausedUntil !== null && <Badge variant="default">paused</Badge>}
                    {problems.length > 0 && <Badge color="red">half done</Badge>}
                    {!group.isManaged && <Badge variant="default">plain consumer</Badge>}
                  </Group>
                </Table.Td>
                <Count value={waiting} />
                <Table.Td ta="right" className="tabular">
                  {ageMs === undefined ? "–" : ageMs === 0 ? "up to date" : spanText(ageMs)}
                </Table.Td>
                <Count value={inFlight} />
                <Count value={redelivered} />
                <Count value={consumers.filter((each) => each.group === name).length} />
                <Table.Td className="tabular">
                  {group.lastActiveAt === null ? "never" : clockText(group.lastActiveAt)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </DataTable>
      )}
      {chosen !== undefined && !isPending && shown === undefined && (
        <Text c="dimmed">There is no group {chosen}: it may have been deleted.</Text>
      )}
      {shown !== undefined && (
        <GroupDetails
          key={shown.name}
          group={shown}
          members={consumers.filter((each) => each.group === shown.name)}
        />
      )}
      <Modal opened={isCreating} onClose={() => setCreating(false)} title="New group" size="lg">
        <GroupForm station={station.name} onDone={() => setCreating(false)} />
      </Modal>
    </Stack>
  );
}

function Count({ value }: { readonly value: number }) {
  return (
    <Table.Td ta="right" className="tabular">
      {countText(value)}
    </Table.Td>
  );
}
