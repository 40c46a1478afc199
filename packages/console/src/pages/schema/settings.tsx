import { Button, Card, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Attachment, CompatibilityMode } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import type { Schema } from "../../api/types.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { FormEnd } from "../../parts/form.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";
import { useWrite } from "../../parts/use-write.ts";
import { compatibilityWords } from "./words.ts";

/** What new versions must allow, and the end of a schema. */
export function SchemaSettings({
  schema,
  attachments,
}: {
  readonly schema: Schema;
  readonly attachments: readonly Attachment[];
}) {
  const may = useMay();
  if (!may("schema.setCompatibility")) return <MayNot doing="change schemas" least="operator" />;
  return (
    <Stack>
      <Compatibility key={schema.compatibility} schema={schema} />
      <End schema={schema} attachments={attachments} />
    </Stack>
  );
}

function Compatibility({ schema }: { readonly schema: Schema }) {
  const [mode, setMode] = useState(schema.compatibility);
  const change = useWrite(
    () =>
      ask("PUT", path`/schemas/${schema.name}/compatibility`, { body: { compatibility: mode } }),
    {
      stale: { queryKey: ["schemas"] },
      onDone: () => notifications.show({ message: "The next version is compared by this." }),
    },
  );
  return (
    <Card withBorder maw={820}>
      <Stack>
        <Radio.Group
          label="Compatibility"
          description="What each new version must allow. Versions that are there stay, whatever is chosen."
          value={mode}
          onChange={(value) => setMode(value as CompatibilityMode)}
        >
          <Stack gap="sm" mt="sm">
            {Object.entries(compatibilityWords).map(([value, { title, text }]) => (
              <Radio key={value} value={value} label={title} description={text} />
            ))}
          </Stack>
        </Radio.Group>
        <FormEnd
          action="Change"
          doing={change}
          isReady={mode !== schema.compatibility}
          onAct={() => change.mutate()}
        />
      </Stack>
    </Card>
  );
}

function End({
  schema: { name, versions },
  attachments,
}: {
  readonly schema: Schema;
  readonly attachments: readonly Attachment[];
}) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const removal = useConfirmed(() => ask("DELETE", path`/schemas/${name}`), {
    stale: { queryKey: ["schemas"] },
    onDone: async () => {
      await navigate({ to: "/schemas" });
      queries.removeQueries({ queryKey: ["schemas", name] });
    },
  });
  const users = attachments.map(({ station }) => station);
  return (
    <Card withBorder maw={820}>
      <Title order={2} size="h5" mb="xs">
        What can't be taken back
      </Title>
      <Group>
        <Button variant="light" color="red" onClick={() => removal.ask()}>
          Delete
        </Button>
        {users.length > 0 && (
          <Text size="sm" c="dimmed">
            It is in use by {users.join(", ")}: detach it first.
          </Text>
        )}
      </Group>
      <Confirm action="Delete" typed={name} {...removal.confirm}>
        <Text>
          {name} is deleted with its {versions.length} version{versions.length === 1 ? "" : "s"},
          for ever. Messages that were checked by it stay.
        </Text>
      </Confirm>
    </Card>
  );
}
