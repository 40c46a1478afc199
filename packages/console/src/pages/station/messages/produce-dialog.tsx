import {
  Alert,
  Anchor,
  Button,
  FileButton,
  Group,
  List,
  Modal,
  NumberInput,
  SimpleGrid,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { IconFile, IconSend } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { MessageBody, Station } from "../../../api/types.ts";
import { Form } from "../../../parts/form.tsx";
import { CodeEditor } from "../../../parts/loaded.tsx";
import { type Draft, draftOf, type Outcome, parentOf, readFile, send } from "./produce.ts";
import { Headers } from "./produce-headers.tsx";
import { SampleButton } from "./sample-button.tsx";

/** Refusals that are told one by one. */
const refusalsMax = 20;

/** Sends messages: one, or one of each line; or a message again, changed or not. */
export function ProduceDialog({
  station,
  original,
  onClose,
}: {
  readonly station: Station;
  /** The message that is sent again. */
  readonly original?: MessageBody | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={
        original === undefined
          ? `Produce to ${station.name}`
          : `Resend message ${original.sequence} of partition ${original.partition}`
      }
    >
      <ProduceForm station={station} original={original} />
    </Modal>
  );
}

function ProduceForm({
  station,
  original,
}: {
  readonly station: Station;
  readonly original: MessageBody | undefined;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => draftOf(original));
  const change = (changes: Partial<Draft>): void =>
    setDraft((before) => ({ ...before, ...changes }));
  const produce = useMutation({
    mutationFn: () => send(station.name, draft, original),
    onSettled: () => queries.invalidateQueries({ queryKey: ["station", station.name] }),
  });
  const { isLines } = draft;
  const isBinary = draft.encoding === "base64";
  return (
    <Form
      onSubmit={() => produce.mutate()}
      doing={produce}
      action={original === undefined ? "Send" : "Resend"}
      icon={<IconSend size={16} aria-hidden />}
      gap="sm"
    >
      <Group justify="space-between">
        <Group gap="xs">
          <SampleButton station={station.name} onTake={(payload) => change({ payload })} />
          <FileButton
            onChange={(file) => void readFile(file).then((read) => read && change(read))}
            accept=".ndjson,.jsonl,.json,.txt,.csv"
          >
            {(props) => (
              <Button
                {...props}
                size="xs"
                variant="default"
                leftSection={<IconFile size={15} aria-hidden />}
              >
                From a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Switch
          label="A message in each line"
          checked={isLines}
          disabled={isBinary}
          onChange={({ currentTarget }) => change({ isLines: currentTarget.checked })}
        />
      </Group>
      {isBinary && (
        <Text size="sm" c="dimmed">
          The payload is binary: it is shown, and sent, as Base64.
        </Text>
      )}
      <CodeEditor
        label={isLines ? "Messages, one in each line" : "Payload"}
        language={isBinary ? "text" : "json"}
        value={draft.payload}
        onChange={(payload) => change({ payload })}
        height={220}
      />
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="sm">
        <TextInput
          label="Key"
          description="Tokens with dots between them"
          value={draft.key}
          onChange={({ currentTarget }) => change({ key: currentTarget.value })}
        />
        <NumberInput
          label="Partition"
          description="By the key, if left out"
          min={1}
          max={station.partitions.length}
          allowDecimal={false}
          value={draft.partition ?? ""}
          onChange={(value) => change({ partition: numberOf(value) })}
        />
        <TextInput
          label="Message id"
          description="Stored once in the window"
          disabled={isLines}
          value={draft.messageId}
          onChange={({ currentTarget }) => change({ messageId: currentTarget.value })}
        />
        <NumberInput
          label="Delay in ms"
          description="Delivered later"
          min={0}
          value={draft.delayMs ?? ""}
          onChange={(value) => change({ delayMs: numberOf(value) })}
        />
        <NumberInput
          label="Time to live in ms"
          description="Removed after that"
          min={0}
          value={draft.ttlMs ?? ""}
          onChange={(value) => change({ ttlMs: numberOf(value) })}
        />
      </SimpleGrid>
      <Headers headers={draft.headers} onChange={(headers) => change({ headers })} />
      {original !== undefined && (
        <Text size="sm" c="dimmed">
          The new message says that it was made of this one (Oxbow-Parent: {parentOf(original)}).
        </Text>
      )}
      {produce.data !== undefined && <Told outcome={produce.data} station={station} />}
    </Form>
  );
}

function Told({
  outcome: { stored, refused },
  station: { name, settings },
}: {
  readonly outcome: Outcome;
  readonly station: Station;
}) {
  const count = `${stored} message${stored === 1 ? "" : "s"} stored.`;
  if (refused.length === 0) {
    return (
      <Text c="teal" role="status">
        {count}
      </Text>
    );
  }
  return (
    <Alert color="red" title={`${refused.length} refused, ${count}`} role="alert">
      <List size="sm">
        {refused.slice(0, refusalsMax).map(({ line, detail }) => (
          <List.Item key={line}>
            {line > 0 && `Line ${line}: `}
            {detail}
          </List.Item>
        ))}
      </List>
      {refused.length > refusalsMax && (
        <Text size="sm">… and {refused.length - refusalsMax} others</Text>
      )}
      {settings.deadLetterReasons.includes("refused") && (
        <Text size="sm" mt={4}>
          What a schema refuses is kept, to be mended and sent again:{" "}
          <Anchor
            inherit
            c="var(--mantine-color-text)"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/stations/$station"
                params={{ station: name }}
                search={{ tab: "dead-letters" }}
              />
            )}
          >
            show the dead letters
          </Anchor>
        </Text>
      )}
    </Alert>
  );
}

function numberOf(value: string | number): number | undefined {
  return typeof value === "number" ? value : undefined;
}
