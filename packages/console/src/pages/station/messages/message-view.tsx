import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Button,
  CopyButton,
  Group,
  Menu,
  SegmentedControl,
  Stack,
  Table,
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
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import type { MessageBody } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, sizeText } from "../../../parts/numbers.ts";
import { curlText, natsText } from "./copies.ts";
import { bytesOf, hexText } from "./hex.ts";
import { JsonTree } from "./json-tree.tsx";
import { messageQuestion, payloadPath, shownBytes } from "./message-question.ts";

const Journey = lazy(() =>
  import("../journey.tsx").then((module) => ({ default: module.Journey })),
);

/** Bytes that are shown as hex: more than anybody reads. */
const hexBytesMax = 16 * 1024;

export interface MessageViewProps {
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
      <Payload message={message} />
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
      <Facts message={message} />
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

type View = "json" | "text" | "hex";

function Payload({ message }: { readonly message: MessageBody }) {
  const { encoding, payload, decoded } = message;
  const text = decoded?.text ?? (encoding === "text" ? payload : undefined);
  const json = useMemo(() => parsed(text), [text]);
  const [wanted, setWanted] = useState<View | undefined>();
  const best: View = json !== undefined ? "json" : encoding === "text" ? "text" : "hex";
  const view = wanted ?? best;
  const views = [
    { value: "json", label: "JSON", disabled: json === undefined },
    { value: "text", label: "Text", disabled: text === undefined },
    { value: "hex", label: "Hex" },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="How the payload is shown"
          value={view}
          onChange={(value) => setWanted(value as View)}
          data={views}
        />
        <Group gap="xs">
          {decoded !== null && decoded !== undefined && (
            <Badge variant="light">
              {decoded.schema} v{decoded.version}
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            {kindOf(message, json !== undefined)}, {sizeText(message.size)}
          </Text>
        </Group>
      </Group>
      <div className="payload payload-box">
        {view === "json" && json !== undefined ? (
          <JsonTree value={json.value} label="Payload as JSON" />
        ) : view === "hex" ? (
          <Hex message={message} />
        ) : (
          (text ?? "")
        )}
      </div>
    </Stack>
  );
}

function Hex({ message }: { readonly message: MessageBody }) {
  const bytes = bytesOf(message);
  const shown = hexText(bytes.subarray(0, hexBytesMax));
  const more = bytes.length - hexBytesMax;
  return (
    <div className="payload-hex">{more > 0 ? `${shown}\n… and ${sizeText(more)} more` : shown}</div>
  );
}

function kindOf({ encoding, decoded, size }: MessageBody, isJson: boolean): string {
  if (size === 0) return "empty";
  if (decoded !== null && decoded !== undefined && decoded.text !== null) return "decoded";
  if (isJson) return "JSON";
  return encoding === "text" ? "text" : "binary";
}

/** A number beyond what JavaScript holds is shown as it is written. */
function parsed(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return {
      value: JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
        typeof value === "number" && !Number.isSafeInteger(value) && context?.source !== undefined
          ? new Verbatim(context.source)
          : value,
      ),
    };
  } catch {
    return undefined;
  }
}

/** Shown without quotes. */
class Verbatim extends String {}

function Facts({ message }: { readonly message: MessageBody }) {
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
      <Table variant="vertical" layout="fixed" fz="sm" verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may have a value twice
            <Table.Tr key={`${name} ${index}`}>
              <Table.Th w="38%" style={{ overflowWrap: "anywhere" }}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
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
