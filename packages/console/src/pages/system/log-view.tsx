import { Badge, Group, Paper, ScrollArea, Select, Stack, Text } from "@mantine/core";
import type { LogLine } from "@oxbow/gateways/http/contract";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { FilterText } from "../../parts/filter-text.tsx";
import { clockText } from "../../parts/numbers.ts";

const route = getRouteApi("/system");
const kept = 1_000;
const all = "trace";
const levels: readonly string[] = [all, "debug", "info", "warn", "error", "fatal"];
const colours: Readonly<Record<string, string>> = { warn: "yellow", error: "red", fatal: "red" };

/** Of what is no level, the least. */
function rankOf(level: string): number {
  return Math.max(0, levels.indexOf(level));
}

/** The end of the log, as it is written. */
export function LogView() {
  const lines = useLog();
  const { level = all, q: text = "" } = route.useSearch();
  const navigate = useNavigate();
  const show = (least: string, sought: string): void =>
    void navigate({
      to: "/system",
      search: {
        tab: "log",
        ...(least !== all && { level: least }),
        ...(sought !== "" && { q: sought }),
      },
      replace: true,
    });
  const end = useRef<HTMLDivElement>(null);
  const shown = lines.filter(
    (line) =>
      rankOf(line.level) >= rankOf(level) && line.text.toLowerCase().includes(text.toLowerCase()),
  );
  const last = shown.at(-1)?.number;
  useEffect(() => {
    if (last !== undefined) end.current?.scrollIntoView({ block: "nearest" });
  }, [last]);
  return (
    <Stack>
      <Group align="end">
        <Select
          label="From level"
          data={[...levels]}
          value={levels.includes(level) ? level : all}
          allowDeselect={false}
          onChange={(least) => show(least ?? all, text)}
          w={140}
        />
        <FilterText
          label="Containing"
          placeholder="Part of a line"
          value={text}
          onChange={(sought) => show(level, sought)}
        />
      </Group>
      <Paper withBorder>
        <ScrollArea
          h={480}
          p="sm"
          viewportProps={{ tabIndex: 0, role: "log", "aria-label": "Log" }}
        >
          {shown.length === 0 && (
            <Text c="dimmed">
              Nothing was written yet that is shown here. How much is written is set under
              Configuration.
            </Text>
          )}
          {shown.map(({ number, time, level: of, text: said }) => (
            <Group key={number} gap="xs" wrap="nowrap" align="start">
              <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }}>
                {clockText(time)}
              </Text>
              <Badge size="xs" variant="light" color={colours[of] ?? "gray"} miw={52}>
                {of}
              </Badge>
              <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                {said}
              </Text>
            </Group>
          ))}
          <div ref={end} />
        </ScrollArea>
      </Paper>
    </Stack>
  );
}

function useLog(): readonly LogLine[] {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  useEffect(() => {
    const source = new EventSource("/api/v1/system/log/tail");
    source.addEventListener("lines", ({ data }: MessageEvent<string>) => {
      const more = JSON.parse(data) as LogLine[];
      setLines((before) => {
        const known = before.at(-1)?.number ?? 0;
        // After a restart the numbers begin anew.
        const isNew = more.some(({ number }) => number <= known && number === 1);
        const fresh = isNew ? more : more.filter(({ number }) => number > known);
        return [...(isNew ? [] : before), ...fresh].slice(-kept);
      });
    });
    return () => source.close();
  }, []);
  return lines;
}
