import { Alert, Button, FileButton, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconFile, IconUsers } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isProblem } from "../../api/problem.ts";
import { askAgain, putValue, readValue, type Value } from "../../api/storage-questions.ts";
import { Form } from "../../parts/form.tsx";
import { CodeEditor } from "../../parts/loaded.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { clockText, sizeText } from "../../parts/numbers.ts";
import { Payload } from "../../parts/payload.tsx";

interface PutFormProps {
  readonly bucket: string;
  /** The key that gets another value; else a new one is asked for. */
  readonly keyName?: string;
  /** What it has now. */
  readonly value?: Value | null;
  /** What the editor begins with; by default the value as it is. */
  readonly text?: string | undefined;
  readonly onDone: (key: string) => void;
}

/** Gives a key a value, unless somebody else has meanwhile: then both are shown, and one decides. */
export function PutForm({ bucket, keyName, value = null, text: begin, onDone }: PutFormProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(keyName ?? "");
  const [text, setText] = useState(begin ?? (value?.encoding === "text" ? value.payload : ""));
  const [file, setFile] = useState<File | null>(null);
  const [expected, setExpected] = useState(value?.revision ?? null);
  const [theirs, setTheirs] = useState<Value | null | undefined>();
  const put = useMutation({
    mutationFn: (revision: number | null) => putValue(bucket, name, file ?? text, revision),
    onSuccess: async () => {
      await askAgain(queries, "kv");
      onDone(name);
    },
    onError: async (error) => {
      if (isProblem(error) && error.code === "REVISION_MISMATCH") {
        setTheirs(await readValue(bucket, name));
      }
    },
  });
  const isConflict = theirs !== undefined;
  return (
    <Form
      onSubmit={() => {
        setTheirs(undefined);
        put.mutate(expected);
      }}
      doing={{ isPending: put.isPending, error: isConflict ? null : put.error }}
      action={isConflict ? undefined : "Put value"}
      others={
        <FileButton onChange={setFile}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFile size={16} aria-hidden />}>
              From a file
            </Button>
          )}
        </FileButton>
      }
    >
      {keyName === undefined && (
        <NameInput
          label="Key"
          description="Letters, digits and - / _ =, with dots between its parts: web.theme"
          value={name}
          onChange={setName}
        />
      )}
      {file === null ? (
        <CodeEditor
          key={expected ?? 0}
          label="Value"
          language="json"
          value={text}
          onChange={setText}
          height={220}
        />
      ) : (
        <Group gap="xs">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            The value will be the file {file.name}, {sizeText(file.size)}.
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => setFile(null)}>
            Write it instead
          </Button>
        </Group>
      )}
      {isConflict && (
        <Conflict
          theirs={theirs}
          mine={text}
          file={file}
          onOverwrite={() => {
            setExpected(theirs?.revision ?? null);
            setTheirs(undefined);
            put.mutate(theirs?.revision ?? null);
          }}
          onTake={() => {
            setExpected(theirs?.revision ?? null);
            setText(theirs?.encoding === "text" ? theirs.payload : "");
            setFile(null);
            setTheirs(undefined);
            put.reset();
          }}
        />
      )}
    </Form>
  );
}

function Conflict({
  theirs,
  mine,
  file,
  onOverwrite,
  onTake,
}: {
  readonly theirs: Value | null;
  readonly mine: string;
  readonly file: File | null;
  readonly onOverwrite: () => void;
  readonly onTake: () => void;
}) {
  const isEditable = theirs === null || (theirs.encoding === "text" && !theirs.isCut);
  return (
    <Alert
      color="yellow"
      role="alert"
      icon={<IconUsers size={18} />}
      title="Somebody else has changed it meanwhile"
    >
      <Stack>
        <Text size="sm">
          {theirs === null
            ? "It has no value any more. Nothing of yours was stored."
            : `It has revision ${theirs.revision} now, of ${clockText(theirs.time)}. Nothing of yours was stored.`}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Stack gap={4}>
            <Text size="sm" fw={600}>
              Theirs
            </Text>
            {theirs === null ? <Text size="sm">No value</Text> : <Payload payload={theirs} />}
          </Stack>
          <Stack gap={4}>
            <Text size="sm" fw={600}>
              Yours
            </Text>
            {file === null ? (
              <Payload
                payload={{
                  payload: mine,
                  encoding: "text",
                  size: new TextEncoder().encode(mine).length,
                }}
              />
            ) : (
              <Text size="sm">The file {file.name}</Text>
            )}
          </Stack>
        </SimpleGrid>
        <Group gap="xs">
          {isEditable && (
            <Button size="xs" variant="default" onClick={onTake}>
              Go on with theirs
            </Button>
          )}
          <Button size="xs" color="red" onClick={onOverwrite}>
            Overwrite with mine
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
