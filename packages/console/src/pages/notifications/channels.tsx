import { Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Channel } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { channelsQuestion, rulesQuestion } from "../../api/notification-questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { reachable } from "../../parts/reachable.ts";
import { ChannelForm } from "./channel-form.tsx";
import { ChannelTest } from "./channel-test.tsx";
import { channelWords, targetText } from "./words.ts";

/** Where notifications go. */
export function Channels() {
  const may = useMay();
  const queries = useQueryClient();
  const { data: channels = [], error, isPending } = useQuery(channelsQuestion);
  const { data: rules = [] } = useQuery(rulesQuestion);
  const [edited, setEdited] = useState<Channel | "new">();
  const [leaving, setLeaving] = useState<string>();
  const mayChange = may("notification.createChannel");
  const remove = useMutation({
    mutationFn: (name: string) => ask("DELETE", path`/notifications/channels/${name}`),
    onSuccess: async () => {
      setLeaving(undefined);
      await queries.invalidateQueries({ queryKey: ["notifications"] });
    },
  });
  return (
    <Stack>
      {mayChange ? (
        <Group>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
            New channel
          </Button>
        </Group>
      ) : (
        <MayNot doing="change notifications" least="admin of all stations" />
      )}
      <Failure error={error} />
      {!isPending && channels.length === 0 && (
        <Text c="dimmed">
          There is no channel yet: make one, send a test, then make rules for it.
        </Text>
      )}
      {channels.length > 0 && (
        <Table.ScrollContainer minWidth={680} scrollAreaProps={reachable}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Leads to</Table.Th>
                <Table.Th>Rules</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {channels.map((channel) => (
                <Table.Tr key={channel.name}>
                  <Table.Td>
                    <Group gap="xs">
                      {channel.name}
                      <Badge variant="light">{channelWords[channel.to.kind].title}</Badge>
                      {channel.isPaused && <Badge color="gray">paused</Badge>}
                    </Group>
                    <Text size="xs" c="dimmed">
                      {channel.description}
                    </Text>
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{targetText(channel.to)}</Table.Td>
                  <Table.Td>
                    {rules
                      .filter((rule) => rule.channels.includes(channel.name))
                      .map(({ name }) => name)
                      .join(", ") || "none"}
                  </Table.Td>
                  <Table.Td>
                    {mayChange && (
                      <Group gap="xs" justify="end" wrap="nowrap">
                        <ChannelTest name={channel.name} />
                        <Button
                          size="compact-sm"
                          variant="light"
                          aria-label={`Change ${channel.name}`}
                          onClick={() => setEdited(channel)}
                        >
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="light"
                          color="red"
                          aria-label={`Delete ${channel.name}`}
                          onClick={() => {
                            remove.reset();
                            setLeaving(channel.name);
                          }}
                        >
                          Delete
                        </Button>
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === undefined || edited === "new" ? "New channel" : `Channel ${edited.name}`}
        size="lg"
      >
        {edited !== undefined && (
          <ChannelForm
            channel={edited === "new" ? undefined : edited}
            onDone={() => setEdited(undefined)}
          />
        )}
      </Modal>
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action="Delete"
        onConfirm={() => leaving !== undefined && remove.mutate(leaving)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          {leaving} is deleted with its secrets and what waits to be sent to it. Rules that use it
          have to be changed first.
        </Text>
      </Confirm>
    </Stack>
  );
}
