import { Badge, Group, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { NotificationRecord } from "oxbow/control";
import {
  channelsQuestion,
  historyQuestion,
  rulesQuestion,
} from "../../api/notification-questions.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failure } from "../../parts/failure.tsx";
import { clockText } from "../../parts/numbers.ts";

const route = getRouteApi("/notifications");
const colours = { waiting: "yellow", sent: "green", failed: "red" } as const;
const outcomes = ["waiting", "sent", "failed"];

/** What was sent, what failed and why, what waits. */
export function History() {
  const { tab: _, outcome, ...more } = route.useSearch();
  const filter = {
    ...more,
    ...(isOutcome(outcome) && { outcome }),
  };
  const navigate = useNavigate();
  const { data, error, isPending } = useQuery(historyQuestion(filter));
  const { data: channels = [] } = useQuery(channelsQuestion);
  const { data: rules = [] } = useQuery(rulesQuestion);
  const records = data?.records ?? [];
  const put = (field: "outcome" | "channel" | "rule", value: string | null): void => {
    const { [field]: __, ...others } = filter;
    const search = { tab: "history", ...others, ...(value !== null && { [field]: value }) };
    void navigate({ to: "/notifications", search, replace: true });
  };
  return (
    <Stack>
      <Group>
        <Select
          aria-label="Outcome"
          placeholder="Any outcome"
          data={outcomes}
          value={filter.outcome ?? null}
          onChange={(value) => put("outcome", value)}
          clearable
        />
        <Select
          aria-label="Channel"
          placeholder="Any channel"
          data={channels.map(({ name }) => name)}
          value={filter.channel ?? null}
          onChange={(value) => put("channel", value)}
          clearable
        />
        <Select
          aria-label="Rule"
          placeholder="Any rule"
          data={rules.map(({ name }) => name)}
          value={filter.rule ?? null}
          onChange={(value) => put("rule", value)}
          clearable
        />
      </Group>
      <Failure error={error} />
      {!isPending && records.length === 0 && (
        <Text c="dimmed">Nothing was told of yet. Tests of channels are not kept here.</Text>
      )}
      {records.length > 0 && (
        <DataTable
          heads={["When", "What", "Rule", "Channel", "Outcome"]}
          minWidth={720}
          isFocusable
        >
          {records.map((record) => (
            <Row key={`${record.notice.id} ${record.channel}`} record={record} />
          ))}
        </DataTable>
      )}
    </Stack>
  );
}

function isOutcome(text: string | undefined): text is NotificationRecord["outcome"] {
  return text !== undefined && outcomes.includes(text);
}

function Row({
  record: { notice, channel, outcome, attempts, error },
}: {
  readonly record: NotificationRecord;
}) {
  return (
    <Table.Tr>
      <Table.Td>{clockText(notice.at)}</Table.Td>
      <Table.Td>
        <Text size="sm">{notice.title}</Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {notice.text}
        </Text>
      </Table.Td>
      <Table.Td>{notice.rule ?? "a test"}</Table.Td>
      <Table.Td>{channel}</Table.Td>
      <Table.Td>
        <Badge color={colours[outcome]} variant="light">
          {outcome}
        </Badge>
        {error !== null && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {attempts === 1 ? "" : `after ${attempts} attempts: `}
            {error}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
