import { Alert, Code, Drawer, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AuditEntry } from "oxbow/control";
import { auditEntryQuestion } from "../../api/audit-questions.ts";
import { Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CodeDiff } from "../../parts/loaded.tsx";
import { clockText } from "../../parts/numbers.ts";
import { aboutText, outcomes, whoText } from "./words.ts";

/** One change: what was asked for, and what it was like before and after. */
export function AuditDetail({
  sequence,
  found,
  onClose,
}: {
  readonly sequence: number;
  /** If it is known already. */
  readonly found: AuditEntry | undefined;
  readonly onClose: () => void;
}) {
  const { data, error } = useQuery({
    ...auditEntryQuestion(sequence),
    enabled: found === undefined,
  });
  const entry = found ?? data;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={entry === undefined || entry === null ? "Change" : entry.operation}
    >
      <Failure error={error} />
      {entry === null && <Text>There is no such record any more.</Text>}
      {entry !== undefined && entry !== null && <Entry entry={entry} />}
    </Drawer>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { who, startedAt, endedAt, outcome, error, request, before, after } = entry;
  const facts: readonly (readonly [string, string])[] = [
    ["On which", aboutText(entry)],
    ["Who", whoText(entry)],
    ["From", who?.address || "not known"],
    ["Connection", who === null ? "not known" : `${who.connection || "without a name"}`],
    ["Begun", clockText(startedAt)],
    ["Ended", endedAt === null ? "not known" : clockText(endedAt)],
    ["Outcome", outcomes[outcome].text],
  ];
  return (
    <Stack>
      <Facts facts={facts} names={120} />
      {error !== null && (
        <Alert color="red" title="Why it failed">
          {error}
        </Alert>
      )}
      {outcome === "unknown" && (
        <Alert color="yellow">
          It is under way, or whoever carried it out died meanwhile: it may have happened, or not.
        </Alert>
      )}
      <Title order={3} size="h5">
        What was asked for
      </Title>
      <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {textOf(request)}
      </Code>
      <Title order={3} size="h5">
        Before and after
      </Title>
      <Changed before={before} after={after} isDone={outcome === "done"} />
    </Stack>
  );
}

function Changed({
  before,
  after,
  isDone,
}: {
  readonly before: unknown;
  readonly after: unknown;
  readonly isDone: boolean;
}) {
  if (!isDone && before === null) return <Text size="sm">It was not there before.</Text>;
  const [old, young] = [textOf(before), isDone ? textOf(after) : textOf(before)];
  if (before === null && after === null) {
    return <Text size="sm">What it is about has no settings of its own.</Text>;
  }
  return (
    <Stack gap="xs">
      {before === null && <Text size="sm">It was not there before.</Text>}
      {isDone && after === null && <Text size="sm">It is not there any more.</Text>}
      {old === young ? (
        <Text size="sm">It is as it was.</Text>
      ) : (
        <CodeDiff label="What was changed" before={old} after={young} language="json" />
      )}
    </Stack>
  );
}

function textOf(state: unknown): string {
  return state === null || state === undefined ? "" : JSON.stringify(state, undefined, 2);
}
