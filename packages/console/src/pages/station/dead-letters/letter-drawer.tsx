import { Alert, Badge, Button, Drawer, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { deadLetterQuestion } from "../../../api/questions.ts";
import type { DeadLetterContent } from "../../../api/types.ts";
import { Facts } from "../../../parts/facts.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, sizeText } from "../../../parts/numbers.ts";
import { DropDialog } from "./drop-dialog.tsx";
import { reasonText } from "./reason-text.ts";
import { ResendDialog } from "./resend-dialog.tsx";

const CodeEditor = lazy(() =>
  import("../../../parts/code-editor.tsx").then((it) => ({ default: it.CodeEditor })),
);

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
  const [edited, setEdited] = useState<string>();
  const [deed, setDeed] = useState<"resend" | "drop">();
  if (data === undefined) {
    return error === null ? <Skeleton height={320} /> : <Failure error={error} />;
  }
  const { letter } = data;
  const { text, isText } = textOf(letter);
  const isEditable = isText && !letter.isPayloadCut && letter.missing === null;
  const edit = edited === undefined || edited === text ? undefined : { payload: edited };
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
        <Suspense fallback={<Skeleton height={220} />}>
          <Text size="sm" fw={600}>
            Payload
            {letter.isPayloadCut && ", only its beginning: it is too large for an answer"}
            {!isText && ", in base64: it is no text"}
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
              {edit === undefined
                ? "It can be changed here before it is sent again."
                : "Changed: this is what will be sent."}
            </Text>
          )}
        </Suspense>
      )}
      <Group>
        <Button disabled={letter.missing !== null} onClick={() => setDeed("resend")}>
          {edit === undefined ? "Send again" : "Send again as changed"}
        </Button>
        <Button color="red" variant="light" onClick={() => setDeed("drop")}>
          Drop
        </Button>
      </Group>
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
