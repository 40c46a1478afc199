import { Anchor, Badge, Group, Stack, Table, Text } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Attachment, SchemaVersion } from "oxbow/control";
import { ask, path } from "../../api/ask.ts";
import type { Schema } from "../../api/types.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { useMay } from "../../parts/may.tsx";
import { clockText, sizeText } from "../../parts/numbers.ts";
import { RowAction } from "../../parts/row-action.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { Difference } from "./difference.tsx";

const route = getRouteApi("/schemas/$schema");

interface Asked {
  readonly what: "activate" | "delete";
  readonly version: number;
}

/** All versions: which is active, how they differ, and what becomes of them. */
export function SchemaVersions({
  schema,
  attachments,
  followers,
}: {
  readonly schema: Schema;
  readonly attachments: readonly Attachment[];
  readonly followers: readonly string[];
}) {
  const may = useMay();
  const { from, to } = route.useSearch();
  const acting = useConfirmed(
    ({ what, version }: Asked) => {
      const where = path`/schemas/${schema.name}/versions/${version}`;
      return what === "delete" ? ask("DELETE", where) : ask("POST", `${where}/activate`);
    },
    {
      // Texts never change, and that of a version that is gone is not asked for again.
      stale: {
        queryKey: ["schemas"],
        predicate: ({ queryKey: [, name, ...more] }) =>
          name === undefined || (name === schema.name && more.length === 0),
      },
    },
  );
  const { subject: asked } = acting;
  const last = schema.versions.at(-1)?.number;
  const one = Number(from ?? schema.versions.at(-2)?.number ?? last);
  const other = Number(to ?? last);
  return (
    <Stack gap="lg">
      <DataTable
        heads={["Version", "Created", "Size", "Refers to", "Pinned by", ""]}
        minWidth={640}
      >
        {schema.versions.toReversed().map((version) => (
          <Row
            key={version.number}
            name={schema.name}
            version={version}
            pinned={attachments
              .filter((each) => each.version === version.number)
              .map(({ station }) => station)}
            onAsked={acting.ask}
            mayActivate={may("schema.activate")}
            mayDelete={may("schema.deleteVersion")}
          />
        ))}
      </DataTable>
      {schema.versions.length > 1 && <Difference schema={schema} from={one} to={other} />}
      {schema.versions.length === 1 && (
        <Text c="dimmed" size="sm">
          Once there is a second version, this shows how they differ.
        </Text>
      )}
      <Confirm
        action={asked?.what === "delete" ? "Delete version" : "Activate"}
        isDestructive={asked?.what === "delete"}
        {...acting.confirm}
      >
        <Text>
          {asked?.what === "delete"
            ? `Version ${asked.version} of ${schema.name} is deleted for ever; its number does not come again. Messages that were written with it stay.`
            : activationText(asked?.version, followers)}
        </Text>
      </Confirm>
    </Stack>
  );
}

function activationText(version: number | undefined, followers: readonly string[]): string {
  const start = `From now on version ${version} is the one that counts`;
  if (followers.length === 0) return `${start}. No station follows it at present.`;
  return `${start} for ${followers.join(", ")}: what does not fit it is no longer let in. Messages that are there stay as they are.`;
}

function Row({
  name,
  version: { number, isActive, createdAt, bytes, references },
  pinned,
  onAsked,
  mayActivate,
  mayDelete,
}: {
  readonly name: string;
  readonly version: SchemaVersion;
  readonly pinned: readonly string[];
  readonly onAsked: (asked: Asked) => void;
  readonly mayActivate: boolean;
  readonly mayDelete: boolean;
}) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Anchor
            renderRoot={(props) => (
              <Link
                {...props}
                to="/schemas/$schema"
                params={{ schema: name }}
                search={{ version: String(number) }}
              />
            )}
          >
            {number}
          </Anchor>
          {isActive && <Badge>active</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>{clockText(createdAt)}</Table.Td>
      <Table.Td className="tabular">{sizeText(bytes)}</Table.Td>
      <Table.Td>
        {references.map((each) => `${each.schema} ${each.version}`).join(", ") || "–"}
      </Table.Td>
      <Table.Td>{pinned.join(", ") || "–"}</Table.Td>
      <Table.Td>
        <Group gap="xs" justify="end" wrap="nowrap">
          {mayActivate && !isActive && (
            <RowAction
              of={`version ${number}`}
              onClick={() => onAsked({ what: "activate", version: number })}
            >
              Activate
            </RowAction>
          )}
          {mayDelete && (
            <RowAction
              of={`version ${number}`}
              isDestructive
              onClick={() => onAsked({ what: "delete", version: number })}
            >
              Delete
            </RowAction>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
