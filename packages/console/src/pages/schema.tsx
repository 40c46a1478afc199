import { Badge, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { attachmentsQuestion, schemaQuestion } from "../api/schema-questions.ts";
import { Missing } from "../parts/missing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { SchemaSettings } from "./schema/settings.tsx";
import { SchemaStations } from "./schema/stations.tsx";
import { SchemaTexts } from "./schema/texts.tsx";
import { SchemaVersions } from "./schema/versions.tsx";
import { compatibilityWords, formatNames } from "./schema/words.ts";

const route = getRouteApi("/schemas/$schema");

/** One schema: its text, its versions, and who uses it. */
export function SchemaPage() {
  const { schema: name } = route.useParams();
  const { tab = "text" } = route.useSearch();
  const navigate = useNavigate();
  const { data: schema, error } = useQuery(schemaQuestion(name));
  const { data: attachments = [] } = useQuery(attachmentsQuestion);
  if (schema === undefined) return <Missing error={error} to="/schemas" />;
  const used = attachments.filter((each) => each.schema === schema.name);
  const followers = used.filter(({ version }) => version === "active").map((each) => each.station);
  const show = (value: string | null): void =>
    void navigate({
      to: "/schemas/$schema",
      params: { schema: name },
      search: value === null ? {} : { tab: value },
      replace: true,
    });
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        <PageHead
          title={schema.name}
          beside={
            <>
              <Badge variant="light">{formatNames[schema.format]}</Badge>
              <Badge variant="default">{compatibilityWords[schema.compatibility].title}</Badge>
            </>
          }
        />
        <Text c="dimmed" size="sm">
          {schema.activeVersion === undefined
            ? "It has no version yet: write the first one."
            : `Version ${schema.activeVersion} of ${schema.versions.length} is active. ${usedText(used.length)}`}
        </Text>
      </Stack>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="versions">Versions ({schema.versions.length})</Tabs.Tab>
          <Tabs.Tab value="stations">Stations ({used.length})</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text" pt="md">
          <SchemaTexts schema={schema} followers={followers} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="md">
          <SchemaVersions schema={schema} attachments={used} followers={followers} />
        </Tabs.Panel>
        <Tabs.Panel value="stations" pt="md">
          <SchemaStations schema={schema} attachments={used} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" pt="md">
          <SchemaSettings schema={schema} attachments={used} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function usedText(count: number): string {
  if (count === 0) return "No station uses it.";
  return count === 1 ? "1 station uses it." : `${count} stations use it.`;
}
