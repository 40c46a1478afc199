import {
  Anchor,
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ask, path } from "../api/ask.ts";
import { stationsQuestion } from "../api/questions.ts";
import type { Station } from "../api/types.ts";
import { Failure } from "../parts/failure.tsx";
import { countText, sizeText, spanText } from "../parts/numbers.ts";

const shownMax = 200;

export function Stations() {
  const { data: all = [], error, isPending } = useQuery(stationsQuestion);
  const [text, setText] = useState("");
  const [sought] = useDebouncedValue(text.trim().toLowerCase(), 120);
  const [isCreating, creating] = useDisclosure();
  const found = useMemo(
    () =>
      all.filter(
        ({ name, isInternal, settings: { tags } }) =>
          !isInternal && [name, ...tags].some((each) => each.toLowerCase().includes(sought)),
      ),
    [all, sought],
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Stations
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
          New station
        </Button>
      </Group>
      <Failure error={error} />
      <TextInput
        aria-label="Search by name or tag"
        placeholder="Name or tag"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <StationTable stations={found.slice(0, shownMax)} />
      {found.length > shownMax && (
        <Text c="dimmed" size="sm">
          {countText(found.length - shownMax)} more: search for them by name.
        </Text>
      )}
      {!isPending && found.length === 0 && (
        <Text c="dimmed">
          {all.some(({ isInternal }) => !isInternal)
            ? "No station of that name."
            : "There is no station yet: create the first one."}
        </Text>
      )}
      <Modal opened={isCreating} onClose={creating.close} title="New station">
        <CreateStation />
      </Modal>
    </Stack>
  );
}

function StationTable({ stations }: { readonly stations: readonly Station[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th ta="right">Messages</Table.Th>
            <Table.Th ta="right">Size</Table.Th>
            <Table.Th ta="right">Partitions</Table.Th>
            <Table.Th ta="right">Groups</Table.Th>
            <Table.Th>Kept</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {stations.map(({ name, isManaged, problems, messages, bytes, partitions, settings }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Group gap="xs">
                  <Anchor
                    renderRoot={(props) => (
                      <Link {...props} to="/stations/$station" params={{ station: name }} />
                    )}
                  >
                    {name}
                  </Anchor>
                  {!isManaged && <Badge variant="default">stream of a plain client</Badge>}
                  {problems.length > 0 && <Badge color="red">half done</Badge>}
                  {settings.tags.map((tag) => (
                    <Badge key={tag} variant="light">
                      {tag}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {countText(messages)}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {sizeText(bytes)}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {partitions.length}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {Math.max(...partitions.map(({ consumers }) => consumers))}
              </Table.Td>
              <Table.Td>
                {settings.maxAgeMs === 0 ? "for ever" : spanText(settings.maxAgeMs)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const ages = [
  { value: "3600000", label: "1 hour" },
  { value: "86400000", label: "1 day" },
  { value: "604800000", label: "7 days" },
  { value: "2592000000", label: "30 days" },
  { value: "0", label: "for ever" },
];

function CreateStation() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [partitions, setPartitions] = useState(1);
  const [age, setAge] = useState("604800000");
  const create = useMutation({
    mutationFn: () =>
      ask<Station>("PUT", path`/stations/${name}`, {
        body: { partitions, maxAgeMs: Number(age) },
      }),
    onSuccess: async (station) => {
      await queries.invalidateQueries(stationsQuestion);
      await navigate({ to: "/stations/$station", params: { station: station.name } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="Letters, digits, - _ and dots"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
          required
        />
        <Select
          label="Messages are kept"
          data={ages}
          value={age}
          onChange={(value) => setAge(value ?? "0")}
          allowDeselect={false}
        />
        <NumberInput
          label="Partitions"
          description="Fixed: the partition of a key depends on it. One is right for most."
          min={1}
          max={1000}
          value={partitions}
          onChange={(value) => setPartitions(Number(value))}
        />
        <Failure error={create.error} />
        <Group justify="end">
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
