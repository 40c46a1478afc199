import {
  ActionIcon,
  Alert,
  Anchor,
  Button,
  CopyButton,
  Group,
  Menu,
  Stack,
  Text,
  Tooltip,
} from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDownload,
  IconLink,
  IconRepeat,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { MessageBody } from "../../../api/types.ts";
import { Facts } from "../../../parts/facts.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, sizeText } from "../../../parts/numbers.ts";
import { Payload } from "../../../parts/payload.tsx";
import { curlText, natsText } from "./copies.ts";
import { messageQuestion, payloadPath, shownBytes } from "./message-question.ts";

const Journey = lazy(() =>
  import("../journey.tsx").then((module) => ({ default: module.Journey })),
);

interface MessageViewProps {
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;
  readonly onResend: (message: MessageBody) => void;
  readonly onDelete: (message: MessageBody) => void;
  /** Goes to the message before or behind it, in the list it was opened from. */
  readonly onStep?: (by: 1 | -1) => void;
}

/** A message: what is in it, who sent it, and what can be done with it. */
export function MessageView(props: MessageViewProps) {
  const { station, partition, sequence, onResend, onDelete, onStep } = props;
  const [isWhole, setWhole] = useState(false);
  const { data: message, error } = useQuery(messageQuestion(station, partition, sequence, isWhole));
  const journey = (
    <Suspense fallback={null}>
      <Journey station={station} partition={partition} sequence={sequence} />
    </Suspense>
  );
  if (message === undefined) {
    // What became of one that is gone is known still.
    return (
      <Stack gap="md">
        <Failure error={error} />
        {error !== null && journey}
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Button
          size="xs"
          variant="light"
          leftSection={<IconRepeat size={15} aria-hidden />}
          onClick={() => onResend(message)}
        >
          Edit and resend
        </Button>
        <CopyMenu message={message} />
        <Button
          component="a"
          href={payloadPath(station, partition, sequence)}
          download
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          Save payload
        </Button>
        <Button
          size="xs"
          variant="default"
          c="red"
          leftSection={<IconTrash size={15} aria-hidden />}
          onClick={() => onDelete(message)}
        >
          Delete
        </Button>
        {onStep !== undefined && (
          <Group gap={4} ml="auto">
            <Step label="Message above" onClick={() => onStep(-1)}>
              <IconArrowUp size={16} />
            </Step>
            <Step label="Message below" onClick={() => onStep(1)}>
              <IconArrowDown size={16} />
            </Step>
          </Group>
        )}
      </Group>
      <Payload payload={message} />
      {message.isCut && (
        <Alert color="yellow" variant="light" py="xs">
          <Group gap="xs">
            <Text size="sm">
              The first {sizeText(shownBytes)} of {sizeText(message.size)} are shown.
            </Text>
            <Anchor component="button" size="sm" onClick={() => setWhole(true)}>
              Show the whole message
            </Anchor>
          </Group>
        </Alert>
      )}
      <MessageFacts message={message} />
      {journey}
    </Stack>
  );
}

function Step({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="md" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function MessageFacts({ message }: { readonly message: MessageBody }) {
  const { station, partition, sequence, time, key, messageId, headers } = message;
  const facts: readonly (readonly [string, string])[] = [
    ["Station", station],
    ["Partition and sequence", `${partition}, ${sequence}`],
    ["Stored at", `${clockText(time)} (${time})`],
    ["Key", key ?? "none"],
    ["Message id", messageId ?? "none"],
  ];
  const written = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  return (
    <Stack gap="md">
      <FactTable title="Message" facts={facts} />
      {written.length === 0 ? (
        <Text size="sm" c="dimmed">
          The message has no headers.
        </Text>
      ) : (
        <FactTable title="Headers" facts={written} />
      )}
    </Stack>
  );
}

function FactTable({
  title,
  facts,
}: {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
}) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Facts facts={facts} names={"38%"} fz="sm" />
    </Stack>
  );
}

function CopyMenu({ message }: { readonly message: MessageBody }) {
  const { station, partition, sequence, payload, decoded } = message;
  const link = `${location.origin}/stations/${encodeURIComponent(station)}/messages/${partition}/${sequence}`;
  const copies: readonly (readonly [string, string])[] = [
    ["Payload", decoded?.text ?? payload],
    ["Link to this message", link],
    ["As curl", curlText(message)],
    ["As nats", natsText(message)],
  ];
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconCopy size={15} aria-hidden />}>
          Copy
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {copies.map(([label, text]) => (
          <CopyButton key={label} value={text}>
            {({ copy }) => (
              <Menu.Item
                leftSection={
                  label.startsWith("Link") ? <IconLink size={15} /> : <IconCopy size={15} />
                }
                onClick={copy}
              >
                {label}
              </Menu.Item>
            )}
          </CopyButton>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
