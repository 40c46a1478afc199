import {
  Alert,
  Button,
  Center,
  Code,
  List,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../api/ask.ts";
import { sessionQuestion } from "../api/questions.ts";
import type { SessionInfo } from "../api/types.ts";
import { Failure } from "../parts/failure.tsx";

export function Login() {
  const queries = useQueryClient();
  const [user, setUser] = useState("owner");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => ask<SessionInfo>("POST", "/session", { body: { user, password } }),
    onSuccess: (session) => queries.setQueryData(sessionQuestion.queryKey, session),
  });
  if (!window.isSecureContext) return <InTheClear />;
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

/** Browsers keep no login that came unencrypted from another machine, so that nobody is asked for a password in vain. */
function InTheClear() {
  const { hostname, port } = window.location;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={620}>
        <Stack>
          <Title order={1} size="h3">
            Not encrypted, so no login
          </Title>
          <Alert color="yellow" variant="light" title="This page came over plain HTTP">
            Anybody between you and {hostname} could read the password, and browsers keep no login
            that comes that way. Programs can use the API with an access key all the same.
          </Alert>
          <Text>One of these lets you in:</Text>
          <List spacing="sm" type="ordered">
            <List.Item>
              From this machine, through a tunnel: <Code>{tunnelTo(hostname, port)}</Code>, then
              open <Code>{`http://127.0.0.1:${port || "80"}`}</Code>.
            </List.Item>
            <List.Item>
              With a certificate: start the server with <Code>--http-tls-cert</Code> and{" "}
              <Code>--http-tls-key</Code>.
            </List.Item>
            <List.Item>
              Behind a proxy that speaks HTTPS: open its address, and start the server with{" "}
              <Code>--http-trusted-proxy</Code> and the address that the proxy asks from.
            </List.Item>
          </List>
        </Stack>
      </Paper>
    </Center>
  );
}

function tunnelTo(hostname: string, port: string): string {
  const local = port || "80";
  return `ssh -L ${local}:127.0.0.1:${local} ${hostname}`;
}
