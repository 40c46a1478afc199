import {
  Anchor,
  Button,
  Card,
  Group,
  NativeSelect,
  Radio,
  Select,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { schemasQuestion, stationSchemaQuestion } from "../../api/questions.ts";
import type { AttachmentMode, Schema } from "../../api/types.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useMay } from "../../parts/may.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";

const modes: readonly {
  readonly value: AttachmentMode;
  readonly label: string;
  readonly description: string;
}[] = [
  {
    value: "enforce",
    label: "is refused",
    description: "Its producer is told why; it is kept as a dead letter.",
  },
  {
    value: "divert",
    label: "is kept as a dead letter",
    description: "Its producer is told that it is stored, and can go on.",
  },
  {
    value: "warn",
    label: "is let in",
    description: "It is stored, with a header that says what is wrong.",
  },
];

interface Wish {
  readonly schema: string | null;
  readonly mode: AttachmentMode;
  /** A number, or `active`. */
  readonly version: string;
}

/** The schema that messages of a station have to fit, and what becomes of those that do not. */
export function StationSchema({ station }: { readonly station: string }) {
  const { data, error } = useQuery(stationSchemaQuestion(station));
  const { data: schemas = [] } = useQuery(schemasQuestion);
  if (data === undefined) return <Failure error={error} />;
  const { attachment } = data;
  const before: Wish = {
    schema: attachment?.schema ?? null,
    mode: attachment?.mode ?? "enforce",
    version: String(attachment?.version ?? "active"),
  };
  return (
    <Attach key={JSON.stringify(before)} station={station} before={before} schemas={schemas} />
  );
}

function Attach({
  station,
  before,
  schemas,
}: {
  readonly station: string;
  readonly before: Wish;
  readonly schemas: readonly Schema[];
}) {
  const [wish, setWish] = useState(before);
  const schema = schemas.find(({ name }) => name === wish.schema);
  const isChanged = JSON.stringify(wish) !== JSON.stringify(before);
  const where = path`/stations/${station}/schema`;
  const stale = { queryKey: ["station", station] };
  const attaching = useConfirmed(
    () =>
      ask("PUT", where, {
        body: {
          schema: wish.schema,
          mode: wish.mode,
          version: wish.version === "active" ? "active" : Number(wish.version),
        },
      }),
    { stale },
  );
  const detaching = useConfirmed(() => ask("DELETE", where), { stale });
  const mode = modes.find(({ value }) => value === wish.mode);
  return (
    <Stack maw={640}>
      {before.schema === null ? (
        <Text c="dimmed">
          No schema: anything is let in. With one, messages that do not fit are found at the door.
        </Text>
      ) : (
        <Card withBorder>
          <Title order={2} size="h5" mb={4}>
            <Anchor
              inherit
              renderRoot={(props) => (
                <Link {...props} to="/schemas/$schema" params={{ schema: before.schema ?? "" }} />
              )}
            >
              {before.schema}
            </Anchor>
          </Title>
          <Text size="sm">
            {before.version === "active"
              ? `Its active version, now ${schemas.find(({ name }) => name === before.schema)?.activeVersion ?? "none"}, and the next ones`
              : `Version ${before.version}, also when there are newer ones`}
            . A message that does not fit {modes.find(({ value }) => value === before.mode)?.label}.
          </Text>
        </Card>
      )}
      {schemas.length === 0 ? (
        <NewSchemaFor station={station} />
      ) : (
        <>
          <Select
            label="Schema"
            data={schemas.map(({ name, format }) => ({
              value: name,
              label: `${name} (${format})`,
            }))}
            value={wish.schema}
            onChange={(value) => setWish({ ...wish, schema: value, version: "active" })}
            searchable
            placeholder="Choose one"
          />
          <NativeSelect
            label="Version"
            description="A version for ever is for stations whose programs are not to be surprised."
            data={[
              { value: "active", label: "the active one, now and later" },
              ...(schema?.versions ?? []).map(({ number }) => ({
                value: String(number),
                label: `version ${number}, for ever`,
              })),
            ]}
            value={wish.version}
            onChange={({ currentTarget }) => setWish({ ...wish, version: currentTarget.value })}
          />
          <Radio.Group
            label="A message that does not fit"
            value={wish.mode}
            onChange={(value) => setWish({ ...wish, mode: value as AttachmentMode })}
          >
            <Stack gap={8} mt={6}>
              {modes.map((each) => (
                <Radio key={each.value} {...each} />
              ))}
            </Stack>
          </Radio.Group>
          <Group>
            <Button disabled={!isChanged || wish.schema === null} onClick={() => attaching.ask()}>
              {before.schema === null ? "Attach" : "Change"}
            </Button>
            {before.schema !== null && (
              <Button color="red" variant="light" onClick={() => detaching.ask()}>
                Detach
              </Button>
            )}
            {before.schema === null && <NewSchemaFor station={station} />}
          </Group>
        </>
      )}
      <Confirm
        title={before.schema === null ? "Attach a schema" : "Change the schema"}
        action={before.schema === null ? "Attach" : "Change"}
        isDestructive={wish.mode !== "warn"}
        {...attaching.confirm}
      >
        <Text>
          From now on each message to {station} has to fit {wish.schema}
          {wish.version === "active" ? "" : `, version ${wish.version}`}. One that does not{" "}
          {mode?.label}. {mode?.description} What is stored already stays as it is.
        </Text>
      </Confirm>
      <Confirm title="Detach the schema" action="Detach" {...detaching.confirm}>
        <Text>
          From now on anything is let into {station}. The schema {before.schema} stays, for other
          stations and for later.
        </Text>
      </Confirm>
    </Stack>
  );
}

/** Leads to where a schema is made of what the station has, and attached to it at once. */
function NewSchemaFor({ station }: { readonly station: string }) {
  const may = useMay();
  if (!may("schema.create")) return null;
  return (
    <Group>
      <Button
        variant="light"
        leftSection={<IconPlus size={16} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/new-schema" search={{ station }} />}
      >
        New schema for {station}
      </Button>
    </Group>
  );
}
