import { TextInput, type TextInputProps } from "@mantine/core";

interface NameInputProps
  extends Pick<TextInputProps, "description" | "error" | "label" | "maxLength"> {
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** Asks what something new is called: the first field of its form. */
export function NameInput({ onChange, ...props }: NameInputProps) {
  return (
    <TextInput
      label="Name"
      description="Letters, digits, - and _"
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      autoComplete="off"
      data-autofocus
      required
      {...props}
    />
  );
}
