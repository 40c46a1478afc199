import { Button, Pagination, Stack, Table, Text } from "@mantine/core";
import type { SystemConnection } from "@oxbow/gateways/http/contract";
import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText, countText, sizeText } from "../../parts/numbers.ts";

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
  const queries = useQueryClient();
  const [page, setPage] = useState(1);
  const [closing, setClosing] = useState<SystemConnection>();
  const { data, error } = useQuery(connectionsQuestion(page));
  const close = useMutation({
    mutationFn: (id: number) => ask("DELETE", path`/system/connections/${id}`),
    onSuccess: () => setClosing(undefined),
    onSettled: () => queries.invalidateQueries({ queryKey: ["system", "connections"] }),
  });
  const { items = [], total = 0 } = data ?? {};
  return (
    <Stack>
      <Failure error={error} />
      <Text c="dimmed">
        {countText(total)} over NATS, the busiest first. What asks over HTTP is among them, as{" "}
        “oxbow http”.
      </Text>
      <Table.ScrollContainer minWidth={820}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Client</Table.Th>
              <Table.Th>User</Table.Th>
              <Table.Th>Address</Table.Th>
              <Table.Th>Since</Table.Th>
              <Table.Th ta="right">Subscriptions</Table.Th>
              <Table.Th ta="right">In</Table.Th>
              <Table.Th ta="right">Out</Table.Th>
              <Table.Th ta="right">Waiting</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
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
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`Close connection ${each.id}`}
                      onClick={() => setClosing(each)}
                    >
                      Close
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {total > shown && (
        <Pagination total={Math.ceil(total / shown)} value={page} onChange={setPage} />
      )}
      <Confirm
        isOpen={closing !== undefined}
        onClose={() => setClosing(undefined)}
        title={`Close connection ${closing?.id ?? ""}?`}
        action="Close it"
        onConfirm={() => closing !== undefined && close.mutate(closing.id)}
        isPending={close.isPending}
        error={close.error}
      >
        <Text>
          {closing?.name || "The client"} of {closing?.address} loses its connection at once, and
          what waits for it. Most clients come back by themselves: to keep one out, disable its
          user.
        </Text>
      </Confirm>
    </Stack>
  );
}
