import { NumberInput, type NumberInputProps } from "@mantine/core";

interface CountInputProps
  extends Pick<NumberInputProps, "label" | "description" | "error" | "disabled"> {
  /** From 1; `null` for none. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  /** What none means, such as "any number". */
  readonly none: string;
}

/** A number of things. */
export function CountInput({ value, onChange, none, ...props }: CountInputProps) {
  return (
    <NumberInput
      placeholder={none}
      min={1}
      allowDecimal={false}
      hideControls
      thousandSeparator=","
      value={value ?? ""}
      onChange={(given) => onChange(typeof given === "number" ? given : null)}
      {...props}
    />
  );
}
