import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../api/ask.ts";
import { sessionQuestion } from "../api/questions.ts";
import type { Session } from "../api/types.ts";
import { Failure } from "../parts/failure.tsx";

export function Login() {
  const queries = useQueryClient();
  const [user, setUser] = useState("owner");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => ask<Session>("POST", "/session", { body: { user, password } }),
    onSuccess: (session) => queries.setQueryData(sessionQuestion.queryKey, session),
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={380}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            login.mutate();
          }}
        >
          <Stack>
            <Stack gap={2} align="center">
              <img src="/favicon.svg" width={44} height={44} alt="" />
              <Title order={1} size="h3">
                Oxbow
              </Title>
            </Stack>
            <TextInput
              label="User"
              autoComplete="username"
              value={user}
              onChange={({ currentTarget }) => setUser(currentTarget.value)}
              required
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              value={password}
              onChange={({ currentTarget }) => setPassword(currentTarget.value)}
              data-autofocus
              autoFocus
              required
            />
            <Failure error={login.error} />
            <Button type="submit" loading={login.isPending} fullWidth>
              Log in
            </Button>
            <Text size="xs" c="dimmed">
              The server printed the owner's password when it was started for the first time, and
              keeps it in its data directory.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
