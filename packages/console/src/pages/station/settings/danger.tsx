import { Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import type { Purged, Station } from "../../../api/types.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { countText } from "../../../parts/numbers.ts";
import { PartitionSelect } from "../../../parts/partition-select.tsx";
import { useConfirmed } from "../../../parts/use-confirmed.ts";

/** What can't be taken back. */
export function Danger({ station }: { readonly station: Station }) {
  const { name, messages } = station;
  const [isPurging, purging] = useDisclosure();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const removal = useConfirmed(() => ask("DELETE", path`/stations/${name}`), {
    stale: {},
    onDone: async () => {
      await navigate({ to: "/stations" });
      queries.removeQueries({ queryKey: ["station", name] });
    },
  });
  return (
    <Card withBorder component="section" aria-label="What can't be taken back">
      <Title order={2} size="h5" mb="xs">
        What can't be taken back
      </Title>
      <Group>
        <Button variant="light" color="red" onClick={purging.open}>
          Purge
        </Button>
        <Button variant="light" color="red" onClick={() => removal.ask()}>
          Delete
        </Button>
      </Group>
      {isPurging && <PurgeDialog station={station} onClose={purging.close} />}
      <Confirm action="Delete" typed={name} {...removal.confirm}>
        <Text>
          {name} is deleted with its {countText(messages)} messages and its groups, for ever.
        </Text>
      </Confirm>
    </Card>
  );
}

/** Asks what is to be removed, and counts it. */
function PurgeDialog({
  station,
  onClose,
}: {
  readonly station: Station;
  readonly onClose: () => void;
}) {
  const { name, partitions, isManaged } = station;
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const [partition, setPartition] = useState<number>();
  const what = {
    ...(key.trim() !== "" && { key: key.trim() }),
    ...(partition !== undefined && { partition }),
  };
  const [counted] = useDebouncedValue(what, 250);
  const purge = (request: object): Promise<Purged> =>
    ask("POST", path`/stations/${name}/purge`, { body: request });
  const preview = useQuery({
    queryKey: ["station", name, "purge", counted],
    queryFn: () => purge({ ...counted, isDryRun: true }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const act = useMutation({
    mutationFn: () => purge(what),
    onSuccess: async ({ purged }) => {
      onClose();
      notifications.show({ message: `${countText(purged)} removed` });
      await queries.invalidateQueries({ queryKey: ["station", name] });
    },
  });
  const isCounted = !preview.isPlaceholderData && JSON.stringify(what) === JSON.stringify(counted);
  const count = isCounted ? preview.data?.purged : undefined;
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title="Purge"
      action="Purge"
      typed={name}
      onConfirm={() => act.mutate()}
      isPending={act.isPending}
      error={act.error ?? preview.error}
      isImpossible={count === undefined || count === 0}
    >
      <Stack>
        <TextInput
          label={isManaged ? "Only of the key" : "Only of the subject"}
          description="With * for one part between dots, and > for all that follow. Empty for all messages."
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <PartitionSelect partitions={partitions} value={partition} onChange={setPartition} />
        <Text role="status">
          {count === undefined
            ? "Counting …"
            : count === 0
              ? "No message is so: nothing would be removed."
              : `${countText(count)} of ${countText(station.messages)} messages of ${name} are removed for ever. Groups and settings stay.`}
        </Text>
      </Stack>
    </Confirm>
  );
}
