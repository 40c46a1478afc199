import { Badge, Button, Stack, Table, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { ask, path } from "../api/ask.ts";
import { sessionQuestion } from "../api/questions.ts";
import type { SessionInfo, SessionList } from "../api/types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Failure } from "../parts/failure.tsx";
import { clockText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { RowAction } from "../parts/row-action.tsx";
import { useConfirmed } from "../parts/use-confirmed.ts";
import { userText } from "../parts/user-text.ts";

const sessionsQuestion = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await ask<SessionList>("GET", "/sessions")).items,
  refetchInterval: 10_000,
});

/** Where one is logged in, and how that is ended. */
export function Sessions() {
  const { data: own } = useQuery(sessionQuestion);
  const { data: sessions = [], error } = useQuery(sessionsQuestion);
  const others = sessions.filter(({ id }) => id !== own?.id);
  const ending = useConfirmed(
    async (chosen: readonly SessionInfo[]) => {
      for (const { id } of chosen) await ask("DELETE", path`/sessions/${id}`);
    },
    { stale: sessionsQuestion },
  );
  const count = ending.subject?.length ?? 0;
  return (
    <Stack>
      <PageHead title="Sessions">
        <Button variant="default" disabled={others.length === 0} onClick={() => ending.ask(others)}>
          End all others
        </Button>
      </PageHead>
      <Text c="dimmed" maw={720}>
        Where {userText(own?.user ?? "")} is logged in. A session ends after 12 hours in which
        nothing is asked for, after 7 days, and when the user gets another password or is taken out.
      </Text>
      <Failure error={error} />
      <DataTable heads={["Address", "Browser", "Since", "Last seen", ""]} minWidth={560}>
        {sessions.map((each) => (
          <Table.Tr key={each.id}>
            <Table.Td>{each.address}</Table.Td>
            <Table.Td>{browserOf(each.userAgent)}</Table.Td>
            <Table.Td>{clockText(each.createdAt)}</Table.Td>
            <Table.Td>{clockText(each.lastSeenAt)}</Table.Td>
            <Table.Td>
              {each.id === own?.id ? (
                <Badge variant="light">This one</Badge>
              ) : (
                <RowAction
                  of={`the session of ${each.address} since ${clockText(each.createdAt)}`}
                  isDestructive
                  onClick={() => ending.ask([each])}
                >
                  End
                </RowAction>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      <Confirm
        title={count === 1 ? "End this session?" : `End ${count} sessions?`}
        action="End"
        {...ending.confirm}
      >
        <Text>Whoever uses it has to log in again.</Text>
      </Confirm>
    </Stack>
  );
}

/** What people call a browser, of what it calls itself. */
function browserOf(userAgent: string): string {
  const [, name = "", version = ""] =
    /(Edg|OPR|Firefox|HeadlessChrome|Chrome|Version)\/(\d+)/.exec(userAgent) ?? [];
  const names: Readonly<Record<string, string>> = {
    ...{ Edg: "Edge", OPR: "Opera", HeadlessChrome: "Chrome", Version: "Safari" },
  };
  return name === "" ? userAgent.slice(0, 60) : `${names[name] ?? name} ${version}`;
}
