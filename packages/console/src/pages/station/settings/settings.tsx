import { Button, Card, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import type { Station, StationSettings } from "../../../api/types.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { fieldErrors } from "../../../parts/field-errors.ts";
import { clockText, countText } from "../../../parts/numbers.ts";
import { IngestUrls } from "../ingest.tsx";
import { Danger } from "./danger.tsx";
import {
  DeadLetterFields,
  EntryFields,
  KeepingFields,
  NamingFields,
  type StationChanges,
} from "./setting-fields.tsx";

/** What the station is told to do, all that can be changed while it is in use, and the ways to empty or delete it. */
export function Settings({ station }: { readonly station: Station }) {
  const queries = useQueryClient();
  const { name, settings } = station;
  const [changes, setChanges] = useState<StationChanges>({});
  const [isAsking, setAsking] = useState(false);
  const changed = Object.keys(changes) as (keyof StationSettings)[];
  const values = { ...settings, ...changes };
  const save = useMutation({
    mutationFn: () => ask("PATCH", path`/stations/${name}`, { body: changes }),
    onSuccess: async () => {
      setChanges({});
      setAsking(false);
      notifications.show({ message: "Saved" });
      await queries.invalidateQueries();
    },
    onError: () => setAsking(false),
  });
  const errors = fieldErrors(save.error, Object.keys(settings));
  const lowered = loweredOf(settings, values);
  const fields = {
    values,
    errors,
    fixed: fixedOf(station),
    onChange: (more: StationChanges) => {
      save.reset();
      // What is as it was is no change.
      const all = Object.entries({ ...changes, ...more }).filter(
        ([key, value]) =>
          JSON.stringify(value) !== JSON.stringify(settings[key as keyof StationSettings]),
      );
      setChanges(Object.fromEntries(all));
    },
  };
  if (station.isInternal) {
    return (
      <Text c="dimmed">
        {name} is the platform's own: it can be consumed, and not edited or deleted.
      </Text>
    );
  }
  return (
    <Stack>
      <Part title="Description and tags">
        <NamingFields {...fields} />
      </Part>
      <Part title="How long messages are kept">
        <KeepingFields {...fields} />
      </Part>
      <Part title="What is let in">
        <EntryFields {...fields} />
      </Part>
      <Part title="Dead letters">
        <DeadLetterFields {...fields} />
      </Part>
      <Part title="What can't be changed">
        <FixedFacts station={station} />
      </Part>
      {changed.length > 0 && (
        <Paper
          withBorder
          shadow="md"
          p="sm"
          pos="sticky"
          bottom={12}
          style={{ zIndex: 2 }}
          role="region"
          aria-label="Changes"
        >
          <Stack gap="xs">
            <Failure error={save.error} />
            <Group justify="space-between">
              <Text size="sm">
                {changed.length === 1 ? "A setting is" : `${changed.length} settings are`} changed,
                and not saved yet.
              </Text>
              <Group gap="xs">
                <Button variant="default" onClick={() => setChanges({})}>
                  Undo
                </Button>
                <Button
                  loading={save.isPending}
                  onClick={() => (lowered.length > 0 ? setAsking(true) : save.mutate())}
                >
                  Save
                </Button>
              </Group>
            </Group>
          </Stack>
        </Paper>
      )}
      <IngestUrls station={name} />
      <Danger station={station} />
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Save settings"
        action="Save"
        onConfirm={() => save.mutate()}
        isPending={save.isPending}
      >
        <Text>
          {lowered.join("; ")}. Messages beyond that go at once, and for ever; the station has{" "}
          {countText(station.messages)} now.
        </Text>
      </Confirm>
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

/** Changes that take messages away. */
function loweredOf(before: StationSettings, after: StationSettings): string[] {
  const isLower = (old: number | null, now: number | null): boolean =>
    now !== null && now !== old && (old === null || now < old);
  const age = (ms: number): number | null => (ms === 0 ? null : ms);
  return [
    ...(isLower(age(before.maxAgeMs), age(after.maxAgeMs))
      ? ["Messages are kept for a shorter time"]
      : []),
    ...(isLower(before.maxMessages, after.maxMessages) ? ["Fewer messages are kept"] : []),
    ...(isLower(before.maxBytes, after.maxBytes) ? ["Fewer bytes are kept"] : []),
    ...(isLower(before.keepPerKey, after.keepPerKey) ? ["Fewer messages of a key are kept"] : []),
    ...(after.untilAcknowledged && !before.untilAcknowledged
      ? ["Messages go once every group has acknowledged them"]
      : []),
  ];
}

/** Why settings can't be changed, where they can't. */
function fixedOf({
  isManaged,
  settings,
}: Station): Readonly<Partial<Record<keyof StationSettings, string>>> {
  const ofPlain =
    "A plain client has made this stream, and it has no place where that could stand.";
  return {
    ...(settings.discard === "old" && {
      discard:
        "It can't be changed to refusing: the station takes messages to be delivered later, which it could have to refuse then. Make another station for that.",
    }),
    ...(!isManaged && {
      tags: ofPlain,
      duplicatesBy: ofPlain,
      duplicateWindowMs: ofPlain,
      deadLetterReasons: ofPlain,
    }),
  };
}

function FixedFacts({ station }: { readonly station: Station }) {
  const { settings, createdAt, name } = station;
  const facts: readonly (readonly [string, string, string])[] = [
    ["Name", name, "programs find it by it"],
    ["Partitions", String(settings.partitions), "the partition of a key depends on it"],
    [
      "Storage",
      settings.storage === "file" ? "on disk" : "in memory",
      "messages would have to be copied",
    ],
    ["Copies", String(settings.replicas), "this server is by itself"],
    ["Created", clockText(createdAt), ""],
  ];
  return (
    <Table variant="vertical" layout="fixed">
      <Table.Tbody>
        {facts.map(([label, value, why]) => (
          <Table.Tr key={label}>
            <Table.Th w={110}>{label}</Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              {value}
              {why !== "" && (
                <Text span c="dimmed" size="sm">
                  {" "}
                  · {why}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
