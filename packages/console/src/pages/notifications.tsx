import { Stack, Tabs, Text } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Guarded } from "../parts/may.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Channels } from "./notifications/channels.tsx";
import { History } from "./notifications/history.tsx";
import { Rules } from "./notifications/rules.tsx";

const route = getRouteApi("/notifications");

/** Who is told of what, and whether that has arrived. */
export function NotificationsPage() {
  return (
    <Guarded
      operation="notification.listRules"
      doing="see notifications"
      least="viewer, or a higher one"
    >
      <Tabbed />
    </Guarded>
  );
}

function Tabbed() {
  const { tab = "rules" } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Stack>
      <PageHead title="Notifications" />
      <Text c="dimmed" maw={720}>
        A rule says what is worth telling, a channel where to: Slack, a web server, mail, or a
        station of this server.
      </Text>
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({
            to: "/notifications",
            search: value === null ? {} : { tab: value },
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="rules">Rules</Tabs.Tab>
          <Tabs.Tab value="channels">Channels</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rules" pt="md">
          <Rules />
        </Tabs.Panel>
        <Tabs.Panel value="channels" pt="md">
          <Channels />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <History />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
