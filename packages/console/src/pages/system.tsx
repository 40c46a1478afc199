import { SimpleGrid, Stack, Tabs } from "@mantine/core";
import type { SystemState } from "@oxbow/gateways/http/contract";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ask } from "../api/ask.ts";
import { Facts } from "../parts/facts.tsx";
import { Failure } from "../parts/failure.tsx";
import { Figure } from "../parts/figure.tsx";
import { clockText, countText, sizeText, spanText } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Connections } from "./system/connections.tsx";
import { LetterRetention } from "./system/letter-retention.tsx";
import { LogView } from "./system/log-view.tsx";
import { Settings } from "./system/settings.tsx";
import { StationDefaults } from "./system/station-defaults.tsx";

const route = getRouteApi("/system");
const stateQuestion = queryOptions({
  queryKey: ["system"],
  queryFn: () => ask<SystemState>("GET", "/system"),
  refetchInterval: 2_000,
});

/** The server itself, for who administers it. */
export function System() {
  const { tab = "health" } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Stack>
      <PageHead title="System" />
      <Tabs
        value={tab}
        onChange={(chosen) =>
          void navigate({ to: "/system", search: chosen === "health" ? {} : { tab: chosen ?? "" } })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="health">Health</Tabs.Tab>
          <Tabs.Tab value="connections">Connections</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="defaults">Defaults</Tabs.Tab>
          <Tabs.Tab value="settings">Configuration</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="health">
          <Health />
        </Tabs.Panel>
        <Tabs.Panel value="connections">
          <Connections />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogView />
        </Tabs.Panel>
        <Tabs.Panel value="defaults">
          <Stack>
            <StationDefaults />
            <LetterRetention />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function limitText({ limitBytes, directory }: SystemState["storage"]): string {
  if (limitBytes !== null) return sizeText(limitBytes);
  return directory === null ? "what memory there is" : "what the disk has";
}

function Health() {
  const { data: state, error } = useQuery(stateQuestion);
  if (state === undefined) return <Failure error={error} />;
  const { storage, eventLoop, memory } = state;
  const rows: readonly (readonly [string, string])[] = [
    ["Server", state.serverName],
    [
      "Version",
      `${state.version}, as nats-server ${state.natsVersion}, on Node ${state.nodeVersion.slice(1)} (${state.platform})`,
    ],
    ["Running since", `${clockText(state.startedAt)} (${spanText(state.uptimeMs)})`],
    ["Processor", `${state.cpuPercent} % of one core, of ${state.cores}`],
    [
      "Event loop late by",
      `${eventLoop.p50Ms} ms, ${eventLoop.p99Ms} ms at the 99th percentile, ${eventLoop.maxMs} ms at most`,
    ],
    [
      "Traffic since the start",
      `${countText(state.inMessages)} messages in (${sizeText(state.inBytes)}), ${countText(state.outMessages)} out (${sizeText(state.outBytes)})`,
    ],
    ["Slow consumers", countText(state.slowConsumers)],
    [
      "Stored",
      `${sizeText(storage.usedBytes)} of ${limitText(storage)}, ${countText(storage.messages)} messages in ${countText(storage.streams)} streams, ${countText(storage.consumers)} consumers`,
    ],
    ["Directory", storage.directory ?? "none: everything is in memory"],
    [
      "Disk",
      storage.disk === null
        ? "none"
        : `${sizeText(storage.disk.freeBytes)} free of ${sizeText(storage.disk.totalBytes)}`,
    ],
  ];
  return (
    <Stack>
      <Failure error={error} />
      <SimpleGrid cols={{ base: 2, md: 5 }}>
        <Figure label="Health" value={state.health} isBad={state.health !== "ok"} />
        <Figure label="Memory" value={sizeText(memory.rssBytes)} />
        <Figure label="Connections" value={countText(state.connections)} />
        <Figure label="Subscriptions" value={countText(state.subscriptions)} />
        <Figure label="Stored" value={sizeText(storage.usedBytes)} />
      </SimpleGrid>
      <Facts facts={rows} names={"30%"} fz="sm" />
    </Stack>
  );
}
