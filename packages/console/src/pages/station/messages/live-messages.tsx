import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import type { MessageBody } from "../../../api/types.ts";
import { countText } from "../../../parts/numbers.ts";
import { MessageList } from "./message-list.tsx";
import { useLive } from "./use-live.ts";

/** Messages as they come. */
export function LiveMessages({
  station,
  messageKey,
  open,
  onOpen,
  height,
}: {
  readonly station: string;
  readonly messageKey: string | undefined;
  readonly open: string | undefined;
  readonly onOpen: (message: MessageBody) => void;
  readonly height: string;
}) {
  const [isPaused, setPaused] = useState(false);
  const live = useLive(station, messageKey, isPaused);
  const { comePerSecond, shownPerSecond, come, messages, problem } = live;
  const isSampled = comePerSecond > shownPerSecond;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text
          size="sm"
          c={problem === undefined ? "dimmed" : "red"}
          role="status"
          className="tabular"
        >
          {problem ??
            (come === 0
              ? "Waiting for messages that come from now on."
              : isSampled
                ? `A sample: showing ${countText(shownPerSecond)} of ${countText(comePerSecond)} messages per second.`
                : `${countText(comePerSecond)} messages per second; ${countText(come)} have come, the last ${countText(messages.length)} are here.`)}
        </Text>
        <Button
          size="xs"
          variant={isPaused ? "filled" : "default"}
          leftSection={
            isPaused ? (
              <IconPlayerPlay size={15} aria-hidden />
            ) : (
              <IconPlayerPause size={15} aria-hidden />
            )
          }
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? "Go on" : "Pause"}
        </Button>
      </Group>
      {messages.length > 0 && (
        <MessageList messages={messages} open={open} onOpen={onOpen} height={height} />
      )}
    </Stack>
  );
}
