import {
  Button,
  Card,
  Checkbox,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { CompatibilityMode, SchemaFormat } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../api/ask.ts";
import { schemasQuestion } from "../api/questions.ts";
import { type Draft, versionOf } from "../api/schema-questions.ts";
import type { Schema } from "../api/types.ts";
import { FormEnd } from "../parts/form.tsx";
import { MayNot, useMay } from "../parts/may.tsx";
import { NameInput } from "../parts/name-input.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Generate } from "./new-schema/generate.tsx";
import { Desk } from "./schema/desk.tsx";
import { type Template, templates } from "./schema/templates.ts";
import { compatibilityWords, formatNames } from "./schema/words.ts";

const route = getRouteApi("/new-schema");
const formats = Object.entries(formatNames).map(([value, label]) => ({ value, label }));
const modes = Object.entries(compatibilityWords).map(([value, { title }]) => ({
  value,
  label: title,
}));

/** From nothing to a schema: a template, a message, or what a station has already, and then one's own words. */
export function NewSchema() {
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [format, setFormat] = useState<SchemaFormat>("json");
  const [compatibility, setCompatibility] = useState<CompatibilityMode>("backward");
  const [draft, setDraft] = useState<Draft>({ text: "", messageName: "", references: [] });
  const [sample, setSample] = useState("");
  const { station } = route.useSearch();
  // Its own name is as good as any to begin with.
  const [name, setName] = useState(station ?? "");
  const [isAttached, setAttached] = useState(true);
  const mayAttach = station !== undefined && may("attachment.set");
  const isForStation = mayAttach && isAttached;
  const create = useMutation({
    mutationFn: async () => {
      const schema = await ask<Schema>("PUT", path`/schemas/${name.trim()}`, {
        body: { format, compatibility, ...versionOf(draft) },
      });
      return { schema, attached: isForStation ? await attached(station, schema) : undefined };
    },
    onSuccess: async ({ schema: { name: schema }, attached: problem }) => {
      await queries.invalidateQueries(schemasQuestion);
      notifications.show({ message: `Schema ${schema} is created: version 1 is active.` });
      if (isForStation && problem === null) {
        await queries.invalidateQueries({ queryKey: ["station", station] });
        const search = { tab: "schema" };
        await navigate({ to: "/stations/$station", params: { station }, search });
        return;
      }
      if (isForStation && problem !== undefined) {
        const title = `It could not be attached to ${station}`;
        notifications.show({ color: "red", title, message: problem?.message });
      }
      await navigate({ to: "/schemas/$schema", params: { schema } });
    },
  });
  const begin = (text: string, message: string): void => {
    setDraft({ text, messageName: "", references: [] });
    setSample(message);
  };
  const take = (template: Template): void => begin(template.text, template.sample);
  if (!may("schema.create")) return <MayNot doing="create a schema" least="operator" />;
  return (
    <Stack>
      <PageHead title="New schema" />
      <Group align="end" gap="lg">
        <NameInput description="Letters, digits, - _ and dots" value={name} onChange={setName} />
        <Select
          label="Compatibility"
          description="What a new version must allow"
          data={modes}
          value={compatibility}
          onChange={(value) => setCompatibility((value ?? "backward") as CompatibilityMode)}
          allowDeselect={false}
        />
      </Group>
      <Text size="sm" c="dimmed" maw={720}>
        {compatibilityWords[compatibility].text}
      </Text>
      <SegmentedControl
        aria-label="Format"
        data={formats}
        value={format}
        onChange={(value) => {
          setFormat(value as SchemaFormat);
          begin("", "");
        }}
      />
      <Card withBorder>
        <Stack gap="sm">
          <Title order={2} size="h5">
            Where to begin
          </Title>
          <Group gap="xs">
            {templates
              .filter((each) => each.format === format)
              .map((template) => (
                <Button
                  key={template.name}
                  size="xs"
                  variant="default"
                  onClick={() => take(template)}
                >
                  {template.name}
                </Button>
              ))}
          </Group>
          {(format === "json" || format === "avro") && (
            <Generate format={format} name={name} onMade={begin} />
          )}
        </Stack>
      </Card>
      <Desk
        key={format}
        name={name === "" ? "new" : name}
        format={format}
        draft={draft}
        onChange={setDraft}
        isChanged
        sample={sample}
        onSample={setSample}
      />
      <FormEnd
        action="Create schema"
        doing={create}
        {...(mayAttach && {
          others: (
            <Checkbox
              label={`Attach it to ${station}, which then refuses what does not fit`}
              checked={isAttached}
              onChange={({ currentTarget }) => setAttached(currentTarget.checked)}
            />
          ),
        })}
        isReady={name.trim() !== "" && draft.text.trim() !== ""}
        onAct={() => create.mutate()}
      />
    </Stack>
  );
}

/** Has a station use a schema that was just made: what is wrong with that, or `null`. */
async function attached(station: string, { name }: Schema): Promise<Error | null> {
  try {
    await ask("PUT", path`/stations/${station}/schema`, { body: { schema: name } });
    return null;
  } catch (error) {
    return error as Error;
  }
}
