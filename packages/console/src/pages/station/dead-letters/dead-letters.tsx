import {
  Badge,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Stack,
  Table,
  Text,
  UnstyledButton,
} from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask, path, type Query } from "../../../api/ask.ts";
import { deadLetterCausesQuestion } from "../../../api/questions.ts";
import type { DeadLetter, DeadLetterPage } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, countText } from "../../../parts/numbers.ts";
import { Actions } from "./actions.tsx";
import { Causes } from "./causes.tsx";
import { LetterDrawer } from "./letter-drawer.tsx";
import { reasonText } from "./reason-text.ts";
import { Resends } from "./resends.tsx";

/** What of the address says which dead letters are shown. */
interface LetterFinding {
  readonly group?: string | undefined;
  readonly reason?: string | undefined;
  readonly since?: string | undefined;
  readonly cause?: string | undefined;
  readonly letter?: string | undefined;
}

const pageSize = 100;
const spans = [
  { value: "", label: "at any time" },
  { value: "3600000", label: "in the last hour" },
  { value: "86400000", label: "in the last day" },
  { value: "604800000", label: "in the last 7 days" },
];

/** What a group could do nothing with, or was not let in: why, and what becomes of it. */
export function DeadLetters({
  station,
  finding,
  onFind,
}: {
  readonly station: string;
  readonly finding: LetterFinding;
  readonly onFind: (changes: LetterFinding) => void;
}) {
  const { data: total, error } = useQuery(deadLetterCausesQuestion(station));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  // A filter is of the moment that it was set: what is counted is what is acted on.
  const [nowMs] = useState(() => Date.now());
  const filter = filterOf(finding, nowMs);
  const letters = useInfiniteQuery({
    queryKey: ["station", station, "dead-letters", "pages", filter],
    queryFn: ({ pageParam }: { readonly pageParam: number | undefined }) =>
      ask<DeadLetterPage>("GET", path`/stations/${station}/dead-letters`, {
        query: { ...filter, limit: pageSize, after: pageParam },
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: 4_000,
    placeholderData: keepPreviousData,
  });
  const shown = letters.data?.pages.flatMap((page) => page.letters) ?? [];
  const causes = total?.causes ?? [];
  const cause = causes.find(({ id }) => id === finding.cause);
  const groups = [...new Set(causes.flatMap(({ group }) => group ?? []))];
  const choose = (ids: readonly number[]): void => setChosen(new Set(ids));
  const ids = [...chosen].filter((id) => shown.some((letter) => letter.id === id));
  const find = (changes: LetterFinding): void => {
    choose([]);
    onFind(changes);
  };
  return (
    <Stack>
      <Failure error={error ?? letters.error} />
      {total?.count === 0 && (
        <Text c="dimmed">
          No dead letters: every message was let in, and every group has dealt with what it got.
        </Text>
      )}
      <Resends station={station} />
      {total !== undefined && total.count > 0 && (
        <>
          <Causes
            causes={total}
            chosen={finding.cause}
            onChoose={(each) => find({ ...finding, cause: each })}
          />
          <Group gap="sm" align="end">
            <NativeSelect
              label="Of"
              data={[
                { value: "", label: "any group" },
                ...groups.map((group) => ({ value: group, label: group })),
              ]}
              value={finding.group ?? ""}
              onChange={({ currentTarget }) =>
                find({ ...finding, group: currentTarget.value || undefined })
              }
            />
            <NativeSelect
              label="That"
              data={[
                { value: "", label: "died for any reason" },
                { value: "exhausted", label: "was delivered too often" },
                { value: "terminated", label: "was given up" },
                { value: "refused", label: "was not let in" },
              ]}
              value={finding.reason ?? ""}
              onChange={({ currentTarget }) =>
                find({ ...finding, reason: currentTarget.value || undefined })
              }
            />
            <NativeSelect
              label="When"
              data={spans}
              value={finding.since ?? ""}
              onChange={({ currentTarget }) =>
                find({ ...finding, since: currentTarget.value || undefined })
              }
            />
            {Object.keys(filter).length > 0 && (
              <Button variant="subtle" onClick={() => find({})}>
                All
              </Button>
            )}
          </Group>
          {cause !== undefined && <Text size="sm">Only those of one cause: {cause.error}</Text>}
          <Actions
            station={station}
            filter={filter}
            ids={ids}
            letters={shown.filter(({ id }) => chosen.has(id))}
            onDone={() => choose([])}
          />
          <Letters
            letters={shown}
            chosen={chosen}
            onChoose={choose}
            onOpen={(id) => onFind({ ...finding, letter: String(id) })}
          />
          {letters.hasNextPage && (
            <Group justify="center">
              <Button
                variant="default"
                loading={letters.isFetchingNextPage}
                onClick={() => void letters.fetchNextPage()}
              >
                Show more
              </Button>
            </Group>
          )}
          {shown.length === 0 && !letters.isPending && (
            <Text c="dimmed">None of the dead letters is so.</Text>
          )}
        </>
      )}
      <LetterDrawer
        station={station}
        id={finding.letter === undefined ? undefined : Number(finding.letter)}
        onClose={() => onFind({ ...finding, letter: undefined })}
      />
    </Stack>
  );
}

/** What the server is asked for, and told to act on. */
function filterOf({ group, reason, since, cause }: LetterFinding, nowMs: number): Query {
  const spanMs = Number(since);
  return {
    ...(group !== undefined && { group }),
    ...(reason !== undefined && { reason }),
    ...(spanMs > 0 && { since: new Date(nowMs - spanMs).toISOString() }),
    ...(cause !== undefined && { cause }),
  };
}

function Letters({
  letters,
  chosen,
  onChoose,
  onOpen,
}: {
  readonly letters: readonly DeadLetter[];
  readonly chosen: ReadonlySet<number>;
  readonly onChoose: (ids: readonly number[]) => void;
  readonly onOpen: (id: number) => void;
}) {
  const isAll = letters.length > 0 && letters.every(({ id }) => chosen.has(id));
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40}>
              <Checkbox
                aria-label="Choose all that are shown"
                checked={isAll}
                indeterminate={!isAll && chosen.size > 0}
                onChange={() => onChoose(isAll ? [] : letters.map(({ id }) => id))}
              />
            </Table.Th>
            <Table.Th>What happened</Table.Th>
            <Table.Th>Group</Table.Th>
            <Table.Th>Message</Table.Th>
            <Table.Th>When</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {letters.map((letter) => (
            <Table.Tr key={letter.id}>
              <Table.Td>
                <Checkbox
                  aria-label={`Choose dead letter ${letter.id}`}
                  checked={chosen.has(letter.id)}
                  onChange={() =>
                    onChoose(
                      chosen.has(letter.id)
                        ? [...chosen].filter((id) => id !== letter.id)
                        : [...chosen, letter.id],
                    )
                  }
                />
              </Table.Td>
              <Table.Td>
                <UnstyledButton
                  onClick={() => onOpen(letter.id)}
                  title="Show it, change it, send it again"
                >
                  <What letter={letter} />
                </UnstyledButton>
              </Table.Td>
              <Table.Td>{letter.group ?? ""}</Table.Td>
              <Table.Td className="tabular">
                {letter.sequence === null ? "not stored" : `${letter.partition}:${letter.sequence}`}
              </Table.Td>
              <Table.Td className="tabular">{clockText(letter.diedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function What({ letter }: { readonly letter: DeadLetter }) {
  const { error, path: place, rule, resends, missing } = letter;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge color={letter.reason === "refused" ? "orange" : "red"} variant="light">
          {reasonText(letter)}
        </Badge>
        {resends > 0 && <Badge variant="default">sent again {countText(resends)}×</Badge>}
        {missing !== null && <Badge variant="default">message is gone</Badge>}
      </Group>
      <Text
        size="sm"
        c="var(--mantine-color-anchor)"
        lineClamp={2}
        style={{ overflowWrap: "anywhere" }}
      >
        {error}
      </Text>
      {(place !== null || rule !== null) && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {[
            place !== null && `at ${place === "" ? "the top" : place}`,
            rule !== null && `rule ${rule}`,
          ]
            .filter(Boolean)
            .join(", ")}
        </Text>
      )}
    </Stack>
  );
}
