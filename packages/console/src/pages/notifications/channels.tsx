import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Channel } from "oxbow/control";
import { path } from "../../api/ask.ts";
import { channelsQuestion, rulesQuestion } from "../../api/notification-questions.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failure } from "../../parts/failure.tsx";
import { ManagedActions, ManagedDialogs, useManaged } from "../../parts/managed.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { NewButton } from "../../parts/new-button.tsx";
import { ChannelForm } from "./channel-form.tsx";
import { ChannelTest } from "./channel-test.tsx";
import { channelWords, targetText } from "./words.ts";

/** Where notifications go. */
export function Channels() {
  const may = useMay();
  const { data: channels = [], error, isPending } = useQuery(channelsQuestion);
  const { data: rules = [] } = useQuery(rulesQuestion);
  const mayChange = may("notification.createChannel");
  const things = useManaged<Channel>((name) => path`/notifications/channels/${name}`, {
    queryKey: ["notifications"],
  });
  return (
    <Stack>
      {mayChange ? (
        <Group>
          <NewButton onClick={() => things.edit(undefined)}>New channel</NewButton>
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
        <DataTable heads={["Name", "Leads to", "Rules", ""]} minWidth={680} isFocusable>
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
                  <ManagedActions things={things} thing={channel}>
                    <ChannelTest name={channel.name} />
                  </ManagedActions>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
      <ManagedDialogs
        things={things}
        kind="channel"
        size="lg"
        form={(channel, onDone) => <ChannelForm channel={channel} onDone={onDone} />}
        end={(name) =>
          `${name} is deleted with its secrets and what waits to be sent to it. Rules that use it have to be changed first.`
        }
      />
    </Stack>
  );
}
