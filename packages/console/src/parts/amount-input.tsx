import { Group, Input, NativeSelect, NumberInput } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";

interface Unit {
  readonly name: string;
  readonly size: number;
}

/** Of milliseconds. */
export const spanUnits: readonly Unit[] = [
  { name: "ms", size: 1 },
  { name: "seconds", size: 1_000 },
  { name: "minutes", size: 60_000 },
  { name: "hours", size: 3_600_000 },
  { name: "days", size: 86_400_000 },
];

/** Of bytes. */
export const sizeUnits: readonly Unit[] = [
  { name: "bytes", size: 1 },
  { name: "KiB", size: 1024 },
  { name: "MiB", size: 1024 ** 2 },
  { name: "GiB", size: 1024 ** 3 },
];

interface AmountInputProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly units: readonly Unit[];
  /** In the smallest unit; `null` for none. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  /** What none means, such as "for ever". */
  readonly none?: string;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
}

/** An amount in a unit that fits it. */
export function AmountInput({
  label,
  description,
  units,
  value,
  onChange,
  none,
  error,
  disabled = false,
}: AmountInputProps) {
  const id = useId();
  const [unit, setUnit] = useState(() => unitOf(units, value));
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error}>
      <Group gap="xs" wrap="nowrap" mt={4} maw={360}>
        <NumberInput
          id={id}
          value={value === null ? "" : value / unit.size}
          onChange={(amount) =>
            onChange(typeof amount === "number" ? Math.round(amount * unit.size) : null)
          }
          placeholder={none}
          min={0}
          decimalScale={3}
          hideControls
          flex={1}
          disabled={disabled}
          error={error !== undefined}
        />
        <NativeSelect
          aria-label={`${label}: unit`}
          data={units.map(({ name }) => name)}
          value={unit.name}
          disabled={disabled}
          onChange={({ currentTarget }) => {
            const next = units.find(({ name }) => name === currentTarget.value) ?? unit;
            setUnit(next);
            if (value !== null) onChange(Math.round((value / unit.size) * next.size));
          }}
          w={120}
        />
      </Group>
    </Input.Wrapper>
  );
}

/** The largest in which an amount is a whole number. */
function unitOf(units: readonly Unit[], value: number | null): Unit {
  const fallback = { name: "", size: 1 };
  if (value === null || value === 0) return units[Math.min(2, units.length - 1)] ?? fallback;
  return units.findLast(({ size }) => value % size === 0) ?? units[0] ?? fallback;
}
