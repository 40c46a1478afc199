import { Anchor, Badge, Code, Select, Stack, Table, Text } from "@mantine/core";
import type { Setting } from "@oxbow/gateways/http/contract";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/ask.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failure } from "../../parts/failure.tsx";

const levels = ["silent", "error", "warn", "info", "debug", "trace"];
const settingsQuestion = queryOptions({
  queryKey: ["system", "settings"],
  queryFn: () => ask<{ items: Setting[] }>("GET", "/system/settings"),
});

/** What the server was told, where, and what of it can be changed now. */
export function Settings() {
  const queries = useQueryClient();
  const { data, error } = useQuery(settingsQuestion);
  const change = useMutation({
    mutationFn: (log: string) =>
      ask<{ items: Setting[] }>("PATCH", "/system/settings", { body: { log } }),
    onSuccess: (changed) => queries.setQueryData(settingsQuestion.queryKey, changed),
  });
  return (
    <Stack>
      <Text c="dimmed" maw={720}>
        A flag goes before an environment variable, that before the file, and that before the
        default. What can be changed here holds until the next start; the rest is changed at the
        next start.{" "}
        <Anchor
          renderRoot={(props) => <Link {...props} to="/system" search={{ tab: "defaults" }} />}
        >
          Defaults of stations and the retention of dead letters
        </Anchor>{" "}
        are kept with the data, and can be changed at any time.
      </Text>
      <Failure error={error ?? change.error} />
      <DataTable heads={["Setting", "Value", "From", "Changed"]} minWidth={680}>
        {(data?.items ?? []).map(({ name, description, value, origin, flag, isLive }) => (
          <Table.Tr key={name}>
            <Table.Td>
              <Text size="sm" fw={600}>
                {flag?.split(" ", 1)[0] ?? name}
              </Text>
              <Text size="xs" c="dimmed">
                {description}
              </Text>
            </Table.Td>
            <Table.Td>
              {isLive ? (
                <Select
                  aria-label={`Value of ${name}`}
                  data={levels}
                  value={value}
                  allowDeselect={false}
                  w={120}
                  onChange={(level) => level !== null && change.mutate(level)}
                />
              ) : (
                <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                  {value === "" ? "–" : value}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              {origin === null ? <Text size="sm">default</Text> : <Code>{origin}</Code>}
            </Table.Td>
            <Table.Td>
              <Badge variant="light" color={isLive ? "teal" : "gray"} miw="max-content">
                {isLive ? "now" : "at the next start"}
              </Badge>
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </Stack>
  );
}
