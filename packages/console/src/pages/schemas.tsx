import { Anchor, Badge, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { Attachment } from "oxbow/control";
import { schemasQuestion } from "../api/questions.ts";
import { attachmentsQuestion } from "../api/schema-questions.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Failure } from "../parts/failure.tsx";
import { useMay } from "../parts/may.tsx";
import { clockText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { compatibilityWords, formatNames } from "./schema/words.ts";

const route = getRouteApi("/schemas");
const stationsShown = 3;

/** All schemas, and which stations use them. */
export function Schemas() {
  const { data: schemas = [], error, isPending } = useQuery(schemasQuestion);
  const { data: attachments = [] } = useQuery(attachmentsQuestion);
  const { q = "" } = route.useSearch();
  const navigate = useNavigate();
  const may = useMay();
  const sought = q.trim().toLowerCase();
  const found = schemas.filter(({ name }) => name.toLowerCase().includes(sought));
  return (
    <Stack>
      <PageHead title="Schemas">
        {may("schema.create") && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            renderRoot={(props) => <Link {...props} to="/new-schema" />}
          >
            New schema
          </Button>
        )}
      </PageHead>
      <Failure error={error} />
      {!isPending && schemas.length === 0 && (
        <Stack align="start" gap="xs">
          <Text fw={600}>There is no schema yet</Text>
          <Text c="dimmed" maw={620}>
            A schema says what messages look like. A station that uses one refuses what does not
            fit, says why, and keeps it as a dead letter: a mistake is found where it is made, and
            not in every program that reads. Begin from a template, from a message, or from what is
            in a station already.
          </Text>
        </Stack>
      )}
      {schemas.length > 0 && (
        <TextInput
          aria-label="Search by name"
          placeholder="Name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={({ currentTarget: { value } }) =>
            void navigate({
              to: "/schemas",
              search: value === "" ? {} : { q: value },
              replace: true,
            })
          }
        />
      )}
      {schemas.length > 0 && found.length === 0 && <Text c="dimmed">No schema of that name.</Text>}
      {found.length > 0 && (
        <DataTable
          heads={["Name", "Format", "Versions", "Compatibility", "Stations using it", "Created"]}
          minWidth={760}
          highlightOnHover
        >
          {found.map(({ name, format, versions, compatibility, createdAt, activeVersion }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Anchor
                  renderRoot={(props) => (
                    <Link {...props} to="/schemas/$schema" params={{ schema: name }} />
                  )}
                >
                  {name}
                </Anchor>
              </Table.Td>
              <Table.Td>{formatNames[format]}</Table.Td>
              <Table.Td className="tabular">
                {versions.length === 0
                  ? "none yet"
                  : `${versions.length}, active ${activeVersion ?? "none"}`}
              </Table.Td>
              <Table.Td>{compatibilityWords[compatibility].title}</Table.Td>
              <Table.Td>
                <Users attachments={attachments.filter(({ schema }) => schema === name)} />
              </Table.Td>
              <Table.Td>{clockText(createdAt)}</Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
    </Stack>
  );
}

function Users({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        none
      </Text>
    );
  }
  const more = attachments.length - stationsShown;
  return (
    <Group gap={6}>
      {attachments.slice(0, stationsShown).map(({ station }) => (
        <Anchor
          key={station}
          size="sm"
          renderRoot={(props) => <Link {...props} to="/stations/$station" params={{ station }} />}
        >
          {station}
        </Anchor>
      ))}
      {more > 0 && <Badge variant="default">{more} more</Badge>}
    </Group>
  );
}
