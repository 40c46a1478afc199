import { Alert, Badge, Button, Drawer, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { decodedQuestion, encode } from "../../../api/codec.ts";
import { deadLetterQuestion } from "../../../api/questions.ts";
import type { DeadLetterContent } from "../../../api/types.ts";
import { Facts } from "../../../parts/facts.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { CodeEditor } from "../../../parts/loaded.tsx";
import { clockText, sizeText } from "../../../parts/numbers.ts";
import { DropDialog } from "./drop-dialog.tsx";
import { reasonText } from "./reason-text.ts";
import { ResendDialog } from "./resend-dialog.tsx";

/** One dead letter with its message, which can be changed before it is sent again. */
export function LetterDrawer({
  station,
  id,
  onClose,
}: {
  readonly station: string;
  readonly id: number | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={`Dead letter ${id ?? ""}`}
    >
      {id !== undefined && <Letter key={id} station={station} id={id} onClose={onClose} />}
    </Drawer>
  );
}

function Letter({
  station,
  id,
  onClose,
}: {
  readonly station: string;
  readonly id: number;
  readonly onClose: () => void;
}) {
  const { data, error } = useQuery(deadLetterQuestion(station, id));
  if (data === undefined) {
    return error === null ? <Skeleton height={320} /> : <Failure error={error} />;
  }
  const { letter } = data;
  return <LetterContent station={station} letter={letter} onClose={onClose} />;
}

function LetterContent({
  station,
  letter,
  onClose,
}: {
  readonly station: string;
  readonly letter: DeadLetterContent;
  readonly onClose: () => void;
}) {
  const { id } = letter;
  const [edited, setEdited] = useState<string>();
  const [deed, setDeed] = useState<"resend" | "drop">();
  const plain = textOf(letter);
  const isWhole = !letter.isPayloadCut && letter.missing === null;
  // Avro and Protobuf are read and written as JSON, even where their bytes happen to be text.
  const { data: found } = useQuery({
    ...decodedQuestion(station, letter.payload),
    enabled: isWhole,
  });
  const decoded = found?.text === null ? undefined : (found ?? undefined);
  const text = decoded?.text ?? plain.text;
  const isEditable = isWhole && (plain.isText || decoded !== undefined);
  const isEdited = edited !== undefined && edited !== text;
  const encoded = useMutation({
    mutationFn: async (changed: string) => {
      const { messages } = await encode(station, [changed]);
      const [{ payload = null, problem = null } = {}] = messages;
      if (payload === null) throw new Error(problem ?? "it can't be written as the schema has it");
      return payload;
    },
    onSuccess: () => setDeed("resend"),
  });
  const edit = !isEdited
    ? undefined
    : decoded === undefined
      ? { payload: edited }
      : { payload: encoded.data ?? "", encoding: "base64" };
  const sendAgain = (): void => {
    if (isEdited && decoded !== undefined) encoded.mutate(edited);
    else setDeed("resend");
  };
  return (
    <Stack>
      <Group gap="xs">
        <Badge color={letter.reason === "refused" ? "orange" : "red"} variant="light">
          {reasonText(letter)}
        </Badge>
        {letter.group !== null && <Badge variant="default">{letter.group}</Badge>}
      </Group>
      <Text style={{ overflowWrap: "anywhere" }}>{letter.error}</Text>
      {letter.missing !== null && <Alert color="yellow">{letter.missing}</Alert>}
      {letter.missing === null && (
        <>
          <Text size="sm" fw={600}>
            Payload
            {letter.isPayloadCut && ", only its beginning: it is too large for an answer"}
            {decoded !== undefined && `, read by ${decoded.schema}, version ${decoded.version}`}
            {!plain.isText && decoded === undefined && ", in base64: it is no text"}
          </Text>
          <CodeEditor
            label="Payload"
            height={220}
            value={edited ?? text}
            {...(isEditable && { onChange: setEdited })}
            language={looksLikeJson(text) ? "json" : "text"}
          />
          {isEditable && (
            <Text size="xs" c="dimmed">
              {!isEdited
                ? "It can be changed here before it is sent again."
                : "Changed: this is what will be sent."}
            </Text>
          )}
        </>
      )}
      <Group>
        <Button disabled={letter.missing !== null} loading={encoded.isPending} onClick={sendAgain}>
          {!isEdited ? "Send again" : "Send again as changed"}
        </Button>
        <Button color="red" variant="light" onClick={() => setDeed("drop")}>
          Drop
        </Button>
      </Group>
      <Failure error={encoded.error} />
      <LetterFacts letter={letter} />
      <ResendDialog
        station={station}
        filter={{ ids: [id] }}
        isRefused={letter.group === null}
        isOpen={deed === "resend"}
        onClose={() => setDeed(undefined)}
        onDone={(isGone) => isGone && onClose()}
        {...(edit !== undefined && { edit })}
      />
      <DropDialog
        station={station}
        filter={{ ids: [id] }}
        isOpen={deed === "drop"}
        onClose={() => setDeed(undefined)}
        onDone={onClose}
      />
    </Stack>
  );
}

function LetterFacts({ letter }: { readonly letter: DeadLetterContent }) {
  const facts: readonly (readonly [string, string | null])[] = [
    ["Rule", letter.rule],
    ["At", letter.path === "" ? "the top of it" : letter.path],
    ["Schema", letter.schema && `${letter.schema}, version ${letter.schemaVersion ?? "?"}`],
    ["Died", clockText(letter.diedAt)],
    ["Published", letter.time && clockText(letter.time)],
    ["By", letter.client],
    ["Subject", letter.subject],
    ["Message", letter.sequence === null ? "not stored" : `${letter.partition}:${letter.sequence}`],
    ["Size", sizeText(letter.size)],
    ...letter.headers.map(([name, value]) => [name, value] as const),
  ];
  return <Facts facts={facts.filter(([, value]) => value !== null && value !== "")} names={130} />;
}

/** The payload as text, if it is UTF-8. */
function textOf({ payload }: DeadLetterContent): {
  readonly text: string;
  readonly isText: boolean;
} {
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), isText: true };
  } catch {
    return { text: payload, isText: false };
  }
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text);
}
