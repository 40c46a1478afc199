import {
  Checkbox,
  Radio,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { StationSettings } from "oxbow/internal";
import { AmountInput, sizeUnits, spanUnits } from "../../../parts/amount-input.tsx";
import { CountInput } from "../../../parts/count-input.tsx";

export type StationChanges = Partial<StationSettings>;

export interface SettingFieldsProps {
  readonly values: StationSettings;
  readonly onChange: (changes: StationChanges) => void;
  readonly errors: Readonly<Record<string, string>>;
  /** Why a setting can't be changed, by its name. */
  readonly fixed?: Readonly<Partial<Record<keyof StationSettings, string>>>;
}

/** What a station is called for and found by. */
export function NamingFields({ values, onChange, errors, fixed = {} }: SettingFieldsProps) {
  return (
    <Stack>
      <Textarea
        label="Description"
        description="What it is for, and whom to ask. It is found by these words."
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4096}
        value={values.description}
        onChange={({ currentTarget }) => onChange({ description: currentTarget.value })}
        error={errors["description"]}
      />
      <TagsInput
        label="Tags"
        description={
          fixed.tags ?? "Words that it is found by, such as a team or a stage. Enter adds one."
        }
        disabled={fixed.tags !== undefined}
        maxTags={32}
        maxLength={64}
        splitChars={[","]}
        value={[...values.tags]}
        onChange={(tags) => onChange({ tags })}
        error={errors["tags"]}
        clearable
        clearButtonProps={{ "aria-label": "No tags" }}
      />
    </Stack>
  );
}

/** How long messages are kept, and how many. */
export function KeepingFields({ values, onChange, errors, fixed = {} }: SettingFieldsProps) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: "start" }}>
        <AmountInput
          label="Messages are kept for"
          description="Older ones go by themselves. Empty to keep them for ever."
          units={spanUnits.slice(1)}
          none="for ever"
          value={values.maxAgeMs === 0 ? null : values.maxAgeMs}
          onChange={(ms) => onChange({ maxAgeMs: ms ?? 0 })}
          error={errors["maxAgeMs"]}
        />
        <CountInput
          label="At most, in messages"
          description="All partitions together. Empty for any number."
          none="any number"
          value={values.maxMessages}
          onChange={(maxMessages) => onChange({ maxMessages })}
          error={errors["maxMessages"]}
        />
        <AmountInput
          label="At most, in size"
          description="With headers, all partitions together. Empty for any size."
          units={sizeUnits}
          none="any size"
          value={values.maxBytes}
          onChange={(maxBytes) => onChange({ maxBytes })}
          error={errors["maxBytes"]}
        />
        <CountInput
          label="Of each key, the last"
          description="Compaction: only so many messages of a key are kept. Empty for all."
          none="all"
          value={values.keepPerKey}
          onChange={(keepPerKey) => onChange({ keepPerKey })}
          error={errors["keepPerKey"]}
        />
      </SimpleGrid>
      <Radio.Group
        label="At a limit"
        value={values.discard}
        onChange={(value) => onChange({ discard: value === "new" ? "new" : "old" })}
        error={errors["discard"]}
        {...(fixed.discard !== undefined && { description: fixed.discard })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="old" label="The oldest messages go, and new ones are let in" />
          <Radio
            value="new"
            label="New messages are refused until there is room; none can be sent to be delivered later"
            disabled={fixed.discard !== undefined && values.discard === "old"}
          />
        </Stack>
      </Radio.Group>
      <Switch
        label="Messages go once every group has acknowledged them"
        description="A queue instead of a log: what nobody consumes is not kept, and no group can be rewound to what is gone."
        checked={values.untilAcknowledged}
        onChange={({ currentTarget }) => onChange({ untilAcknowledged: currentTarget.checked })}
        error={errors["untilAcknowledged"]}
      />
    </Stack>
  );
}

/** What is let in. */
export function EntryFields({ values, onChange, errors, fixed = {} }: SettingFieldsProps) {
  const isForever = values.duplicateWindowMs === null;
  return (
    <Stack>
      <AmountInput
        label="Largest message"
        description="With its headers. Empty for what the server takes."
        units={sizeUnits}
        none="what the server takes"
        value={values.messageBytesMax}
        onChange={(messageBytesMax) => onChange({ messageBytesMax })}
        error={errors["messageBytesMax"]}
      />
      <Radio.Group
        label="Duplicates are messages with"
        description={
          fixed.duplicatesBy ?? "What was stored already is acknowledged, and not stored again."
        }
        value={values.duplicatesBy}
        onChange={(value) => onChange({ duplicatesBy: value === "content" ? "content" : "id" })}
      >
        <Stack gap={6} mt={6}>
          <Radio
            value="id"
            label="the same id, where their producer gives one"
            disabled={fixed.duplicatesBy !== undefined}
          />
          <Radio
            value="content"
            label="the same key and payload, whatever their id"
            disabled={fixed.duplicatesBy !== undefined}
          />
        </Stack>
      </Radio.Group>
      <AmountInput
        label="Duplicates are known for"
        description="Longer takes more memory; not longer than messages are kept."
        units={spanUnits}
        none="as long as messages are kept"
        value={values.duplicateWindowMs}
        onChange={(duplicateWindowMs) =>
          onChange({ duplicateWindowMs: duplicateWindowMs ?? defaultWindowMs })
        }
        error={errors["duplicateWindowMs"]}
        disabled={isForever}
      />
      <Switch
        label="For as long as messages are kept"
        description={fixed.duplicateWindowMs}
        disabled={fixed.duplicateWindowMs !== undefined}
        checked={isForever}
        onChange={({ currentTarget }) =>
          onChange({ duplicateWindowMs: currentTarget.checked ? null : defaultWindowMs })
        }
      />
    </Stack>
  );
}

const defaultWindowMs = 120_000;

const reasons = [
  {
    value: "exhausted",
    label: "Given up after as many deliveries as their group allows",
  },
  { value: "terminated", label: "Given up by a member, with a reason" },
  { value: "refused", label: "Not let in by the schema" },
] as const;

/** What becomes of messages that nobody can deal with. */
export function DeadLetterFields({ values, onChange, errors, fixed = {} }: SettingFieldsProps) {
  const isFixed = fixed.deadLetterReasons !== undefined;
  return (
    <Stack>
      <Checkbox.Group
        label="These become dead letters"
        description={
          fixed.deadLetterReasons ??
          "They are kept aside with the reason, to be looked at and sent again. The others are lost to their group."
        }
        value={[...values.deadLetterReasons]}
        onChange={(chosen) =>
          onChange({
            deadLetterReasons: reasons
              .map(({ value }) => value)
              .filter((value) => chosen.includes(value)),
          })
        }
      >
        <Stack gap={6} mt={6}>
          {reasons.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} disabled={isFixed} />
          ))}
        </Stack>
      </Checkbox.Group>
      <AmountInput
        label="Dead letters are kept for"
        description="Not longer than dead letters are kept at all. Empty for as long as that."
        units={spanUnits.slice(1)}
        none="as long as any"
        value={values.deadLetterMaxAgeMs === 0 ? null : values.deadLetterMaxAgeMs}
        onChange={(ms) => onChange({ deadLetterMaxAgeMs: ms ?? 0 })}
        error={errors["deadLetterMaxAgeMs"]}
        disabled={isFixed}
      />
      <TextInput
        label="Copied to the station"
        description="Each dead letter is put there as well, for a program of yours. Empty for none."
        value={values.deadLetterStation ?? ""}
        onChange={({ currentTarget: { value } }) =>
          onChange({ deadLetterStation: value === "" ? null : value })
        }
        error={errors["deadLetterStation"]}
        disabled={isFixed}
      />
    </Stack>
  );
}
