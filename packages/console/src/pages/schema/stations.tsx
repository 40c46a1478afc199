import { Anchor, Card, Radio, Select, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import type { Attachment, AttachmentMode } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { attachmentsQuestion } from "../../api/schema-questions.ts";
import type { Schema } from "../../api/types.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { FormEnd } from "../../parts/form.tsx";
import { useMay } from "../../parts/may.tsx";
import { RowAction } from "../../parts/row-action.tsx";
import { StationSelect } from "../../parts/station-select.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { useWrite } from "../../parts/use-write.ts";
import { modeWords } from "./words.ts";

/** Which stations use the schema, and how. */
export function SchemaStations({
  schema,
  attachments,
}: {
  readonly schema: Schema;
  readonly attachments: readonly Attachment[];
}) {
  const may = useMay();
  const detaching = useConfirmed(
    (station: string) => ask("DELETE", path`/stations/${station}/schema`),
    { stale: attachmentsQuestion },
  );
  return (
    <Stack gap="lg">
      {attachments.length === 0 && (
        <Text c="dimmed">
          No station uses it: attach it to one, and what does not fit is caught.
        </Text>
      )}
      {attachments.length > 0 && (
        <DataTable heads={["Station", "Version", "What does not fit", ""]} minWidth={520}>
          {attachments.map(({ station, version, mode, encoding }) => (
            <Table.Tr key={station}>
              <Table.Td>
                <Anchor
                  renderRoot={(props) => (
                    <Link {...props} to="/stations/$station" params={{ station }} />
                  )}
                >
                  {station}
                </Anchor>
              </Table.Td>
              <Table.Td>
                {version === "active" ? "the active one" : `pinned to ${version}`}
                {encoding !== undefined && `, Avro as ${encoding}`}
              </Table.Td>
              <Table.Td>{modeWords[mode].title}</Table.Td>
              <Table.Td ta="right">
                {may("attachment.delete") && (
                  <RowAction
                    of={`from ${station}`}
                    isDestructive
                    onClick={() => detaching.ask(station)}
                  >
                    Detach
                  </RowAction>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
      {may("attachment.set") && schema.versions.length > 0 && <Attach schema={schema} />}
      <Confirm action="Detach" {...detaching.confirm}>
        <Text>
          {detaching.subject} takes any message from now on, whatever is in it. Those that it has
          stay as they are.
        </Text>
      </Confirm>
    </Stack>
  );
}

function Attach({ schema }: { readonly schema: Schema }) {
  const [station, setStation] = useState<string | null>(null);
  const [mode, setMode] = useState<AttachmentMode>("enforce");
  const [version, setVersion] = useState("active");
  const [encoding, setEncoding] = useState("binary");
  const attach = useWrite(
    () =>
      ask<Attachment>("PUT", path`/stations/${station ?? ""}/schema`, {
        body: {
          schema: schema.name,
          mode,
          version: version === "active" ? version : Number(version),
          ...(schema.format === "avro" && { encoding }),
        },
      }),
    {
      stale: attachmentsQuestion,
      onDone: (made) => {
        setStation(null);
        notifications.show({ message: `${made.station} uses ${made.schema} from now on.` });
      },
    },
  );
  return (
    <Card withBorder maw={640}>
      <Stack>
        <Title order={2} size="h5">
          Attach it to a station
        </Title>
        <StationSelect
          label="Station"
          hint="A schema that it uses already is replaced."
          value={station}
          onChange={setStation}
        />
        <Radio.Group
          label="A message that does not fit"
          value={mode}
          onChange={(value) => setMode(value as AttachmentMode)}
        >
          <Stack gap="xs" mt="xs">
            {Object.entries(modeWords).map(([value, { title, text }]) => (
              <Radio key={value} value={value} label={title} description={text} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label="Version"
          data={[
            { value: "active", label: "The active one, now and later" },
            ...schema.versions.map(({ number }) => ({
              value: String(number),
              label: `Version ${number}, for ever`,
            })),
          ]}
          value={version}
          onChange={(value) => setVersion(value ?? "active")}
          allowDeselect={false}
        />
        {schema.format === "avro" && (
          <Select
            label="How messages are written"
            data={[
              { value: "binary", label: "Avro's binary" },
              { value: "json", label: "Avro's JSON" },
            ]}
            value={encoding}
            onChange={(value) => setEncoding(value ?? "binary")}
            allowDeselect={false}
          />
        )}
        <FormEnd
          action="Attach"
          doing={attach}
          isReady={station !== null}
          onAct={() => attach.mutate()}
        />
      </Stack>
    </Card>
  );
}
