import { Button, Card, Fieldset, Skeleton, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ask } from "../../api/ask.ts";
import { stationDefaultsQuestion } from "../../api/questions.ts";
import type { StationDefaults as Defaults, StationSettings } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Form } from "../../parts/form.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { PartitionsField, StorageField } from "../station/settings/placing-fields.tsx";
import {
  DeadLetterFields,
  EntryFields,
  KeepingFields,
  type StationChanges,
} from "../station/settings/setting-fields.tsx";
import { plainStation } from "../stations/plain-station.ts";

/** What stations are like that are made from now on, where nobody says so. */
export function StationDefaults() {
  const { data: defaults, error } = useQuery(stationDefaultsQuestion);
  const mayChange = useMay()("station.setDefaults");
  return (
    <Card withBorder component="section" aria-label="New stations">
      <Title order={2} size="h5">
        New stations
      </Title>
      <Text c="dimmed" size="sm" mb="md" maw={720}>
        What a station is like where whoever makes it says nothing else: in the console, over the
        API, on the command line and by producing. Stations that there are stay as they are.
      </Text>
      <Stack>
        <Failure error={error} />
        {!mayChange && <MayNot doing="change these" least="admin, for all stations" />}
        {defaults === undefined ? (
          error === null && <Skeleton height={400} />
        ) : (
          <DefaultsForm defaults={defaults} mayChange={mayChange} />
        )}
      </Stack>
    </Card>
  );
}

function DefaultsForm({
  defaults,
  mayChange,
}: {
  readonly defaults: Defaults;
  readonly mayChange: boolean;
}) {
  const queries = useQueryClient();
  const [changes, setChanges] = useState<StationChanges>({});
  const [isAutoCreated, setAutoCreated] = useState(defaults.isAutoCreated);
  const values: StationSettings = { ...plainStation, ...defaults.settings, ...changes };
  const settings = ownOf(values);
  const isChanged =
    isAutoCreated !== defaults.isAutoCreated || !isSame(settings, ownOf(defaults.settings));
  const save = useMutation({
    mutationFn: () =>
      ask<Defaults>("PATCH", "/station-defaults", { body: { isAutoCreated, settings } }),
    onSuccess: (saved) => {
      queries.setQueryData(stationDefaultsQuestion.queryKey, saved);
      setChanges({});
      notifications.show({ message: "Saved, for stations that are made from now on" });
    },
  });
  const errors = fieldErrors(save.error, Object.keys(plainStation));
  const fields = {
    values,
    errors,
    onChange: (more: StationChanges) => {
      save.reset();
      setChanges({ ...changes, ...more });
    },
  };
  return (
    <Form
      onSubmit={() => save.mutate()}
      doing={save}
      action={mayChange ? "Save defaults" : undefined}
      isReady={isChanged}
      isSaidAbove={Object.keys(errors).length > 0}
      others={
        mayChange && (
          <Button
            variant="default"
            disabled={Object.keys(settings).length === 0}
            onClick={() => setChanges(plainStation)}
          >
            Take those of Oxbow
          </Button>
        )
      }
    >
      <Fieldset variant="unstyled" p={0} mx={0} disabled={!mayChange}>
        <Stack gap="lg">
          <Switch
            label="Stations make themselves"
            description="Who produces to a station that there is not, and may write to it, makes it by that. Otherwise it is refused."
            checked={isAutoCreated}
            onChange={({ currentTarget }) => setAutoCreated(currentTarget.checked)}
          />
          <PartitionsField {...fields} />
          <Part title="How long messages are kept">
            <KeepingFields {...fields} />
          </Part>
          <Part title="Storage">
            <StorageField {...fields} />
          </Part>
          <Part title="Size and duplicates">
            <EntryFields {...fields} />
          </Part>
          <Part title="Dead letters">
            <DeadLetterFields {...fields} />
          </Part>
        </Stack>
      </Fieldset>
    </Form>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h6" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** What is not as Oxbow has it by itself: only that is kept. */
function ownOf(values: StationChanges): StationChanges {
  const own = Object.entries(values).filter(
    ([name, value]) => !isSame(value, plainStation[name as keyof StationSettings]),
  );
  return Object.fromEntries(own);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
