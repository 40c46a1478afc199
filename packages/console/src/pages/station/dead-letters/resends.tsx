import { Button, Card, Group, List, Progress, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, path } from "../../../api/ask.ts";
import { resendsQuestion } from "../../../api/questions.ts";
import type { Resend } from "../../../api/types.ts";
import { Failure } from "../../../parts/failure.tsx";
import { clockText, countText } from "../../../parts/numbers.ts";
import { useWrite } from "../../../parts/use-write.ts";

const pollMs = 500;

function isUnderWay({ state }: Resend): boolean {
  return state === "waiting" || state === "running";
}

/** The resends of a station that are under way. */
export function Resends({ station }: { readonly station: string }) {
  const { data: all = [] } = useQuery(resendsQuestion(station));
  const running = all.filter(isUnderWay);
  if (running.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label="Under way" p="sm">
      <Stack>
        {running.map(({ id }) => (
          <ResendProgress key={id} station={station} id={id} />
        ))}
      </Stack>
    </Card>
  );
}

/** How far a resend is; it can be ended. */
export function ResendProgress({
  station,
  id,
  hasHint = false,
}: {
  readonly station: string;
  readonly id: string;
  /** Whether it says, at its end, what has become of the dead letters. */
  readonly hasHint?: boolean;
}) {
  const queries = useQueryClient();
  const where = path`/stations/${station}/resends/${id}`;
  const { data: resend, error } = useQuery({
    queryKey: ["resend", station, id],
    queryFn: () => ask<Resend>("GET", where),
    refetchInterval: ({ state }) =>
      state.data === undefined || isUnderWay(state.data) ? pollMs : false,
  });
  const cancel = useWrite(() => ask("POST", `${where}/cancel`), {
    stale: { queryKey: ["resend", station, id] },
  });
  const hasEnded = resend !== undefined && !isUnderWay(resend);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it has ended
  useEffect(() => {
    if (!hasEnded) return;
    void queries.invalidateQueries({ queryKey: ["station", station] });
  }, [hasEnded]);
  if (resend === undefined) return <Failure error={error} />;
  const { matched, sent, skipped, failed, problems, state, createdAt } = resend;
  const done = sent + skipped + failed;
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text size="sm" role="status">
          {textOf(state)}: {countText(sent)} of {countText(matched)} sent
          {skipped > 0 && `, ${countText(skipped)} left out`}
          {failed > 0 && `, ${countText(failed)} could not be sent`}
          <Text span c="dimmed" size="sm">
            {" "}
            · begun {clockText(createdAt)}
          </Text>
        </Text>
        {!hasEnded && (
          <Button
            size="xs"
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            End it
          </Button>
        )}
      </Group>
      <Progress
        value={matched === 0 ? (hasEnded ? 100 : 0) : (100 * done) / matched}
        color={failed > 0 ? "red" : "teal"}
        animated={!hasEnded}
        aria-label="How far it is"
      />
      {problems.length > 0 && (
        <List size="sm">
          {problems.map((problem) => (
            <List.Item key={problem}>{problem}</List.Item>
          ))}
        </List>
      )}
      <Failure error={cancel.error} />
      {hasEnded && hasHint && sent > 0 && (
        <Text size="sm" c="dimmed">
          {sent === 1
            ? "It is stored again, and its dead letter is gone."
            : "They are stored again, and their dead letters are gone."}
        </Text>
      )}
    </Stack>
  );
}

function textOf(state: Resend["state"]): string {
  return {
    waiting: "Waiting",
    running: "Under way",
    done: "Done",
    cancelled: "Ended before its end",
  }[state];
}
