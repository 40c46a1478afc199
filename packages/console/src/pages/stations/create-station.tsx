import { Accordion, NumberInput, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { StationSettings } from "oxbow/internal";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { isProblem } from "../../api/problem.ts";
import { schemasQuestion, stationDefaultsQuestion } from "../../api/questions.ts";
import type { Station } from "../../api/types.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Form } from "../../parts/form.tsx";
import { countText, sizeText, spanText } from "../../parts/numbers.ts";
import {
  DeadLetterFields,
  EntryFields,
  KeepingFields,
  NamingFields,
  type StationChanges,
} from "../station/settings/setting-fields.tsx";

/** What the platform takes where nobody says anything; the server has the last word. */
const plain: StationSettings = {
  description: "",
  tags: [],
  storage: "file",
  replicas: 1,
  partitions: 1,
  maxAgeMs: 7 * 86_400_000,
  maxMessages: null,
  maxBytes: null,
  untilAcknowledged: false,
  discard: "old",
  keepPerKey: null,
  messageBytesMax: null,
  duplicatesBy: "id",
  duplicateWindowMs: 120_000,
  deadLetterReasons: ["exhausted", "terminated", "refused"],
  deadLetterMaxAgeMs: 0,
  deadLetterStation: null,
};

/** Asks for what a new station is to be; a name is enough. */
export function CreateStation() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: defaults } = useQuery(stationDefaultsQuestion);
  const { data: schemas = [] } = useQuery(schemasQuestion);
  const [name, setName] = useState("");
  const [changes, setChanges] = useState<StationChanges>({});
  const [schema, setSchema] = useState<string | null>(null);
  const values = { ...plain, ...defaults?.settings, ...changes };
  const create = useMutation({
    mutationFn: async () => {
      const station: Station = await ask("PUT", path`/stations/${name.trim()}`, { body: changes });
      if (schema !== null) {
        await ask("PUT", path`/stations/${station.name}/schema`, { body: { schema } });
      }
      return station;
    },
    onSuccess: async (station) => {
      await queries.invalidateQueries({ queryKey: ["stations"] });
      await navigate({ to: "/stations/$station", params: { station: station.name } });
    },
  });
  const errors = fieldErrors(create.error, Object.keys(plain));
  const nameError = nameErrorOf(create.error);
  const isAtField = nameError !== undefined || Object.keys(errors).length > 0;
  const fields = {
    values,
    errors,
    onChange: (more: StationChanges) => setChanges({ ...changes, ...more }),
  };
  return (
    <Form onSubmit={() => create.mutate()} doing={create} isSaidAbove={isAtField} action="Create">
      <TextInput
        label="Name"
        description="Letters, digits, - and _, and dots to group stations: shop.orders. It can't be changed."
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={nameError}
        maxLength={128}
        data-autofocus
        required
      />
      <NumberInput
        label="Partitions"
        description="Each is a stream of its own, with an order of its own; messages of a key go to the same one. More let more members of a group work at a time. One is right for most, and it can't be changed."
        min={1}
        max={1000}
        value={values.partitions}
        onChange={(value) => fields.onChange({ partitions: Number(value) })}
        error={errors["partitions"]}
      />
      <Accordion multiple variant="contained">
        <Part value="keep" title="How long messages are kept" about={keptText(values)}>
          <KeepingFields {...fields} />
        </Part>
        <Part value="find" title="Description and tags" about="what it is found by">
          <NamingFields {...fields} />
        </Part>
        <Part value="schema" title="Schema" about={schema ?? "none: anything is let in"}>
          <Select
            label="Schema"
            description={
              schemas.length === 0
                ? "There is no schema yet. One can be attached later, too."
                : "What does not fit it is refused. It can be attached, changed and taken off later, too."
            }
            placeholder="none"
            data={schemas.map((each) => each.name)}
            value={schema}
            onChange={setSchema}
            searchable
            clearable
            clearButtonProps={{ "aria-label": "No schema" }}
          />
        </Part>
        <Part value="where" title="Storage" about={values.storage}>
          <Radio.Group
            label="Messages are kept"
            description="It can't be changed."
            value={values.storage}
            onChange={(value) =>
              fields.onChange({ storage: value === "memory" ? "memory" : "file" })
            }
            error={errors["storage"]}
          >
            <Stack gap={6} mt={6}>
              <Radio value="file" label="on disk: what was acknowledged survives a crash" />
              <Radio value="memory" label="in memory: gone when the server stops" />
            </Stack>
          </Radio.Group>
        </Part>
        <Part value="entry" title="Size and duplicates" about="what is let in">
          <EntryFields {...fields} />
        </Part>
        <Part value="dead" title="Dead letters" about="what nobody can deal with">
          <DeadLetterFields {...fields} />
        </Part>
      </Accordion>
    </Form>
  );
}

function Part({
  value,
  title,
  about,
  children,
}: {
  readonly value: string;
  readonly title: string;
  readonly about: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Accordion.Item value={value}>
      <Accordion.Control>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      </Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  );
}

function keptText({ maxAgeMs, maxMessages, maxBytes }: StationSettings): string {
  const limits = [
    maxAgeMs === 0 ? "for ever" : spanText(maxAgeMs),
    ...(maxMessages === null ? [] : [`at most ${countText(maxMessages)} messages`]),
    ...(maxBytes === null ? [] : [`at most ${sizeText(maxBytes)}`]),
  ];
  return limits.join(", ");
}

/** What the server has against the name names no field. */
function nameErrorOf(error: Error | null): string | undefined {
  if (error === null) return undefined;
  const isOfName =
    (isProblem(error) && error.code === "STATION_EXISTS") ||
    /^(?:a station needs a name|the name has|".*" is no name)/s.test(error.message);
  return isOfName ? error.message : undefined;
}
