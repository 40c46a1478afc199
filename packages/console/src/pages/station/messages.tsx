import {
  ActionIcon,
  Button,
  Card,
  Drawer,
  Group,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconRefresh, IconSend } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { messagesQuestion } from "../../api/questions.ts";
import type { MessageBody, Station } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { clockText } from "../../parts/numbers.ts";
import { useTail } from "./use-tail.ts";

const pageSize = 50;

/** Messages as they are stored, or as they come. */
export function Messages({ station }: { readonly station: Station }) {
  const [mode, setMode] = useState("newest");
  const [key, setKey] = useState("");
  const [filter] = useDebouncedValue(key.trim(), 250);
  const [shown, setShown] = useState<MessageBody | undefined>();
  const [isProducing, producing] = useDisclosure();
  return (
    <Stack>
      <Group>
        <SegmentedControl
          value={mode}
          onChange={setMode}
          data={[
            { value: "newest", label: "Newest" },
            { value: "oldest", label: "Oldest" },
            { value: "live", label: "Live" },
          ]}
        />
        <TextInput
          aria-label="Only messages whose key matches"
          placeholder="Key, such as eu.*"
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <Button
          variant="light"
          leftSection={<IconSend size={16} aria-hidden />}
          onClick={producing.toggle}
        >
          Produce
        </Button>
      </Group>
      {isProducing && <Produce station={station.name} />}
      {mode === "live" ? (
        <Live station={station.name} filter={filter} onShow={setShown} />
      ) : (
        <Pages station={station.name} order={mode} filter={filter} onShow={setShown} />
      )}
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="lg"
        title={shown && `Message ${shown.sequence} of partition ${shown.partition}`}
      >
        {shown !== undefined && <Details message={shown} />}
      </Drawer>
    </Stack>
  );
}

interface ListProps {
  readonly station: string;
  readonly filter: string;
  readonly onShow: (message: MessageBody) => void;
}

function Pages({ station, order, filter, onShow }: ListProps & { readonly order: string }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const query = {
    order,
    limit: pageSize,
    after: cursors.at(-1),
    ...(filter !== "" && { key: filter }),
  };
  const { data, error, isFetching, refetch } = useQuery({
    ...messagesQuestion(station, query),
    placeholderData: keepPreviousData,
  });
  const next = data?.next ?? null;
  return (
    <Stack>
      <Failure error={error} />
      <MessageTable messages={data?.messages ?? []} onShow={onShow} />
      {data?.messages.length === 0 && <Text c="dimmed">No messages here.</Text>}
      <Group>
        <Button
          variant="default"
          disabled={cursors.length === 0}
          onClick={() => setCursors(cursors.slice(0, -1))}
        >
          Back
        </Button>
        <Button
          variant="default"
          disabled={next === null}
          onClick={() => next !== null && setCursors([...cursors, next])}
        >
          More
        </Button>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label="Look again"
          loading={isFetching}
          onClick={() => void refetch()}
        >
          <IconRefresh size={18} stroke={1.7} />
        </ActionIcon>
      </Group>
    </Stack>
  );
}

function Live({ station, filter, onShow }: ListProps) {
  const { messages, seen, problem } = useTail(station, filter);
  return (
    <Stack>
      <Text size="sm" c="dimmed" role="status">
        {problem ?? `Waiting for messages: ${seen} so far, the last ${messages.length} are shown.`}
      </Text>
      <MessageTable messages={messages} onShow={onShow} />
    </Stack>
  );
}

function MessageTable({
  messages,
  onShow,
}: {
  readonly messages: readonly MessageBody[];
  readonly onShow: (message: MessageBody) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover verticalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={110}>Sequence</Table.Th>
            <Table.Th w={190}>Time</Table.Th>
            <Table.Th w={160}>Key</Table.Th>
            <Table.Th>Payload</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {messages.map((message) => {
            const { partition, sequence, time, key, payload, encoding } = message;
            return (
              <Table.Tr key={`${partition} ${sequence}`}>
                <Table.Td className="tabular">
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    onClick={() => onShow(message)}
                    aria-label={`Show message ${partition}:${sequence}`}
                  >
                    {partition}:{sequence}
                  </Button>
                </Table.Td>
                <Table.Td className="tabular">{clockText(time)}</Table.Td>
                <Table.Td>
                  <Text size="sm" truncate>
                    {key ?? ""}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="xs" ff="monospace" truncate>
                    {encoding === "text"
                      ? payload.slice(0, 400)
                      : `(bytes) ${payload.slice(0, 80)}`}
                  </Text>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Details({ message }: { readonly message: MessageBody }) {
  const { station, time, key, messageId, headers, payload, encoding } = message;
  const facts = [
    ["Station", station],
    ["Time", clockText(time)],
    ["Key", key ?? "none"],
    ["Id", messageId ?? "none"],
    ...Object.entries(headers).map(([name, values]) => [name, values.join(", ")] as const),
  ] as const;
  return (
    <Stack>
      <Table variant="vertical" layout="fixed">
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={150}>{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Card withBorder>
        <div className="payload">{encoding === "text" ? pretty(payload) : payload}</div>
      </Card>
    </Stack>
  );
}

/** JSON with its lines; other text as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function Produce({ station }: { readonly station: string }) {
  const queries = useQueryClient();
  const [payload, setPayload] = useState('{"id": 1}');
  const [key, setKey] = useState("");
  const produce = useMutation({
    mutationFn: () =>
      ask("POST", path`/stations/${station}/messages/batch`, {
        body: { messages: [{ payload, ...(key !== "" && { key }) }] },
      }).then((report) => {
        const [result] = (report as Report).results;
        if (result?.problem !== undefined) throw new Error(result.problem.detail);
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["station", station] }),
  });
  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          produce.mutate();
        }}
      >
        <Stack gap="sm">
          <Textarea
            label="Message"
            autosize
            minRows={3}
            maxRows={14}
            value={payload}
            onChange={({ currentTarget }) => setPayload(currentTarget.value)}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          />
          <TextInput
            label="Key"
            description="Tokens with dots between them; may be left out"
            value={key}
            onChange={({ currentTarget }) => setKey(currentTarget.value)}
          />
          <Failure error={produce.error} />
          <Group>
            <Button type="submit" loading={produce.isPending}>
              Send
            </Button>
            {produce.isSuccess && <Text c="teal">Stored.</Text>}
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

interface Report {
  readonly results: readonly { readonly problem?: { readonly detail: string } }[];
}
