import { Accordion, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { StationSettings } from "oxbow/internal";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { isProblem } from "../../api/problem.ts";
import { schemasQuestion, stationDefaultsQuestion } from "../../api/questions.ts";
import type { Station } from "../../api/types.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Form } from "../../parts/form.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { countText, sizeText, spanText } from "../../parts/numbers.ts";
import { useWrite } from "../../parts/use-write.ts";
import { PartitionsField, StorageField } from "../station/settings/placing-fields.tsx";
import {
  DeadLetterFields,
  EntryFields,
  KeepingFields,
  NamingFields,
  type StationChanges,
} from "../station/settings/setting-fields.tsx";
import { plainStation } from "./plain-station.ts";

/** Asks for what a new station is to be; a name is enough. */
export function CreateStation() {
  const navigate = useNavigate();
  const { data: defaults } = useQuery(stationDefaultsQuestion);
  const { data: schemas = [] } = useQuery(schemasQuestion);
  const [name, setName] = useState("");
  const [changes, setChanges] = useState<StationChanges>({});
  const [schema, setSchema] = useState<string | null>(null);
  const values = { ...plainStation, ...defaults?.settings, ...changes };
  const create = useWrite(
    async () => {
      const station: Station = await ask("PUT", path`/stations/${name.trim()}`, { body: changes });
      if (schema !== null) {
        await ask("PUT", path`/stations/${station.name}/schema`, { body: { schema } });
      }
      return station;
    },
    {
      stale: { queryKey: ["stations"] },
      onDone: (station) =>
        navigate({ to: "/stations/$station", params: { station: station.name } }),
    },
  );
  const errors = fieldErrors(create.error, Object.keys(plainStation));
  const nameError = nameErrorOf(create.error);
  const isAtField = nameError !== undefined || Object.keys(errors).length > 0;
  const fields = {
    values,
    errors,
    onChange: (more: StationChanges) => setChanges({ ...changes, ...more }),
  };
  return (
    <Form onSubmit={() => create.mutate()} doing={create} isSaidAbove={isAtField} action="Create">
      <NameInput
        description="Letters, digits, - and _, and dots to group stations: shop.orders. It can't be changed."
        value={name}
        onChange={setName}
        error={nameError}
        maxLength={128}
      />
      <PartitionsField {...fields} />
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
          <StorageField {...fields} />
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
