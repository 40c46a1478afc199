import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { User, UserWithPassword } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Secret } from "../../parts/secret.tsx";

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
  const [asked, setAsked] = useState<"password" | "delete">();
  const reset = useMutation({
    mutationFn: () =>
      ask<UserWithPassword>("PUT", path`/users/${name}/password`, { query: { tenant }, body: {} }),
    onSuccess: async () => {
      setAsked(undefined);
      await queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
  const remove = useMutation({
    mutationFn: () => ask("DELETE", path`/users/${name}`, { query: { tenant } }),
    onSuccess: async () => {
      await navigate({ to: "/users", search: tenant === undefined ? {} : { tenant } });
      queries.removeQueries({ queryKey: ["users", tenant ?? "", name] });
      await queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          What can't be taken back
        </Title>
        <Group>
          <Button
            variant="light"
            color="red"
            onClick={() => {
              reset.reset();
              setAsked("password");
            }}
          >
            Give another password
          </Button>
          <Button
            variant="light"
            color="red"
            onClick={() => {
              remove.reset();
              setAsked("delete");
            }}
          >
            Delete
          </Button>
        </Group>
        {typeof reset.data?.password === "string" && (
          <Secret title={`The password of ${name}`} value={reset.data.password} />
        )}
      </Stack>
      <Confirm
        isOpen={asked === "password"}
        onClose={() => setAsked(undefined)}
        action="Give another password"
        onConfirm={() => reset.mutate()}
        isPending={reset.isPending}
        error={reset.error}
      >
        <Text>
          {name} gets a random password. Whoever has logged in with the one before is disconnected
          at once; access keys stay.
        </Text>
      </Confirm>
      <Confirm
        isOpen={asked === "delete"}
        onClose={() => setAsked(undefined)}
        action="Delete"
        typed={name}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        error={remove.error}
      >
        <Text>
          {name} is disconnected and deleted with its access keys, for ever. What it has sent and
          changed stays, also in the audit.
        </Text>
      </Confirm>
    </Card>
  );
}
