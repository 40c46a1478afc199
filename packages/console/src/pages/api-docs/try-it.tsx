import {
  Button,
  Checkbox,
  Code,
  Group,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { unreachable } from "../../api/problem.ts";
import { readPart } from "../../api/read-part.ts";
import { Failure } from "../../parts/failure.tsx";
import { sizeText } from "../../parts/numbers.ts";
import type { Operation } from "./document.ts";
import { addressOf, type Given, headersOf, streamType } from "./request.ts";

/** Bytes of an answer that are shown. */
const shownBytesMax = 256 * 1024;

interface Outcome {
  readonly status: string;
  readonly tookMs: number;
  readonly text: string;
  readonly isCut: boolean;
}

/** Asks this server, as whoever is logged in. What changes something has to be allowed each time. */
export function TryIt({
  operation,
  example,
}: {
  readonly operation: Operation;
  readonly example: Given;
}) {
  const { method, parameters, body, answers } = operation;
  const [given, setGiven] = useState(example);
  const [isAllowed, setAllowed] = useState(false);
  const send = useMutation({
    mutationFn: () => ask(operation, given),
    onSettled: () => setAllowed(false),
  });
  if (answers.some(({ types }) => types.includes(streamType))) {
    return (
      <Section>
        <Text size="sm">It goes on for as long as somebody reads: try it with curl.</Text>
      </Section>
    );
  }
  const isReading = method === "GET";
  const isWhole = parameters.every(
    ({ name, required }) => required !== true || (given.parameters[name] ?? "") !== "",
  );
  return (
    <Section>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Stack gap="sm">
          {parameters.map(({ name, required, in: where }) => (
            <TextInput
              key={`${where} ${name}`}
              label={name}
              required={required === true}
              value={given.parameters[name] ?? ""}
              onChange={({ currentTarget: { value } }) =>
                setGiven({ ...given, parameters: { ...given.parameters, [name]: value } })
              }
            />
          ))}
          {body !== undefined && (
            <Textarea
              label="Body"
              description={body.types.join(", ")}
              autosize
              minRows={3}
              maxRows={16}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              value={given.body}
              onChange={({ currentTarget: { value } }) => setGiven({ ...given, body: value })}
            />
          )}
          {!isReading && (
            <Checkbox
              label="It may change this server"
              checked={isAllowed}
              onChange={({ currentTarget: { checked } }) => setAllowed(checked)}
            />
          )}
          <Group>
            <Button
              type="submit"
              loading={send.isPending}
              disabled={!isWhole || (!isReading && !isAllowed)}
              {...(!isReading && { color: "red" })}
            >
              Send {method}
            </Button>
          </Group>
          <Failure error={send.error} />
          {send.data !== undefined && <Shown outcome={send.data} />}
        </Stack>
      </form>
    </Section>
  );
}

function Section({ children }: { readonly children: React.ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <Title order={2} size="h4">
        Try it
      </Title>
      <Text size="sm" c="dimmed">
        It is asked of this server in the name of who is logged in here.
      </Text>
      {children}
    </Stack>
  );
}

function Shown({ outcome: { status, tookMs, text, isCut } }: { readonly outcome: Outcome }) {
  return (
    <Stack gap={4} role="status">
      <Text size="sm" fw={500}>
        {status} in {Math.round(tookMs)} ms
      </Text>
      <Code block tabIndex={0} mah={480} style={{ overflow: "auto" }}>
        {text === "" ? "The answer is empty." : text}
      </Code>
      {isCut && (
        <Text size="xs" c="dimmed">
          The first {sizeText(shownBytesMax)}; there is more.
        </Text>
      )}
    </Stack>
  );
}

async function ask(operation: Operation, given: Given): Promise<Outcome> {
  const begunMs = performance.now();
  const response = await fetch(addressOf(operation, given.parameters), {
    method: operation.method,
    headers: headersOf(operation, given).map(([name, value]) => [name, value]),
    ...(operation.body !== undefined && given.body !== "" && { body: given.body }),
  }).catch(unreachable);
  const { bytes, isCut } = await readPart(response, shownBytesMax);
  return {
    status: `${response.status} ${response.statusText}`,
    tookMs: performance.now() - begunMs,
    text: readable(new TextDecoder().decode(bytes)),
    isCut,
  };
}

/** JSON with its levels; what is none, as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
