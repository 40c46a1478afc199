import { Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Rule } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { rulesQuestion } from "../../api/notification-questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { reachable } from "../../parts/reachable.ts";
import { RuleForm } from "./rule-form.tsx";
import { ruleText } from "./words.ts";

/** What is told of, in plain words. */
export function Rules() {
  const may = useMay();
  const queries = useQueryClient();
  const { data: rules = [], error, isPending } = useQuery(rulesQuestion);
  const [edited, setEdited] = useState<Rule | "new">();
  const [leaving, setLeaving] = useState<string>();
  const mayChange = may("notification.createRule");
  const remove = useMutation({
    mutationFn: (name: string) => ask("DELETE", path`/notifications/rules/${name}`),
    onSuccess: async () => {
      setLeaving(undefined);
      await queries.invalidateQueries({ queryKey: ["notifications"] });
    },
  });
  return (
    <Stack>
      {mayChange ? (
        <Group>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
            New rule
          </Button>
        </Group>
      ) : (
        <MayNot doing="change notifications" least="admin of all stations" />
      )}
      <Failure error={error} />
      {!isPending && rules.length === 0 && (
        <Text c="dimmed" maw={620}>
          There is no rule yet. Good ones to begin with: a message became a dead letter, a group is
          too far behind, storage is almost full. Make a channel first.
        </Text>
      )}
      {rules.length > 0 && (
        <Table.ScrollContainer minWidth={620} scrollAreaProps={reachable}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>What it does</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rules.map((rule) => (
                <Table.Tr key={rule.name}>
                  <Table.Td>
                    <Group gap="xs">
                      {rule.name}
                      {rule.isPaused && <Badge color="gray">paused</Badge>}
                    </Group>
                    <Text size="xs" c="dimmed">
                      {rule.description}
                    </Text>
                  </Table.Td>
                  <Table.Td>{ruleText(rule)}</Table.Td>
                  <Table.Td>
                    {mayChange && (
                      <Group gap="xs" justify="end" wrap="nowrap">
                        <Button
                          size="compact-sm"
                          variant="light"
                          aria-label={`Change ${rule.name}`}
                          onClick={() => setEdited(rule)}
                        >
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="light"
                          color="red"
                          aria-label={`Delete ${rule.name}`}
                          onClick={() => {
                            remove.reset();
                            setLeaving(rule.name);
                          }}
                        >
                          Delete
                        </Button>
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === undefined || edited === "new" ? "New rule" : `Rule ${edited.name}`}
        size="lg"
      >
        {edited !== undefined && (
          <RuleForm
            rule={edited === "new" ? undefined : edited}
            onDone={() => setEdited(undefined)}
          />
        )}
      </Modal>
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action="Delete"
        onConfirm={() => leaving !== undefined && remove.mutate(leaving)}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          Nobody is told of what {leaving} looks for any more. What it has found already is sent
          still.
        </Text>
      </Confirm>
    </Stack>
  );
}
