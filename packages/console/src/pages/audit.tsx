import { Autocomplete, Button, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type AuditFilter, auditLines, downloadMax } from "../api/audit-questions.ts";
import { callerQuestion } from "../api/caller-question.ts";
import { Failure } from "../parts/failure.tsx";
import { FilterText } from "../parts/filter-text.tsx";
import { localTime, timeOf } from "../parts/local-time.ts";
import { Guarded } from "../parts/may.tsx";
import { countText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { saveFile } from "../parts/save-file.ts";
import { AuditList } from "./audit/audit-list.tsx";

const route = getRouteApi("/audit");

/** Who has changed what, when and from where. */
export function Audit() {
  return (
    <Guarded operation="audit.query" doing="see who has changed what" least="admin">
      <Records />
    </Guarded>
  );
}

function Records() {
  const { entry, ...filter } = route.useSearch();
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Stack>
      <PageHead title="Audit">
        <Download filter={filter} />
      </PageHead>
      <Filters filter={filter} />
      <AuditList
        filter={filter}
        entry={entry}
        placeOf={(chosen) => ({
          to: "/audit",
          search: { ...filter, ...(chosen !== undefined && { entry: chosen }) },
        })}
        nothing={
          isFiltered
            ? "No change like that: widen the filter, or clear it."
            : "Nothing has been changed yet. Every change to stations, groups, schemas, users, tenants and notifications is recorded before it is made."
        }
      />
    </Stack>
  );
}

function Filters({ filter }: { readonly filter: AuditFilter }) {
  const navigate = useNavigate();
  const { data: caller } = useQuery(callerQuestion);
  const put = (field: keyof AuditFilter, value: string | null): void => {
    const { [field]: _, ...others } = filter;
    const search = value === null || value === "" ? others : { ...others, [field]: value };
    void navigate({ to: "/audit", search, replace: true });
  };
  const operations = caller?.operations ?? [];
  const nouns = new Set(operations.map((operation) => operation.split(".")[0] ?? ""));
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
      <FilterText
        label="Who"
        placeholder="A user"
        value={filter.user ?? ""}
        onChange={(value) => put("user", value)}
      />
      <Autocomplete
        label="What"
        placeholder="station, station.purge"
        data={[...nouns, ...operations]}
        limit={12}
        defaultValue={filter.operation ?? ""}
        onOptionSubmit={(value) => put("operation", value)}
        onBlur={({ currentTarget: { value } }) =>
          value !== (filter.operation ?? "") && put("operation", value)
        }
      />
      <FilterText
        label="On which"
        placeholder="A name"
        value={filter.name ?? ""}
        onChange={(value) => put("name", value)}
      />
      <TextInput
        type="datetime-local"
        label="From"
        value={localTime(filter.since ?? null)}
        onChange={({ currentTarget: { value } }) => put("since", timeOf(value))}
      />
      <TextInput
        type="datetime-local"
        label="To"
        value={localTime(filter.until ?? null)}
        onChange={({ currentTarget: { value } }) => put("until", timeOf(value))}
      />
      {Object.keys(filter).length > 0 && (
        <Button
          variant="subtle"
          renderRoot={(props) => <Link {...props} to="/audit" reloadDocument />}
        >
          Clear
        </Button>
      )}
    </SimpleGrid>
  );
}

function Download({ filter }: { readonly filter: AuditFilter }) {
  const download = useMutation({
    mutationFn: () => auditLines(filter),
    onSuccess: (lines) => saveFile("audit.ndjson", "application/x-ndjson", `${lines}\n`),
  });
  return (
    <Stack gap={4} align="end">
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={download.isPending}
        onClick={() => download.mutate()}
        title={`What matches, as lines of JSON, at most ${countText(downloadMax)}`}
      >
        Download NDJSON
      </Button>
      <Failure error={download.error} />
    </Stack>
  );
}
