import { Button, Card, Group, Modal, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import type { Station } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { countText, sizeText, spanText } from "../../parts/numbers.ts";
import { IngestUrls } from "./ingest.tsx";

/** What the station is told to do, and the ways to empty or delete it. */
export function Settings({ station }: { readonly station: Station }) {
  const { settings } = station;
  const facts: readonly (readonly [string, string])[] = [
    ["Kept", settings.maxAgeMs === 0 ? "for ever" : spanText(settings.maxAgeMs)],
    ["Most messages", settings.maxMessages === null ? "any" : countText(settings.maxMessages)],
    ["Most bytes", settings.maxBytes === null ? "any" : sizeText(settings.maxBytes)],
    ["At a limit", settings.discard === "old" ? "the oldest go" : "new ones are refused"],
    ["Of each key", settings.keepPerKey === null ? "all" : `the last ${settings.keepPerKey}`],
    ["Partitions", String(settings.partitions)],
    ["Storage", settings.storage],
    ["Gone once acknowledged", settings.untilAcknowledged ? "yes, by every group" : "no"],
    ["Tags", settings.tags.join(", ") || "none"],
    ["Description", settings.description || "none"],
  ];
  return (
    <Stack>
      <Table variant="vertical" layout="fixed" maw={560}>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={200}>{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <IngestUrls station={station.name} />
      <Danger station={station} />
    </Stack>
  );
}

function Danger({ station: { name, messages } }: { readonly station: Station }) {
  const [asked, setAsked] = useState<"purge" | "delete">("purge");
  const [isOpen, modal] = useDisclosure();
  const [typed, setTyped] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: () =>
      asked === "purge"
        ? ask("POST", path`/stations/${name}/purge`)
        : ask("DELETE", path`/stations/${name}`),
    onSuccess: async () => {
      modal.close();
      if (asked === "delete") await navigate({ to: "/stations" });
      await queries.invalidateQueries();
    },
  });
  const open = (what: "purge" | "delete"): void => {
    act.reset();
    setTyped("");
    setAsked(what);
    modal.open();
  };
  const isPurge = asked === "purge";
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        What can't be taken back
      </Title>
      <Group>
        <Button variant="light" color="red" onClick={() => open("purge")}>
          Purge
        </Button>
        <Button variant="light" color="red" onClick={() => open("delete")}>
          Delete
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={modal.close} title={isPurge ? "Purge" : "Delete"}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate();
          }}
        >
          <Stack>
            <Text>
              {isPurge
                ? `All ${countText(messages)} messages of ${name} are removed for ever. Groups and settings stay.`
                : `${name} is deleted with its ${countText(messages)} messages and its groups, for ever.`}
            </Text>
            <TextInput
              label={`Type ${name} to go on`}
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              data-autofocus
            />
            <Failure error={act.error} />
            <Group justify="end">
              <Button variant="default" onClick={modal.close}>
                Cancel
              </Button>
              <Button type="submit" color="red" disabled={typed !== name} loading={act.isPending}>
                {isPurge ? "Purge" : "Delete"}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Card>
  );
}
