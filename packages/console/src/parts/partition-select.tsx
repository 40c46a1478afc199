import { NativeSelect } from "@mantine/core";

/** Asks for a partition of several, or all of them; nothing where there is one. */
export function PartitionSelect({
  partitions,
  value,
  onChange,
}: {
  readonly partitions: readonly { readonly number: number }[];
  /** Its number; `undefined` for all of them. */
  readonly value: number | undefined;
  readonly onChange: (partition: number | undefined) => void;
}) {
  if (partitions.length < 2) return null;
  return (
    <NativeSelect
      label="Of"
      data={[
        { value: "all", label: "all partitions" },
        ...partitions.map(({ number }) => ({
          value: String(number),
          label: `partition ${number}`,
        })),
      ]}
      value={value === undefined ? "all" : String(value)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === "all" ? undefined : Number(currentTarget.value))
      }
      w={220}
    />
  );
}
