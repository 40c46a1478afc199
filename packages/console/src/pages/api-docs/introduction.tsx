import { Anchor, Badge, Code, List, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Pasted } from "../../parts/pasted.tsx";
import { keyPlaceholder } from "../../parts/snippets/snippet.ts";
import { type ApiDocument, isKeyNeededQuestion } from "./document.ts";
import { ShapeView } from "./shape-view.tsx";

/** The operation that stands for none of them, in links. */
export const beginning = "how-to-ask";
/** Where problems are told of. */
export const problemsHash = "what-goes-wrong";

/** What goes for all operations: who asks, pages, doing things once, and what goes wrong. */
export function Introduction({ document }: { readonly document: ApiDocument }) {
  const { info, components } = document;
  const { data: isKeyNeeded = true } = useQuery(isKeyNeededQuestion);
  const who = isKeyNeeded ? ` \\\n  -H 'Authorization: Bearer ${keyPlaceholder}'` : "";
  return (
    <Stack gap="lg">
      <Stack gap={6}>
        <Title order={1} size="h2">
          HTTP API
        </Title>
        <Text>
          Everything that this server does can be asked for over HTTP. This is of Oxbow{" "}
          {info.version}; programs find the same as{" "}
          <Anchor href="/api/openapi.json">a document of OpenAPI 3.1</Anchor>, from which clients in
          most languages can be generated.
        </Text>
      </Stack>
      <Pasted
        title="A first request"
        code={`curl ${window.location.origin}/api/v1/platform${who}`}
      />
      <Stack gap="xs" component="section">
        <Title order={2} size="h4">
          Who asks
        </Title>
        <Text>
          {isKeyNeeded
            ? "Programs show the access key of a user, which is made on the page of that user. A user and its password do as well, by basic authentication. Whoever is logged in here asks with that."
            : "This server is open to programs on its machine: they need not say who they are. Where they have to, they show the access key of a user, or a user and its password by basic authentication."}
        </Text>
      </Stack>
      <Stack gap="xs" component="section">
        <Title order={2} size="h4">
          What goes for all
        </Title>
        <List spacing={6}>
          <List.Item>
            Lists come in pages: <Code>next</Code> of one is <Code>after</Code> of the next one.
          </List.Item>
          <List.Item>
            With an <Code>Idempotency-Key</Code>, what changes something is done once, however often
            it is asked for.
          </List.Item>
          <List.Item>
            Names in paths are percent-encoded: <Code>a/b</Code> is <Code>a%2Fb</Code>.
          </List.Item>
          <List.Item>
            Times are as of RFC 3339, spans in milliseconds, sizes in bytes: their names end in{" "}
            <Code>Ms</Code> and <Code>Bytes</Code>.
          </List.Item>
        </List>
      </Stack>
      <Stack gap="xs" component="section" id={problemsHash} className="api-place">
        <Title order={2} size="h4">
          What goes wrong
        </Title>
        <Text>
          What is refused or fails is answered as <Code>application/problem+json</Code> (RFC 9457),
          with a code that never changes and a text that says what to do.
        </Text>
        <ShapeView
          shape={components.schemas["Problem"] ?? {}}
          schemas={components.schemas}
          isAnswer
        />
        <Title order={3} size="h5" mt="sm">
          Codes
        </Title>
        <Codes problems={document["x-problems"]} />
      </Stack>
    </Stack>
  );
}

function Codes({ problems }: { readonly problems: ApiDocument["x-problems"] }) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Code</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Asked again later</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {problems.map(({ code, status, retryable }) => (
            <Table.Tr key={code}>
              <Table.Td>
                <Code>{code}</Code>
              </Table.Td>
              <Table.Td className="tabular">{status}</Table.Td>
              <Table.Td>
                {retryable ? (
                  <Badge variant="light" color="green">
                    may succeed
                  </Badge>
                ) : (
                  "the same"
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
