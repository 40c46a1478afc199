import { Alert, Grid, List, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { SchemaFormat, SchemaProblem, SchemaViolation } from "oxbow/control";
import { lazy, Suspense } from "react";
import { breaksQuestion, type Draft, trialQuestion } from "../../api/schema-questions.ts";
import type { Schema } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { CodeEditor } from "../../parts/loaded.tsx";
import { References } from "./references.tsx";
import { compatibilityWords } from "./words.ts";

const SchemaEditor = lazy(async () => ({
  default: (await import("./schema-editor.tsx")).SchemaEditor,
}));

interface DeskProps {
  readonly name: string;
  readonly format: SchemaFormat;
  /** What is there already, if it is. */
  readonly schema?: Schema;
  /** Stations that take whatever version is active. */
  readonly followers?: readonly string[];
  readonly draft: Draft;
  /** Left out, it can only be read. */
  readonly onChange?: (draft: Draft) => void;
  /** Whether it differs from what is there. */
  readonly isChanged: boolean;
  readonly sample: string;
  readonly onSample: (sample: string) => void;
}

const typingMs = 300;

/** A text to work on, judged while one types, and a message to try against it. */
export function Desk(props: DeskProps) {
  const { name, format, schema, draft, onChange, isChanged, sample, onSample } = props;
  const [settled] = useDebouncedValue(draft, typingMs);
  const [settledSample] = useDebouncedValue(sample, typingMs);
  const trial = useQuery(trialQuestion(name, format, settled, settledSample));
  const problem = trial.data?.problem ?? null;
  const isWhole = trial.data !== undefined && problem === null;
  const isCompared = schema !== undefined && isChanged && isWhole;
  const breaks = useQuery(breaksQuestion(name, settled, isCompared));
  const found = isCompared ? breaks.data?.breaks : undefined;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="sm">
          <Suspense fallback={<Skeleton height={400} />}>
            <SchemaEditor
              format={format}
              text={draft.text}
              {...(onChange !== undefined && {
                onChange: (text: string) => onChange({ ...draft, text }),
              })}
              problem={draft.text === settled.text ? problem : null}
            />
          </Suspense>
          <Failure error={trial.error} />
          {draft.text.trim() !== "" && <TextVerdict problem={problem} isWhole={isWhole} />}
          {schema !== undefined && found !== undefined && (
            <Breaks {...props} schema={schema} breaks={found.map((each) => each.description)} />
          )}
          {format === "protobuf" && onChange !== undefined && (
            <TextInput
              label="Message of the file"
              description="Which one messages are; by default the first."
              placeholder="shop.Order"
              value={draft.messageName}
              onChange={({ currentTarget }) =>
                onChange({ ...draft, messageName: currentTarget.value })
              }
            />
          )}
          {onChange !== undefined && <References draft={draft} onChange={onChange} />}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="sm">
          <Title order={2} size="h5">
            Try a message
          </Title>
          <Text size="sm" c="dimmed">
            {sampleHints[format]}
          </Text>
          <CodeEditor
            label="Message to try"
            value={sample}
            onChange={onSample}
            language={format === "json" || format === "avro" ? "json" : "text"}
            height={220}
          />
          {isWhole && sample.trim() !== "" && (
            <MessageVerdict violation={trial.data?.violation ?? null} />
          )}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

const sampleHints: Readonly<Record<SchemaFormat, string>> = {
  json: "It is checked as a station would. Nothing is stored.",
  avro: 'In Avro\'s JSON encoding: a value of a union stands behind its type, as in {"string": "Ann"}. Nothing is stored.',
  protobuf: "The bytes of a message in base64, as programs send it. Nothing is stored.",
  graphql: "A document with a query, as programs send it. Nothing is stored.",
};

function TextVerdict({
  problem,
  isWhole,
}: {
  readonly problem: SchemaProblem | null;
  readonly isWhole: boolean;
}) {
  if (problem !== null) {
    const { line, message } = problem;
    return (
      <Alert
        color="red"
        icon={<IconAlertTriangle size={18} />}
        title={line === null ? "This is no schema" : `This is no schema: line ${line}`}
      >
        {message}
      </Alert>
    );
  }
  if (!isWhole) return null;
  return (
    <Alert color="green" icon={<IconCheck size={18} />}>
      This is a schema.
    </Alert>
  );
}

function Breaks({
  schema,
  followers = [],
  breaks,
}: DeskProps & { readonly schema: Schema; readonly breaks: readonly string[] }) {
  const { title, text } = compatibilityWords[schema.compatibility];
  if (breaks.length === 0) {
    return (
      <Alert color="green" icon={<IconCheck size={18} />} title={`Compatibility: ${title}`}>
        {schema.compatibility === "none"
          ? text
          : "Nothing breaks between this and what there is. It can be added."}
      </Alert>
    );
  }
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={`It breaks what the schema promises: ${title}`}
    >
      <Stack gap="xs">
        <List size="sm">
          {breaks.map((each) => (
            <List.Item key={each}>{each}</List.Item>
          ))}
        </List>
        <Text size="sm">{text}</Text>
        <Text size="sm">
          {followers.length === 0
            ? "No station uses the schema yet."
            : `Hit would be who writes to, and reads from: ${followers.join(", ")}.`}{" "}
          Change the text, or, if all of them can be changed at once, the compatibility under
          Settings.
        </Text>
      </Stack>
    </Alert>
  );
}

function MessageVerdict({ violation }: { readonly violation: SchemaViolation | null }) {
  if (violation === null) {
    return (
      <Alert color="green" icon={<IconCheck size={18} />}>
        The message fits.
      </Alert>
    );
  }
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title="The message does not fit">
      <Text size="sm">
        {violation.path === "" ? "The message as a whole" : violation.path}: {violation.message}
      </Text>
      <Text size="sm">Rule: {violation.rule}</Text>
    </Alert>
  );
}
