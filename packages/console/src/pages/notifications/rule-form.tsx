import {
  Alert,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Rule, RuleKind } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { channelsQuestion } from "../../api/notification-questions.ts";
import { Form } from "../../parts/form.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { useWrite } from "../../parts/use-write.ts";
import { type RuleFacts, ruleText, ruleWords } from "./words.ts";

interface Draft extends RuleFacts {
  readonly name: string;
  readonly description: string;
  readonly isPaused: boolean;
}

const minuteMs = 60_000;
const bounds = { lagMessagesMax: 1_000, idleMs: 10 * minuteMs, fullPercent: 85 };
const kinds = Object.entries(ruleWords).map(([value, { title }]) => ({ value, label: title }));

function draftOf(rule: Rule | undefined): Draft {
  return {
    name: rule?.name ?? "",
    description: rule?.description ?? "",
    when: rule?.when ?? "deadLetter",
    channels: rule?.channels ?? [],
    stations: rule?.stations ?? ["*"],
    groups: rule?.groups ?? ["*"],
    lagMessagesMax: rule?.lagMessagesMax ?? null,
    lagMsMax: rule?.lagMsMax ?? null,
    idleMs: rule?.idleMs ?? null,
    fullPercent: rule?.fullPercent ?? null,
    quietMs: rule?.quietMs ?? 5 * minuteMs,
    isPaused: rule?.isPaused ?? false,
  };
}

/** Bounds belong to what they bound. */
function withBounds(draft: Draft, when: RuleKind): Draft {
  return {
    ...draft,
    when,
    lagMessagesMax: when === "groupLag" ? bounds.lagMessagesMax : null,
    lagMsMax: null,
    idleMs: when === "stationIdle" ? bounds.idleMs : null,
    fullPercent: when === "storageFilling" ? bounds.fullPercent : null,
    groups: ruleWords[when].hasGroups ? draft.groups : ["*"],
    stations: when === "engineUnhealthy" ? ["*"] : draft.stations,
  };
}

function requestOf(draft: Draft, isNew: boolean) {
  const { name: _, when, stations, groups, ...fields } = draft;
  const { lagMessagesMax, lagMsMax, idleMs, fullPercent, ...others } = fields;
  const all = (patterns: readonly string[]) => (patterns.length === 0 ? ["*"] : patterns);
  return {
    ...others,
    ...(isNew && { when }),
    stations: all(stations),
    groups: all(groups),
    ...(when === "groupLag" && { lagMessagesMax, lagMsMax }),
    ...(when === "stationIdle" && idleMs !== null && { idleMs }),
    ...(when === "storageFilling" && fullPercent !== null && { fullPercent }),
  };
}

/** Makes a rule, or changes one, with what it says in plain words. */
export function RuleForm({
  rule,
  onDone,
}: {
  readonly rule: Rule | undefined;
  readonly onDone: () => void;
}) {
  const isNew = rule === undefined;
  const { data: channels = [] } = useQuery(channelsQuestion);
  const [draft, setDraft] = useState(draftOf(rule));
  const put = (changes: Partial<Draft>): void => setDraft({ ...draft, ...changes });
  const save = useWrite(
    () => {
      const where = path`/notifications/rules/${draft.name}`;
      return ask<Rule>(isNew ? "PUT" : "PATCH", where, { body: requestOf(draft, isNew) });
    },
    {
      stale: { queryKey: ["notifications"] },
      onDone,
    },
  );
  return (
    <Form
      onSubmit={() => save.mutate()}
      doing={save}
      action={isNew ? "Create rule" : "Save"}
      isReady={draft.channels.length > 0}
    >
      {isNew && (
        <>
          <NameInput value={draft.name} onChange={(name) => put({ name })} />
          <Select
            label="When"
            data={kinds}
            value={draft.when}
            onChange={(value) => setDraft(withBounds(draft, (value ?? "deadLetter") as RuleKind))}
            allowDeselect={false}
          />
        </>
      )}
      <Bounds draft={draft} put={put} />
      {draft.when !== "engineUnhealthy" && (
        <TagsInput
          label="Stations"
          description="Names, with * for any characters: prod.*"
          value={[...draft.stations]}
          onChange={(stations) => put({ stations })}
          acceptValueOnBlur
        />
      )}
      {ruleWords[draft.when].hasGroups && (
        <TagsInput
          label="Groups"
          description="Likewise"
          value={[...draft.groups]}
          onChange={(groups) => put({ groups })}
          acceptValueOnBlur
        />
      )}
      <MultiSelect
        label="Channels"
        description={channels.length === 0 ? "There is none yet: make one first" : "Who is told"}
        data={channels.map(({ name }) => name)}
        value={[...draft.channels]}
        onChange={(chosen) => put({ channels: chosen })}
        searchable
      />
      <NumberInput
        label="Of the same at most once in, minutes"
        min={0}
        max={7 * 24 * 60}
        value={draft.quietMs / minuteMs}
        onChange={(value) => put({ quietMs: Math.round(Number(value) * minuteMs) })}
      />
      <TextInput
        label="Description"
        value={draft.description}
        onChange={({ currentTarget }) => put({ description: currentTarget.value })}
      />
      <Switch
        label="Paused"
        checked={draft.isPaused}
        onChange={({ currentTarget }) => put({ isPaused: currentTarget.checked })}
      />
      <Alert color="blue" title="In plain words">
        {ruleText(draft)}
      </Alert>
    </Form>
  );
}

function Bounds({
  draft,
  put,
}: {
  readonly draft: Draft;
  readonly put: (changes: Partial<Draft>) => void;
}) {
  const numberOf = (value: string | number): number | null => (value === "" ? null : Number(value));
  switch (draft.when) {
    case "groupLag":
      return (
        <Group grow align="start">
          <NumberInput
            label="Behind by more messages than"
            placeholder="any"
            min={1}
            value={draft.lagMessagesMax ?? ""}
            onChange={(value) => put({ lagMessagesMax: numberOf(value) })}
          />
          <NumberInput
            label="or by more minutes than"
            placeholder="any"
            min={0.1}
            value={draft.lagMsMax === null ? "" : draft.lagMsMax / minuteMs}
            onChange={(value) => {
              const minutes = numberOf(value);
              put({ lagMsMax: minutes === null ? null : Math.round(minutes * minuteMs) });
            }}
          />
        </Group>
      );
    case "stationIdle":
      return (
        <NumberInput
          label="Nothing for, minutes"
          min={1}
          value={(draft.idleMs ?? bounds.idleMs) / minuteMs}
          onChange={(value) => put({ idleMs: Math.max(1_000, Number(value) * minuteMs) })}
        />
      );
    case "storageFilling":
      return (
        <NumberInput
          label="Full to, percent"
          min={1}
          max={100}
          value={draft.fullPercent ?? bounds.fullPercent}
          onChange={(value) => put({ fullPercent: Number(value) || 1 })}
        />
      );
    default:
      return null;
  }
}
