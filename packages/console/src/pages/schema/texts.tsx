import { Button, Checkbox, Group, Select, Skeleton, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import type { SchemaText, SchemaVersion } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { type Draft, schemaTextQuestion, versionOf } from "../../api/schema-questions.ts";
import type { Schema } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { useMay } from "../../parts/may.tsx";
import { useWrite } from "../../parts/use-write.ts";
import { Desk } from "./desk.tsx";

const route = getRouteApi("/schemas/$schema");
const empty: Draft = { text: "", messageName: "", references: [] };

/** The text of a version, and a new version made of it. */
export function SchemaTexts({
  schema,
  followers,
}: {
  readonly schema: Schema;
  readonly followers: readonly string[];
}) {
  const { version: shown } = route.useSearch();
  const version = shown === undefined ? schema.activeVersion : Number(shown);
  const { data, error } = useQuery(schemaTextQuestion(schema.name, version));
  if (error !== null) return <Failure error={error} />;
  if (version !== undefined && data === undefined) return <Skeleton height={400} />;
  return <Work key={version ?? 0} schema={schema} followers={followers} stored={data} />;
}

function Work({
  schema,
  followers,
  stored,
}: {
  readonly schema: Schema;
  readonly followers: readonly string[];
  readonly stored: SchemaText | undefined;
}) {
  const may = useMay();
  const navigate = useNavigate();
  const router = useRouter();
  const before = stored === undefined ? empty : draftOf(stored);
  const [draft, setDraft] = useState(before);
  const [sample, setSample] = useState("");
  const [isActivated, setActivated] = useState(true);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const mayAdd = may("schema.addVersion");
  const add = useWrite(
    async () => {
      const from = router.state.location.href;
      const where = path`/schemas/${schema.name}/versions`;
      const body = { ...versionOf(draft), isActivated };
      return { from, version: await ask<SchemaVersion>("POST", where, { body }) };
    },
    {
      stale: { queryKey: ["schemas"] },
      onDone: ({ from, version: { number, isActive } }) => {
        notifications.show({
          message: `Version ${number} is there${isActive ? ", and active" : ": activate it when who reads is ready"}.`,
        });
        // Who has gone on to something else stays there.
        if (router.state.location.href === from) go(number);
      },
    },
  );
  const go = (number: number): void =>
    void navigate({
      to: "/schemas/$schema",
      params: { schema: schema.name },
      search: { version: String(number) },
      replace: true,
    });
  return (
    <Stack>
      <Group justify="space-between" align="end">
        {schema.versions.length > 0 && (
          <Select
            label="Version"
            w={200}
            data={schema.versions.toReversed().map(({ number, isActive }) => ({
              value: String(number),
              label: isActive ? `${number} (active)` : String(number),
            }))}
            value={String(stored?.version ?? "")}
            onChange={(value) => value !== null && go(Number(value))}
            allowDeselect={false}
          />
        )}
        {mayAdd && (
          <Group>
            {schema.versions.length > 0 && (
              <Checkbox
                label="Use it at once"
                checked={isActivated}
                onChange={({ currentTarget }) => setActivated(currentTarget.checked)}
              />
            )}
            <Button variant="default" disabled={!isChanged} onClick={() => setDraft(before)}>
              Undo
            </Button>
            <Button
              disabled={!isChanged || draft.text.trim() === ""}
              loading={add.isPending}
              onClick={() => add.mutate()}
            >
              Add version
            </Button>
          </Group>
        )}
      </Group>
      <Failure error={add.error} />
      <Desk
        name={schema.name}
        format={schema.format}
        schema={schema}
        followers={followers}
        draft={draft}
        {...(mayAdd && { onChange: setDraft })}
        isChanged={isChanged}
        sample={sample}
        onSample={setSample}
      />
    </Stack>
  );
}

function draftOf({ text, messageName = "", references }: SchemaText): Draft {
  return { text, messageName, references };
}
