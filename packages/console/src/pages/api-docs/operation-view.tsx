import { Anchor, Badge, Code, Divider, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Pasted } from "../../parts/pasted.tsx";
import { type Answer, type ApiDocument, isKeyNeededQuestion, type Operation } from "./document.ts";
import { beginning, problemsHash } from "./introduction.tsx";
import { methodColours } from "./method-colours.ts";
import { Prose } from "./prose.tsx";
import { curlText, exampleOf, exampleText } from "./request.ts";
import { Field, ShapeView } from "./shape-view.tsx";
import { typeText } from "./shapes.ts";
import { TryIt } from "./try-it.tsx";

const whereWords = { path: "in the path", query: "in the query", header: "a header" } as const;

/** An operation: how it is asked for, and what is answered. */
export function OperationView({
  operation,
  document,
}: {
  readonly operation: Operation;
  readonly document: ApiDocument;
}) {
  const { id, method, path, summary, description, parameters, body, answers } = operation;
  const { schemas } = document.components;
  const { data: isKeyNeeded = true } = useQuery(isKeyNeededQuestion);
  const example = useMemo(() => exampleOf(operation, document), [operation, document]);
  return (
    <Stack gap="lg">
      <Stack gap={6}>
        <Title order={1} size="h3">
          {summary}
        </Title>
        <Group gap="xs">
          <Badge variant="light" color={methodColours[method] ?? "gray"}>
            {method}
          </Badge>
          <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }}>
            {path}
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          Operation <Code>{id}</Code>
        </Text>
        {description !== "" && <Prose text={description} size="md" />}
      </Stack>
      <Pasted title="With curl" code={curlText(operation, example, isKeyNeeded)} />
      {parameters.length > 0 && (
        <Stack gap="sm" component="section">
          <Title order={2} size="h4">
            Parameters
          </Title>
          {parameters.map((each) => (
            <Field
              key={`${each.in} ${each.name}`}
              name={each.name}
              shape={each.schema}
              isRequired={each.required === true}
              where={whereWords[each.in]}
              description={each.description}
              schemas={schemas}
            />
          ))}
        </Stack>
      )}
      {body !== undefined && (
        <Stack gap="sm" component="section">
          <Title order={2} size="h4">
            Body
          </Title>
          <Carried types={body.types} text={typeText(body.shape)} />
          <ShapeView shape={body.shape} schemas={schemas} />
        </Stack>
      )}
      <Stack gap="sm" component="section">
        <Title order={2} size="h4">
          Answers
        </Title>
        {answers.map((answer) => (
          <AnswerView key={answer.status} answer={answer} document={document} />
        ))}
      </Stack>
      <TryIt key={id} operation={operation} example={example} />
    </Stack>
  );
}

function AnswerView({
  answer,
  document,
}: {
  readonly answer: Answer;
  readonly document: ApiDocument;
}) {
  const { status, description, types, shape } = answer;
  const example = useMemo(
    () => (types[0] === "application/json" ? exampleText(shape, document, false) : undefined),
    [types, shape, document],
  );
  if (status === "default") {
    return (
      <Stack gap={4}>
        <Divider mb={4} />
        <Said colour="red" status="any other" description={description} />
        <Text size="sm" c="dimmed">
          {types.join(", ")}:{" "}
          <Anchor
            renderRoot={(props) => (
              <Link
                {...props}
                to="/api/docs"
                search={{ operation: beginning }}
                hash={problemsHash}
              />
            )}
          >
            {typeText(shape)}, with its codes
          </Anchor>
        </Text>
      </Stack>
    );
  }
  return (
    <Stack gap="xs">
      <Divider />
      <Said colour="green" status={status} description={description} />
      <Carried types={types} text={typeText(shape)} />
      <ShapeView shape={shape} schemas={document.components.schemas} isAnswer />
      {example !== undefined && <Pasted title={`Example of ${typeText(shape)}`} code={example} />}
    </Stack>
  );
}

function Said({
  colour,
  status,
  description,
}: {
  readonly colour: string;
  readonly status: string;
  readonly description: string;
}) {
  return (
    <Group gap="xs">
      <Badge variant="light" color={colour}>
        {status}
      </Badge>
      <Prose text={description} size="sm" />
    </Group>
  );
}

function Carried({ types, text }: { readonly types: readonly string[]; readonly text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {types.join(", ")}: {text}
    </Text>
  );
}
