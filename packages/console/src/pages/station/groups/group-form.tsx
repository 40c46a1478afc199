import { NumberInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import type { Group as ConsumerGroup, GroupSettings } from "../../../api/types.ts";
import { AmountInput, spanUnits } from "../../../parts/amount-input.tsx";
import { CountInput } from "../../../parts/count-input.tsx";
import { fieldErrors } from "../../../parts/field-errors.ts";
import { Form } from "../../../parts/form.tsx";
import { NameInput } from "../../../parts/name-input.tsx";
import { useWrite } from "../../../parts/use-write.ts";
import { fromTheBeginning, PlaceInput, placeOf } from "./place-input.tsx";

type Settings = Omit<GroupSettings, "start">;
type Changes = Partial<Settings>;

/** What the platform takes where nobody says anything; the server has the last word. */
const plain: Settings = {
  description: "",
  keys: [],
  maxAckTimeMs: 30_000,
  maxDeliveries: 10,
  backoffMs: [],
  maxInFlight: 1_000,
  orderedByKey: false,
  tracePercent: 0,
};

/** Asks for what a group is to be: a new one, or one that there is. */
export function GroupForm({
  station,
  group,
  onDone,
}: {
  readonly station: string;
  readonly group?: ConsumerGroup;
  readonly onDone: () => void;
}) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [start, setStart] = useState(fromTheBeginning);
  const [changes, setChanges] = useState<Changes>({});
  const values: Settings = { ...plain, ...group?.settings, ...changes };
  const isNew = group === undefined;
  const save = useWrite(
    async (): Promise<ConsumerGroup> => {
      if (!isNew) {
        return ask("PATCH", path`/stations/${station}/groups/${group.name}`, { body: changes });
      }
      const from = start.from === "lastPerKey" ? { from: start.from } : placeOf(start);
      return ask("PUT", path`/stations/${station}/groups/${name.trim()}`, {
        body: { ...changes, start: from },
      });
    },
    {
      stale: { queryKey: ["station", station] },
      onDone: async (saved) => {
        onDone();
        await navigate({
          to: "/stations/$station",
          params: { station },
          search: { tab: "groups", group: saved.name },
          replace: true,
        });
      },
    },
  );
  const errors = fieldErrors(save.error, Object.keys(plain));
  const change = (more: Changes): void => setChanges({ ...changes, ...more });
  return (
    <Form
      onSubmit={() => save.mutate()}
      doing={save}
      isSaidAbove={Object.keys(errors).length > 0}
      action={isNew ? "Create" : "Save"}
      isReady={isNew || Object.keys(changes).length > 0}
    >
      {isNew && (
        <>
          <NameInput
            description="Programs that consume with this name share its messages. It can't be changed."
            value={name}
            onChange={setName}
            maxLength={128}
          />
          <PlaceInput label="Starts with" draft={start} onChange={setStart} hasLastPerKey />
        </>
      )}
      <TextInput
        label="Description"
        value={values.description}
        onChange={({ currentTarget }) => change({ description: currentTarget.value })}
        error={errors["description"]}
        maxLength={4096}
      />
      <TagsInput
        label="Only these keys"
        description="With * for one part between dots, and > for all that follow: eu.> — none for every message. Enter adds one."
        value={[...values.keys]}
        onChange={(keys) => change({ keys })}
        error={errors["keys"]}
      />
      <AmountInput
        label="Time to acknowledge"
        description={
          values.backoffMs.length > 0
            ? "With times to wait it is the first of them."
            : "After that, a message is delivered again, maybe to another member."
        }
        units={spanUnits}
        value={values.maxAckTimeMs}
        onChange={(ms) => change({ maxAckTimeMs: ms ?? plain.maxAckTimeMs })}
        error={errors["maxAckTimeMs"]}
        disabled={values.backoffMs.length > 0}
      />
      <CountInput
        label="Delivered at most"
        description="So many times; then it is a dead letter. Empty for ever."
        none="for ever"
        value={values.maxDeliveries}
        onChange={(maxDeliveries) => change({ maxDeliveries })}
        error={errors["maxDeliveries"]}
      />
      <TagsInput
        label="Times to wait before the next deliveries, in seconds"
        description="The last one holds for all that follow. None to wait the time to acknowledge."
        allowDuplicates
        value={values.backoffMs.map((ms) => String(ms / 1_000))}
        onChange={(seconds) => {
          const backoffMs = seconds.map((each) => Math.round(Number(each) * 1_000));
          if (backoffMs.some((ms) => !(ms > 0))) return;
          const [first] = backoffMs;
          change({ backoffMs, ...(first !== undefined && { maxAckTimeMs: first }) });
        }}
        error={errors["backoffMs"]}
      />
      <CountInput
        label="In flight at most"
        description="Messages of each partition that are delivered and not acknowledged; then members wait. Empty for any number."
        none="any number"
        value={values.maxInFlight}
        onChange={(maxInFlight) => change({ maxInFlight })}
        error={errors["maxInFlight"]}
      />
      <Switch
        label="Messages of a key one at a time, in their order, over all members"
        description={
          isNew ? "It can't be changed." : "It can't be changed: its members have to know."
        }
        checked={values.orderedByKey}
        disabled={!isNew}
        onChange={({ currentTarget }) => change({ orderedByKey: currentTarget.checked })}
      />
      <NumberInput
        label="Acknowledgements written down"
        description="Of a hundred, for the journeys of messages: each costs the server a message more."
        suffix=" %"
        min={0}
        max={100}
        value={values.tracePercent}
        onChange={(value) => change({ tracePercent: Number(value) || 0 })}
        error={errors["tracePercent"]}
      />
    </Form>
  );
}
