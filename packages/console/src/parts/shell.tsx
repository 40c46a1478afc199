import {
  ActionIcon,
  AppShell,
  Badge,
  Box,
  Burger,
  Center,
  Group,
  Loader,
  Menu,
  NavLink,
  ScrollArea,
  Text,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDevices, IconKey, IconLogout, IconUser } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { ask, whenLoggedOut } from "../api/ask.ts";
import { callerQuestion } from "../api/caller-question.ts";
import { isProblem } from "../api/problem.ts";
import { sessionQuestion } from "../api/questions.ts";
import { Login } from "../pages/login.tsx";
import { Away } from "./away.tsx";
import { Failure } from "./failure.tsx";
import { Palette } from "./palette.tsx";
import { places } from "./places.ts";
import { isPublic, PublicFrame } from "./public-frame.tsx";
import { SchemeSwitch } from "./scheme-switch.tsx";
import { useTitle } from "./use-title.ts";
import { userText } from "./user-text.ts";

const OwnPassword = lazy(async () => ({
  default: (await import("./own-password.tsx")).OwnPassword,
}));

/** What stands around every page; who is not logged in sees the login only, and what is for everybody. */
export function Shell() {
  const queries = useQueryClient();
  const { data: session, error, isPending } = useQuery(sessionQuestion);
  useEffect(() => whenLoggedOut(() => void queries.resetQueries(sessionQuestion)), [queries]);
  const at = useRouterState({ select: ({ location }) => location.pathname });
  if (isPending) {
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (session === undefined) {
    if (isPublic(at)) return <PublicFrame />;
    return isProblem(error) && error.status === 401 ? (
      <Login />
    ) : (
      <Center h="100vh">
        <Failure error={error} />
      </Center>
    );
  }
  return <Frame user={session.user} />;
}

function Frame({ user }: { readonly user: string }) {
  const { data: caller } = useQuery(callerQuestion);
  const [isOpen, { toggle, close }] = useDisclosure();
  const at = useRouterState({ select: ({ location }) => location.pathname });
  // Who has but one tenant need not be told which.
  const tenant = caller?.tenant === "default" ? null : (caller?.tenant ?? null);
  useTitle(at, tenant);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="lg"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Show or hide the navigation"
            />
            <img src="/favicon.svg" width={26} height={26} alt="" />
            <Text fw={700}>Oxbow</Text>
            {tenant !== null && <Badge variant="default">{tenant}</Badge>}
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Palette />
            <SchemeSwitch />
            <UserMenu user={user} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <AppShell.Section grow component={ScrollArea}>
          {places.map(({ heading, pages }) => (
            <Box key={heading} mb="sm">
              <Text size="xs" c="dimmed" fw={600} px="sm" pb={4}>
                {heading}
              </Text>
              {pages.map(({ to, label, icon: Icon }) => (
                <NavLink
                  key={to}
                  component={Link}
                  to={to}
                  label={label}
                  leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                  active={to === "/" ? at === "/" : at === to || at.startsWith(`${to}/`)}
                  onClick={close}
                />
              ))}
            </Box>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
      <Away />
    </AppShell>
  );
}

function UserMenu({ user }: { readonly user: string }) {
  const queries = useQueryClient();
  const name = userText(user);
  const leave = async (): Promise<void> => {
    await ask("DELETE", "/session");
    queries.clear();
    location.assign("/");
  };
  const [isChanging, { open, close }] = useDisclosure();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={`Logged in as ${name}`}>
            <IconUser size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            Logged in as <Badge variant="light">{name}</Badge>
          </Menu.Label>
          <Menu.Item
            leftSection={<IconDevices size={16} />}
            renderRoot={(props) => <Link {...props} to="/sessions" />}
          >
            Sessions
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={16} />} onClick={open}>
            Change password
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && (
        <Suspense fallback={null}>
          <OwnPassword user={name} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
