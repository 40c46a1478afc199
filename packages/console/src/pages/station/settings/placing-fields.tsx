import { NumberInput, Radio, Stack } from "@mantine/core";
import type { SettingFieldsProps } from "./setting-fields.tsx";

/** Into how many streams a new station is divided. */
export function PartitionsField({ values, onChange, errors }: SettingFieldsProps) {
  return (
    <NumberInput
      label="Partitions"
      description="Each is a stream of its own, with an order of its own; messages of a key go to the same one. More let more members of a group work at a time. One is right for most, and it can't be changed."
      min={1}
      max={1000}
      value={values.partitions}
      onChange={(value) => onChange({ partitions: Number(value) })}
      error={errors["partitions"]}
    />
  );
}

/** Where a new station keeps its messages. */
export function StorageField({ values, onChange, errors }: SettingFieldsProps) {
  return (
    <Radio.Group
      label="Messages are kept"
      description="It can't be changed."
      value={values.storage}
      onChange={(value) => onChange({ storage: value === "memory" ? "memory" : "file" })}
      error={errors["storage"]}
    >
      <Stack gap={6} mt={6}>
        <Radio value="file" label="on disk: what was acknowledged survives a crash" />
        <Radio value="memory" label="in memory: gone when the server stops" />
      </Stack>
    </Radio.Group>
  );
}
