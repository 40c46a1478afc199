import { Badge, Button, Checkbox, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { deadLettersQuestion } from "../../api/questions.ts";
import type { DeadLetter, Resend } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { clockText, countText } from "../../parts/numbers.ts";

const reasons = { exhausted: "gave up after", terminated: "given up", refused: "refused" } as const;

/** What a group could do nothing with, or was not let in: why, and what becomes of it. */
export function DeadLetters({ station }: { readonly station: string }) {
  const { data, error, isPending } = useQuery(deadLettersQuestion(station));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const letters = data?.letters ?? [];
  const toggle = (id: number): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const isAll = letters.length > 0 && letters.every(({ id }) => chosen.has(id));
  return (
    <Stack>
      <Failure error={error} />
      {!isPending && letters.length === 0 && (
        <Text c="dimmed">
          No dead letters: every message was let in, and every group has dealt with what it got.
        </Text>
      )}
      {letters.length > 0 && (
        <>
          <Actions
            station={station}
            letters={letters.filter(({ id }) => chosen.has(id))}
            onDone={() => setChosen(new Set())}
          />
          <Table.ScrollContainer minWidth={760}>
            <Table highlightOnHover verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={40}>
                    <Checkbox
                      aria-label="Choose all"
                      checked={isAll}
                      indeterminate={!isAll && chosen.size > 0}
                      onChange={() =>
                        setChosen(isAll ? new Set() : new Set(letters.map(({ id }) => id)))
                      }
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
                  <Row
                    key={letter.id}
                    letter={letter}
                    isChosen={chosen.has(letter.id)}
                    onToggle={() => toggle(letter.id)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </Stack>
  );
}

function Row({
  letter,
  isChosen,
  onToggle,
}: {
  readonly letter: DeadLetter;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}) {
  const { id, reason, attempts, error, group, partition, sequence, diedAt, resends } = letter;
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox aria-label={`Choose dead letter ${id}`} checked={isChosen} onChange={onToggle} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Badge color={reason === "refused" ? "orange" : "red"} variant="light">
            {reason === "exhausted" ? `${reasons[reason]} ${attempts ?? "many"}` : reasons[reason]}
          </Badge>
          <Text size="sm">{error}</Text>
          {resends > 0 && <Badge variant="default">sent again {resends}×</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>{group ?? ""}</Table.Td>
      <Table.Td className="tabular">
        {sequence === null ? "not stored" : `${partition}:${sequence}`}
      </Table.Td>
      <Table.Td className="tabular">{clockText(diedAt)}</Table.Td>
    </Table.Tr>
  );
}

function Actions({
  station,
  letters,
  onDone,
}: {
  readonly station: string;
  readonly letters: readonly DeadLetter[];
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"resend" | "drop" | undefined>();
  const ids = letters.map(({ id }) => id);
  const isRefused = letters.some(({ group }) => group === null);
  const act = useMutation({
    mutationFn: async () => {
      const body = { filter: { ids } };
      if (asked === "drop") {
        await ask("POST", path`/stations/${station}/dead-letters/drop`, { body });
        return `${countText(ids.length)} dropped`;
      }
      const to = isRefused ? "station" : "group";
      let resend: Resend = await ask("POST", path`/stations/${station}/resends`, {
        body: { ...body, to },
      });
      while (resend.state === "waiting" || resend.state === "running") {
        resend = await ask("GET", path`/stations/${station}/resends/${resend.id}`);
      }
      if (resend.problems.length > 0) throw new Error(resend.problems.join("; "));
      return `${countText(resend.sent)} sent again`;
    },
    onSuccess: (message) => {
      notifications.show({ message, color: "teal" });
      setAsked(undefined);
      onDone();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["station", station] }),
  });
  const ask1 = (what: "resend" | "drop"): void => {
    act.reset();
    setAsked(what);
  };
  return (
    <Group>
      <Button disabled={ids.length === 0} onClick={() => ask1("resend")}>
        Send again
      </Button>
      <Button color="red" variant="light" disabled={ids.length === 0} onClick={() => ask1("drop")}>
        Drop
      </Button>
      <Text size="sm" c="dimmed">
        {ids.length === 0 ? "Choose dead letters" : `${countText(ids.length)} chosen`}
      </Text>
      <Modal
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={asked === "drop" ? "Drop dead letters" : "Send again"}
      >
        <Stack>
          <Text>
            {asked === "drop"
              ? `${countText(ids.length)} dead letters are removed for ever.`
              : isRefused
                ? `${countText(ids.length)} messages are sent to their station again: all of its groups get them.`
                : `${countText(ids.length)} messages are sent again, each to the group that could not deal with it, and to no other.`}
          </Text>
          <Failure error={act.error} />
          <Group justify="end">
            <Button variant="default" onClick={() => setAsked(undefined)}>
              Cancel
            </Button>
            <Button
              {...(asked === "drop" && { color: "red" })}
              loading={act.isPending}
              onClick={() => act.mutate()}
            >
              {asked === "drop" ? "Drop" : "Send again"}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
