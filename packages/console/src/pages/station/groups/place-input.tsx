import { Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { Place } from "../../../api/types.ts";

/** What is chosen, as it is written into the fields. */
interface PlaceDraft {
  readonly from: "beginning" | "now" | "sequence" | "time" | "last" | "lastPerKey";
  readonly number: number;
  /** As the field of the browser has it, in its own zone. */
  readonly time: string;
}

export const fromTheBeginning: PlaceDraft = { from: "beginning", number: 1, time: "" };

/** The place that is meant; `undefined` while it is not said whole. */
export function placeOf({ from, number, time }: PlaceDraft): Place | undefined {
  switch (from) {
    case "sequence":
      return { from, sequence: number };
    case "last":
      return { from, messages: number };
    case "time": {
      const at = new Date(time);
      return Number.isNaN(at.getTime()) ? undefined : { from, time: at.toISOString() };
    }
    case "lastPerKey":
      return undefined;
    default:
      return { from };
  }
}

const places = [
  { value: "beginning", label: "the first message there is" },
  { value: "now", label: "what comes from now on" },
  { value: "time", label: "a time" },
  { value: "sequence", label: "a sequence" },
  { value: "last", label: "the last messages" },
] as const;

/** Asks for a place in a station. */
export function PlaceInput({
  label,
  draft,
  onChange,
  hasLastPerKey = false,
}: {
  readonly label: string;
  readonly draft: PlaceDraft;
  readonly onChange: (draft: PlaceDraft) => void;
  readonly hasLastPerKey?: boolean;
}) {
  const { from, number, time } = draft;
  return (
    <Group align="end" gap="sm">
      <NativeSelect
        label={label}
        data={[
          ...places,
          ...(hasLastPerKey
            ? [{ value: "lastPerKey", label: "the last message of each key" }]
            : []),
        ]}
        value={from}
        onChange={({ currentTarget }) =>
          onChange({ ...draft, from: currentTarget.value as PlaceDraft["from"] })
        }
      />
      {from === "time" && (
        <TextInput
          label="Time, by your clock"
          type="datetime-local"
          step={1}
          value={time}
          onChange={({ currentTarget }) => onChange({ ...draft, time: currentTarget.value })}
          required
        />
      )}
      {(from === "sequence" || from === "last") && (
        <NumberInput
          label={from === "last" ? "How many, of each partition" : "Sequence, in each partition"}
          min={1}
          value={number}
          onChange={(value) => onChange({ ...draft, number: Number(value) || 1 })}
          w={220}
        />
      )}
    </Group>
  );
}
