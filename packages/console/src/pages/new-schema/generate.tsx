import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { GeneratedSchema } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import type { MessagePage } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { StationSelect } from "../../parts/station-select.tsx";
import { SampleDialog } from "./sample-dialog.tsx";

const route = getRouteApi("/new-schema");
const messagesMax = 100;

interface GenerateProps {
  readonly format: "json" | "avro";
  readonly name: string;
  /** Takes the text of the schema, and a message that fits it. */
  readonly onMade: (text: string, sample: string) => void;
}

/** Makes a first text of messages: one that is pasted, or the latest of a station. */
export function Generate({ format, name, onMade }: GenerateProps) {
  const { station: named } = route.useSearch();
  const [station, setStation] = useState<string | null>(named ?? null);
  const [isPasting, setPasting] = useState(false);
  const generate = useMutation({
    mutationFn: async (given: readonly string[] | undefined) => {
      const samples = given ?? (await samplesOf(station ?? ""));
      const body = { format, samples, ...(name !== "" && { name }) };
      const { text } = await ask<GeneratedSchema>("POST", "/schemas/generate", { body });
      return { text, sample: samples[0] ?? "", count: samples.length };
    },
    onSuccess: ({ text, sample }) => {
      setPasting(false);
      // Avro's JSON has unions behind their types, which a plain message has not.
      onMade(text, format === "json" ? sample : "");
    },
  });
  return (
    <Stack gap="xs">
      <Group gap="xs" align="end">
        <Button variant="default" onClick={() => setPasting(true)}>
          From a message…
        </Button>
        <StationSelect label="Station to take messages of" value={station} onChange={setStation} />
        <Button
          variant={named === undefined ? "default" : "light"}
          disabled={station === null}
          loading={generate.isPending}
          onClick={() => generate.mutate(undefined)}
        >
          From its latest messages
        </Button>
      </Group>
      {generate.data !== undefined && (
        <Text size="sm">
          Made of {generate.data.count} message{generate.data.count === 1 ? "" : "s"}: it says what
          they have in common. Look at what is required, and at numbers that have bounds.
        </Text>
      )}
      {!isPasting && <Failure error={generate.error} />}
      <SampleDialog
        isOpen={isPasting}
        onClose={() => setPasting(false)}
        onTaken={(sample) => generate.mutate([sample])}
        error={generate.error}
      />
    </Stack>
  );
}

async function samplesOf(station: string): Promise<string[]> {
  const query = { order: "newest", limit: messagesMax };
  const where = path`/stations/${station}/messages`;
  const { messages } = await ask<MessagePage>("GET", where, { query });
  const texts = messages.filter(({ encoding }) => encoding === "text").map((each) => each.payload);
  const samples = texts.filter(isJson);
  if (samples.length > 0) return samples;
  throw new Error(
    messages.length === 0
      ? `${station} has no messages yet: paste one instead`
      : `none of the latest ${messages.length} messages of ${station} is JSON`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
