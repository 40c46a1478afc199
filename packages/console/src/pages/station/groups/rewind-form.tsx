import { Alert, Table, Text } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { Group as ConsumerGroup, Place, Rewound } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { Form } from "../../../parts/form.tsx";
import { countText } from "../../../parts/numbers.ts";
import { PartitionSelect } from "../../../parts/partition-select.tsx";
import { fromTheBeginning, PlaceInput, placeOf } from "./place-input.tsx";

/** Asks where a group is to go on, and tells what that means before it is done. */
export function RewindForm({
  group: { name, partitions },
  where,
  onDone,
}: {
  readonly group: ConsumerGroup;
  readonly where: string;
  readonly onDone: () => void;
}) {
  const [draft, setDraft] = useState(fromTheBeginning);
  const [partition, setPartition] = useState<number>();
  const to = placeOf(draft);
  const rewind = (place: Place, isDryRun: boolean): Promise<Rewound> =>
    ask("POST", `${where}/rewind`, {
      body: { to: place, isDryRun, ...(partition !== undefined && { partition }) },
    });
  const preview = useQuery({
    queryKey: ["rewind", where, to, partition],
    queryFn: () => (to === undefined ? undefined : rewind(to, true)),
    enabled: to !== undefined,
    placeholderData: keepPreviousData,
  });
  const act = useMutation({
    mutationFn: async (place: Place) => rewind(place, false),
    onSuccess: onDone,
  });
  const isKnown =
    preview.data !== undefined && !preview.isPlaceholderData && preview.error === null;
  return (
    <Form
      onSubmit={() => to !== undefined && act.mutate(to)}
      doing={act}
      action="Rewind"
      isReady={isKnown}
      isDestructive
    >
      <PlaceInput label={`${name} goes on with`} draft={draft} onChange={setDraft} />
      <PartitionSelect partitions={partitions} value={partition} onChange={setPartition} />
      <Failure error={preview.error} />
      {preview.data !== undefined && preview.error === null && <Preview rewound={preview.data} />}
    </Form>
  );
}

function Preview({
  rewound: { deliveredAgain, skipped, partitions },
}: {
  readonly rewound: Rewound;
}) {
  const isNothing = deliveredAgain === 0 && skipped === 0;
  return (
    <Alert
      color={isNothing ? "gray" : "yellow"}
      title={isNothing ? "Nothing would change" : "What it would mean"}
      role="status"
    >
      <Text size="sm">
        {countText(deliveredAgain)} messages are delivered again, though the group had them before.{" "}
        {countText(skipped)} messages that it has not acknowledged are skipped. What is in flight is
        forgotten: acknowledgements of it count no more.
      </Text>
      {partitions.length > 1 && (
        <Table verticalSpacing={2} mt="xs" fz="sm" className="tabular">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Partition</Table.Th>
              <Table.Th ta="right">Goes on at</Table.Th>
              <Table.Th ta="right">Again</Table.Th>
              <Table.Th ta="right">Skipped</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {partitions.map((each) => (
              <Table.Tr key={each.number}>
                <Table.Td>{each.number}</Table.Td>
                <Table.Td ta="right">{each.sequence}</Table.Td>
                <Table.Td ta="right">{countText(each.deliveredAgain)}</Table.Td>
                <Table.Td ta="right">{countText(each.skipped)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Alert>
  );
}
