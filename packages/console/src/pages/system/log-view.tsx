import { Badge, Group, Paper, ScrollArea, Select, Stack, Text, TextInput } from "@mantine/core";
import type { LogLine } from "@oxbow/gateways/http/contract";
import { useEffect, useRef, useState } from "react";
import { clockText } from "../../parts/numbers.ts";

const kept = 1_000;
const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
const colours: Readonly<Record<string, string>> = { warn: "yellow", error: "red", fatal: "red" };

/** The end of the log, as it is written. */
export function LogView() {
  const lines = useLog();
  const [least, setLeast] = useState<string>("trace");
  const [text, setText] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const shown = lines.filter(
    (line) =>
      levels.indexOf(line.level as (typeof levels)[number]) >= levels.indexOf(least as "trace") &&
      line.text.toLowerCase().includes(text.toLowerCase()),
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
          value={least}
          allowDeselect={false}
          onChange={(level) => setLeast(level ?? "trace")}
          w={140}
        />
        <TextInput
          label="Containing"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
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
          {shown.map(({ number, time, level, text: said }) => (
            <Group key={number} gap="xs" wrap="nowrap" align="start">
              <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }}>
                {clockText(time)}
              </Text>
              <Badge size="xs" variant="light" color={colours[level] ?? "gray"} miw={52}>
                {level}
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
