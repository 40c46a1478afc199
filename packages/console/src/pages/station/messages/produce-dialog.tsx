import {
  ActionIcon,
  Alert,
  Button,
  FileButton,
  Group,
  List,
  Modal,
  NumberInput,
  SimpleGrid,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { IconFile, IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { stationSchemaQuestion } from "../../../api/questions.ts";
import type { MessageBody, Schema, Station } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { ownHeaders } from "./copies.ts";
import { sampleOfAvro, sampleOfJsonSchema } from "./sample.ts";

const CodeEditor = lazy(() =>
  import("../../../parts/code-editor.tsx").then((module) => ({ default: module.CodeEditor })),
);

/** Messages of one request. */
const batchMax = 1_000;
/** Bytes of a file that is sent line by line. */
const fileBytesMax = 32 * 1024 * 1024;
/** Refusals that are told one by one. */
const refusalsMax = 20;

interface Header {
  readonly name: string;
  readonly value: string;
}

interface Draft {
  readonly payload: string;
  readonly encoding: "text" | "base64";
  readonly key: string;
  readonly partition: number | undefined;
  readonly headers: readonly Header[];
  readonly messageId: string;
  readonly delayMs: number | undefined;
  readonly ttlMs: number | undefined;
  readonly isLines: boolean;
}

interface Refusal {
  /** From 1. */
  readonly line: number;
  readonly detail: string;
}

interface Outcome {
  readonly stored: number;
  readonly refused: readonly Refusal[];
}

interface Report {
  readonly stored: number;
  readonly results: readonly { readonly problem?: { readonly detail: string } }[];
}

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
      closeButtonProps={{ "aria-label": "Close" }}
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
    <form
      onSubmit={(event) => {
        event.preventDefault();
        produce.mutate();
      }}
    >
      <Stack gap="sm">
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
        <Suspense fallback={<Skeleton h={220} />}>
          <CodeEditor
            label={isLines ? "Messages, one in each line" : "Payload"}
            language={isBinary ? "text" : "json"}
            value={draft.payload}
            onChange={(payload) => change({ payload })}
            height={220}
          />
        </Suspense>
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
        <Failure error={produce.error} />
        {produce.data !== undefined && <Told outcome={produce.data} />}
        <Group justify="end">
          <Button
            type="submit"
            loading={produce.isPending}
            leftSection={<IconSend size={16} aria-hidden />}
          >
            {original === undefined ? "Send" : "Resend"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Puts a message in that the schema of the station takes. */
function SampleButton({
  station,
  onTake,
}: {
  readonly station: string;
  readonly onTake: (payload: string) => void;
}) {
  const { data } = useQuery(stationSchemaQuestion(station));
  const name = data?.attachment?.schema;
  const sample = useMutation({
    mutationFn: async () => {
      const schema = await ask<Schema>("GET", path`/schemas/${name ?? ""}`);
      const version = data?.attachment?.version;
      const number = typeof version === "number" ? version : schema.activeVersion;
      const { text } = await ask<{ readonly text: string }>(
        "GET",
        path`/schemas/${name ?? ""}/text`,
        { query: { version: number } },
      );
      const value =
        schema.format === "json"
          ? sampleOfJsonSchema(text)
          : schema.format === "avro"
            ? sampleOfAvro(text)
            : undefined;
      if (value === undefined) throw new Error(`no sample can be made of ${schema.format} here`);
      return JSON.stringify(value, undefined, 2);
    },
    onSuccess: onTake,
  });
  if (name === undefined) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={sample.isPending}
        onClick={() => sample.mutate()}
      >
        Sample of {name}
      </Button>
      {sample.error !== null && (
        <Text size="sm" c="red">
          {sample.error.message}
        </Text>
      )}
    </>
  );
}

function Headers({
  headers,
  onChange,
}: {
  readonly headers: readonly Header[];
  readonly onChange: (headers: readonly Header[]) => void;
}) {
  const set = (at: number, changes: Partial<Header>): void =>
    onChange(headers.map((each, index) => (index === at ? { ...each, ...changes } : each)));
  return (
    <Stack gap={6}>
      {headers.map(({ name, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header has no other name than its place while it is typed
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            size="xs"
            aria-label={`Name of header ${index + 1}`}
            placeholder="Header"
            value={name}
            onChange={({ currentTarget }) => set(index, { name: currentTarget.value })}
          />
          <TextInput
            size="xs"
            flex={1}
            aria-label={`Value of header ${index + 1}`}
            placeholder="Value"
            value={value}
            onChange={({ currentTarget }) => set(index, { value: currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={`Without header ${index + 1}`}
            onClick={() => onChange(headers.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ alignSelf: "start" }}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => onChange([...headers, { name: "", value: "" }])}
      >
        Add a header
      </Button>
    </Stack>
  );
}

function Told({ outcome: { stored, refused } }: { readonly outcome: Outcome }) {
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
    </Alert>
  );
}

function draftOf(original: MessageBody | undefined): Draft {
  const nothing = { partition: undefined, messageId: "", delayMs: undefined, ttlMs: undefined };
  if (original === undefined) {
    const payload = '{\n  "id": 1\n}';
    return { ...nothing, payload, encoding: "text", key: "", headers: [], isLines: false };
  }
  const { encoding: stored, key, decoded } = original;
  // What is decoded is edited as JSON, and encoded again.
  const payload = decoded?.text ?? original.payload;
  const encoding = typeof decoded?.text === "string" ? "text" : stored;
  return {
    ...nothing,
    ...{ payload, encoding, key: key ?? "", isLines: false },
    headers: ownHeaders(original).map(([name, value]) => ({ name, value })),
  };
}

async function send(
  station: string,
  draft: Draft,
  original: MessageBody | undefined,
): Promise<Outcome> {
  const { encoding, key, partition, messageId, delayMs, ttlMs, isLines } = draft;
  if (original?.isCut === true) {
    throw new Error("the payload is not whole here: show the whole message first");
  }
  const headers: Record<string, string[]> = {};
  for (const { name, value } of draft.headers) {
    if (name.trim() !== "") (headers[name.trim()] ??= []).push(value);
  }
  const payloads = isLines
    ? draft.payload
        .split(/\r?\n/)
        .flatMap((text, index) => (text.trim() === "" ? [] : [{ text, line: index + 1 }]))
    : [{ text: draft.payload, line: 0 }];
  if (payloads.length === 0) throw new Error("there is no line with a message");
  let stored = 0;
  const refused: Refusal[] = [];
  for (let start = 0; start < payloads.length; start += batchMax) {
    const part = payloads.slice(start, start + batchMax);
    const { ready, unfit } = await encodedOf(station, part, encoding);
    refused.push(...unfit);
    if (ready.length === 0) continue;
    const messages = ready.map(({ payload, encoding }) => ({
      ...{ payload, encoding, partition, delayMs, ttlMs },
      ...(key !== "" && { key }),
      ...(messageId !== "" && !isLines && { messageId }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(original !== undefined && { parent: parentOf(original) }),
    }));
    const report = await ask<Report>("POST", path`/stations/${station}/messages/batch`, {
      body: { messages },
    });
    stored += report.stored;
    report.results.forEach(({ problem }, index) => {
      if (problem !== undefined) {
        refused.push({ line: ready[index]?.line ?? 0, detail: problem.detail });
      }
    });
  }
  return { stored, refused: refused.sort((a, b) => a.line - b.line) };
}

interface Line {
  readonly text: string;
  /** From 1; 0 for what is no line. */
  readonly line: number;
}

interface Ready {
  readonly payload: string;
  readonly encoding: "text" | "base64";
  readonly line: number;
}

/** What is written as JSON becomes what the station takes, where that is Avro or Protobuf. */
async function encodedOf(
  station: string,
  lines: readonly Line[],
  encoding: "text" | "base64",
): Promise<{ readonly ready: readonly Ready[]; readonly unfit: readonly Refusal[] }> {
  const plain = lines.map(({ text, line }) => ({ payload: text, encoding, line }));
  if (encoding === "base64") return { ready: plain, unfit: [] };
  const { messages, schema } = await ask<{
    readonly messages: readonly {
      readonly payload: string | null;
      readonly problem: string | null;
    }[];
    readonly schema: string | null;
  }>("POST", path`/stations/${station}/encode`, { body: { texts: lines.map(({ text }) => text) } });
  if (schema === null) return { ready: plain, unfit: [] };
  const ready: Ready[] = [];
  const unfit: Refusal[] = [];
  messages.forEach(({ payload, problem }, index) => {
    const line = lines[index]?.line ?? 0;
    if (payload === null) unfit.push({ line, detail: `${schema}: ${problem}` });
    else ready.push({ payload, encoding: "base64", line });
  });
  return { ready, unfit };
}

/** What the new message says that it was made of. */
function parentOf({ station, partition, sequence }: MessageBody): string {
  return `${encodeURIComponent(station)}/${partition}/${sequence}`;
}

async function readFile(file: File | null): Promise<Partial<Draft> | undefined> {
  if (file === null) return undefined;
  if (file.size > fileBytesMax) {
    return { payload: `the file has more than ${fileBytesMax / 2 ** 20} MiB`, isLines: false };
  }
  const payload = await file.text();
  return { payload, encoding: "text", isLines: /\.(?:ndjson|jsonl)$/.test(file.name) };
}

function numberOf(value: string | number): number | undefined {
  return typeof value === "number" ? value : undefined;
}
