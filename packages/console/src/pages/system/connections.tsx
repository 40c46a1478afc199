import { Pagination, Stack, Table, Text } from "@mantine/core";
import type { SystemConnection } from "@oxbow/gateways/http/contract";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable, numbers } from "../../parts/data-table.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText, countText, sizeText } from "../../parts/numbers.ts";
import { RowAction } from "../../parts/row-action.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";

const shown = 50;
const nowrap = { whiteSpace: "nowrap" } as const;

function connectionsQuestion(page: number) {
  return queryOptions({
    queryKey: ["system", "connections", page],
    queryFn: () =>
      ask<{ items: SystemConnection[]; total: number }>("GET", "/system/connections", {
        query: { offset: (page - 1) * shown, limit: shown },
      }),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  });
}

/** Who is connected over NATS. */
export function Connections() {
  const [page, setPage] = useState(1);
  const { data, error } = useQuery(connectionsQuestion(page));
  const closing = useConfirmed(
    ({ id }: SystemConnection) => ask("DELETE", path`/system/connections/${id}`),
    { stale: { queryKey: ["system", "connections"] } },
  );
  const { items = [], total = 0 } = data ?? {};
  return (
    <Stack>
      <Failure error={error} />
      <Text c="dimmed">
        {countText(total)} over NATS, the busiest first. What asks over HTTP is among them, as{" "}
        “oxbow http”.
      </Text>
      <DataTable
        heads={[
          "Client",
          "User",
          "Address",
          "Since",
          numbers("Subscriptions"),
          numbers("In"),
          numbers("Out"),
          numbers("Waiting"),
          "",
        ]}
        minWidth={820}
      >
        {items.map((each) => (
          <Table.Tr key={each.id}>
            <Table.Td>
              <Text size="sm" maw={260} truncate>
                {each.name === "" ? `#${each.id}` : each.name}
              </Text>
              <Text size="xs" c="dimmed">
                {each.language} {each.version}
              </Text>
            </Table.Td>
            <Table.Td>{each.user || each.account || "–"}</Table.Td>
            <Table.Td>
              {each.port === 0 ? "in this process" : `${each.address}:${each.port}`}
            </Table.Td>
            <Table.Td style={nowrap}>{clockText(each.startedAt)}</Table.Td>
            <Table.Td ta="right" style={nowrap}>
              {countText(each.subscriptions)}
            </Table.Td>
            <Table.Td ta="right" style={nowrap}>
              {sizeText(each.inBytes)}
            </Table.Td>
            <Table.Td ta="right" style={nowrap}>
              {sizeText(each.outBytes)}
            </Table.Td>
            <Table.Td ta="right" style={nowrap}>
              {sizeText(each.pendingBytes)}
            </Table.Td>
            <Table.Td>
              {each.port !== 0 && (
                <RowAction
                  of={`connection ${each.id}`}
                  isDestructive
                  onClick={() => closing.ask(each)}
                >
                  Close
                </RowAction>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      {total > shown && (
        <Pagination total={Math.ceil(total / shown)} value={page} onChange={setPage} />
      )}
      <Confirm
        title={`Close connection ${closing.subject?.id ?? ""}?`}
        action="Close it"
        {...closing.confirm}
      >
        <Text>
          {closing.subject?.name || "The client"} of {closing.subject?.address} loses its connection
          at once, and what waits for it. Most clients come back by themselves: to keep one out,
          disable its user.
        </Text>
      </Confirm>
    </Stack>
  );
}
