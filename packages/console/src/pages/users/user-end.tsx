import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { User, UserWithPassword } from "oxbow/control";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Secret } from "../../parts/secret.tsx";
import { useConfirmed } from "../../parts/use-confirmed.ts";

/** Another password, and the end of a user. */
export function UserEnd({
  user: { name },
  tenant,
}: {
  readonly user: User;
  readonly tenant: string | undefined;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const reset = useConfirmed(
    () =>
      ask<UserWithPassword>("PUT", path`/users/${name}/password`, { query: { tenant }, body: {} }),
    { stale: { queryKey: ["users"] } },
  );
  const removal = useConfirmed(() => ask("DELETE", path`/users/${name}`, { query: { tenant } }), {
    stale: { queryKey: ["users"] },
    onDone: async () => {
      await navigate({ to: "/users", search: tenant === undefined ? {} : { tenant } });
      queries.removeQueries({ queryKey: ["users", tenant ?? "", name] });
    },
  });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          What can't be taken back
        </Title>
        <Group>
          <Button variant="light" color="red" onClick={() => reset.ask()}>
            Give another password
          </Button>
          <Button variant="light" color="red" onClick={() => removal.ask()}>
            Delete
          </Button>
        </Group>
        {typeof reset.answer?.password === "string" && (
          <Secret title={`The password of ${name}`} value={reset.answer.password} />
        )}
      </Stack>
      <Confirm action="Give another password" {...reset.confirm}>
        <Text>
          {name} gets a random password. Whoever has logged in with the one before is disconnected
          at once; access keys stay.
        </Text>
      </Confirm>
      <Confirm action="Delete" typed={name} {...removal.confirm}>
        <Text>
          {name} is disconnected and deleted with its access keys, for ever. What it has sent and
          changed stays, also in the audit.
        </Text>
      </Confirm>
    </Card>
  );
}
