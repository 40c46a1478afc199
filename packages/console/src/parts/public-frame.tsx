import { AppShell, Button, Group, Text } from "@mantine/core";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { SchemeSwitch } from "./scheme-switch.tsx";
import { useTitle } from "./use-title.ts";

/** Whether a page is for everybody: nothing on it is of the server's tenants. */
export function isPublic(pathname: string): boolean {
  return pathname === "/api/docs";
}

/** What stands around a page that is read without a login. */
export function PublicFrame() {
  useTitle(useRouterState({ select: ({ location }) => location.pathname }), null);
  return (
    <AppShell header={{ height: 52 }} padding="lg">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <img src="/favicon.svg" width={26} height={26} alt="" />
            <Text fw={700}>Oxbow</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeSwitch />
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/" />}>
              Log in
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
